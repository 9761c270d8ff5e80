import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@pilotwire/runtime';
import { expect } from 'chai';
import * as z from 'zod';
import { pinMapOf, radiatorActuatorFaults, radiatorActuatorSections } from '../src/config.ts';

const schema = z.strictObject(radiatorActuatorSections);

describe('configuration of the radiator actuator', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'pilotwire-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	const load = (yaml: string) => {
		const file = join(folder, 'pilotwire.yaml');
		writeFileSync(file, yaml);
		return loadConfig({ file }, schema, [radiatorActuatorFaults]);
	};

	it('reads a house with three boards', () => {
		const { boards, radiators, fallback } = load(`
boards: { bus: 1, modules: [{ address: 0x20, phase: 1 }, { address: 0x21, phase: 2 }] }
radiators: [{ id: salon, name: Salon, board: 0x21, wire: 1, powerW: 1500, priority: 1, orders: 6 }]
`);
		expect(boards).to.include({ bus: 1, readBackS: 5 });
		expect(boards.modules[1]).to.deep.equal({ address: 33, phase: 2, pinMap: 'standard' });
		expect(radiators[0]).to.include({ board: 33, shedOrder: 'off', programme: 'comfort' });
		expect(fallback).to.deep.equal({ enabled: true });
	});

	it('takes a board of seven wires, in another order and active low', () => {
		const wires = Array.from({ length: 7 }, (_, wire) => `{ positive: ${15 - 2 * wire}, negative: ${14 - 2 * wire} }`);
		const { boards } = load(`boards: { modules: [{ pinMap: { wires: [${wires.join()}], activeLow: true } }] }`);
		expect(boards.modules.map(pinMapOf)[0]?.wires).to.have.length(7);
	});

	const wrong: Readonly<Record<string, readonly [yaml: string, sentence: RegExp]>> = {
		'a board that is not there': [
			'boards: { modules: [{}] }\nradiators: [{ id: a, board: 0x21, wire: 1, powerW: 1 }]',
			/radiators\[0\]\.board: expected one of boards\.modules \(0x20\), got 0x21/,
		],
		'radiators without any board': [
			'radiators: [{ id: a, wire: 1, powerW: 1 }]',
			/radiators\[0\]\.board: expected a board listed in boards\.modules, which is empty, got 0x20/,
		],
		'a wire named twice': [
			'boards: { modules: [{}] }\nradiators: [{ id: a, wire: 3, powerW: 1 }, { id: b, wire: 3, powerW: 1 }]',
			/radiators\[1\]\.wire: expected a wire of its own for each radiator, got wire 3 of board 0x20, which a has/,
		],
		'a radiator named twice': [
			'boards: { modules: [{}] }\nradiators: [{ id: a, wire: 3, powerW: 1 }, { id: a, wire: 4, powerW: 1 }]',
			/radiators\[1\]\.id: expected an id of its own for each radiator, got a again/,
		],
		'a wire that the pin map lacks': [
			'boards: { modules: [{ pinMap: { wires: [{ positive: 0, negative: 1 }] } }] }\nradiators: [{ id: a, wire: 2, powerW: 1 }]',
			/radiators\[0\]\.wire: expected a wire of board 0x20, 1 to 1, got 2/,
		],
		'a wire beyond any board': [
			'boards: { modules: [{}] }\nradiators: [{ id: a, wire: 9, powerW: 1 }]',
			/radiators\[0\]\.wire: expected a wire from 1 to 8, got 9/,
		],
		'an address named twice': [
			'boards: { modules: [{}, { phase: 2 }] }',
			/boards\.modules\[1\]\.address: expected an address of its own for each board, got 0x20, which boards\.modules\[0\] has/,
		],
		'a pin that drives two halves': [
			'boards: { modules: [{ pinMap: { wires: [{ positive: 0, negative: 0 }] } }] }',
			/boards\.modules\[0\]\.pinMap: expected a pin of its own/,
		],
		'a bus that is neither a number nor the simulator': [
			'boards: { bus: /dev/i2c-1 }',
			/boards\.bus: expected the number of an I2C bus \(1 for \/dev\/i2c-1\)/,
		],
	};
	for (const [what, [yaml, sentence]] of Object.entries(wrong)) {
		it(`says what to do about ${what}`, () => {
			expect(() => load(yaml)).to.throw(sentence);
		});
	}
});
