import { topics } from '@pilotwire/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import { accountNameOf, commandText, readMessage, saidIn } from '../src/core/message.ts';

describe("a device's message", () => {
	it('is read whatever it is, and never throws', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string(),
					fc.json(),
					fc.jsonValue().map((value) => JSON.stringify({ type: 'telemetry', ...Object(value) })),
				),
				(text) => {
					expect(readMessage(text).kind).to.be.oneOf(['auth', 'telemetry', 'unknown', 'nonsense']);
				},
			),
		);
	});

	it('always makes a state that the bus takes', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (message) => {
				const { status = 'online', values } = saidIn(message);
				const at = '2026-01-01T00:00:00.000Z';
				const state = { at, type: 'box', status, connected: true, telemetry: { at, values } };
				const read = topics.device.schema.safeParse(JSON.parse(JSON.stringify(state)));
				expect(read.success, JSON.stringify(read.error?.issues)).to.equal(true);
			}),
		);
	});

	it('gives up what is too much, too deep, or nothing at all', () => {
		const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`v${n}`, n]));
		expect(Object.keys(saidIn(many).values)).to.have.length(64);
		expect(saidIn({ a: { b: { c: { d: { e: 1 } } } } })).to.deep.equal({ status: undefined, values: {}, leftOut: 1 });
		expect(saidIn({ list: [1, 'two'] }).values).to.deep.equal({ 'list.0': 1, 'list.1': 'two' });
		expect(readMessage('{"type":"telemetry","x":1e999,"__proto__":{"polluted":1}}')).to.deep.equal({
			kind: 'telemetry',
			said: { status: undefined, values: { '__proto__.polluted': 1 }, leftOut: 1 },
		});
		expect(saidIn({ text: `a\0b\u001b${'x'.repeat(1000)}` }).values['text']).to.match(/^a b x{252}$/);
	});

	it('has a status of words, and no empty one', () => {
		expect(saidIn({ status: ' on  fire\n' }).status).to.equal('on  fire');
		expect(saidIn({ status: 3 }).status).to.equal('3');
		for (const status of ['', '  ', null, {}, ['x']]) expect(saidIn({ status }).status).to.equal(undefined);
		expect(saidIn({ status: 'x'.repeat(100) }).status).to.have.length(64);
	});

	it('names an account as the house writes names', () => {
		for (const [written, name] of [
			['ESP_01', 'esp-01'],
			['cellar', 'cellar'],
			[' Salle de bain ', 'salle-de-bain'],
			['__', ''],
		] as const)
			expect(accountNameOf(written)).to.equal(name);
	});

	it('is told in the form that devices know', () => {
		expect(commandText('reboot', undefined)).to.equal('{"command":"reboot"}');
		expect(commandText('level', '3')).to.equal('{"command":"level","value":"3"}');
	});
});
