import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { boxStory, type CircuitState, type LoadState, type ShedderState } from '@pilotwire/contract';
import type { BoxEntry } from '@pilotwire/telemetry/black-box';
import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { tellInProcess } from '../src/io/story-process.ts';

const START_MS = Date.UTC(2026, 0, 15, 17);
const instant = (s: number): string => new Date(START_MS + s * 1_000).toISOString();
const message = (s: number, topic: string, payload: unknown): BoxEntry => ({
	k: 'message',
	m: s * 1_000,
	topic,
	payload,
});

function load(s: number, va: number): BoxEntry {
	const at = instant(s);
	const phase = { phase: 1, at, apparentPowerVA: va, limitVA: 6_000, over: va > 6_000, alert: false, label: 'SINSTS' };
	return message(s, 'meter/main/load/state', { at, over: va > 6_000, phases: [phase] } as LoadState);
}

const circuit = (s: number, name: string, inForce: CircuitState['inForce']): BoxEntry =>
	message(s, `circuits/${name.toLowerCase()}/state`, {
		...{ at: instant(s), owner: 'radiator-actuator', name, kind: 'radiator', phase: 1, powerW: 1_000, priority: 1 },
		...{ wanted: 'comfort', inForce, reason: 'shed', since: instant(s), programme: 'comfort', control: 'lease' },
	} satisfies CircuitState);

/** A saved box as it stands on the disk: one block that stands alone. */
function packed(entries: readonly BoxEntry[]): Buffer {
	const text = deflateRawSync(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
	const header = Buffer.from('PWBF00000000', 'latin1');
	header.writeUInt32LE(text.length, 4);
	header.writeUInt32LE(crc32(text), 8);
	return Buffer.concat([header, text]);
}

describe("telling the black box's story", function () {
	this.timeout(60_000);
	noProcessLeft();
	const folder = temporaryDirectory();
	const teller = () => tellInProcess({ path: folder.path, meter: 'main', branchA: undefined });

	it('reads the last box of an opening in a process of its own, and says it in words that screens translate', async () => {
		const entries: BoxEntry[] = [
			{ k: 'saved', cause: 'load_gone', wall: START_MS },
			{ k: 'begin', m: 0, wall: START_MS, life: 'a', boot: 'boot' },
			message(1, 'shedder/state', { at: instant(1), mode: 'shedding', phases: [], waiting: [] } as ShedderState),
			circuit(2, 'Salon', 'off'),
			...Array.from({ length: 60 }, (_, s) => load(s + 3, 3_000)),
			message(64, 'shedder/event', {
				...{ at: instant(64), kind: 'shed', circuit: 'salon', phase: 1, reason: 'meter_alert', why: 'over' },
				figures: { limitVA: 6_000 },
			}),
			...Array.from({ length: 30 }, (_, s) => load(s + 65, 9_000)),
			...Array.from({ length: 8 }, (_, s) => load(s + 95, 0)),
			{ k: 'opening', m: 103_000, cause: 'load_gone' },
		];
		mkdirSync(join(folder.path, 'saved'), { recursive: true });
		writeFileSync(join(folder.path, 'saved', '0001-20260115T170200Z-load_gone.box'), packed(entries));
		const told = boxStory.parse(await teller().tell());
		expect(told).to.deep.include({
			...{ ending: 'overload', cause: 'load_gone', at: instant(94), worst: 1, waited: ['Salon'], circuits: 1 },
			...{
				disobeyed: [],
				offline: [],
				boards: [],
				advice: [{ what: 'look_at_line' }, { what: 'larger_subscription' }],
			},
		});
		expect(told.phases[0]).to.deep.include({ phase: 1, lastVA: 9_000, limitVA: 6_000, overSince: instant(65) });
		expect(told.rises).to.deep.equal([{ at: instant(65), phase: 1, byVA: 6_000 }]);
		expect(told.decisions.map(({ kind, reason }) => [kind, reason])).to.deep.equal([['shed', 'meter_alert']]);
	});

	it('says why there is no story', async () => {
		const error: unknown = await teller()
			.tell()
			.catch((thrown: unknown) => thrown);
		expect(String(error)).to.include('BOX_NONE');
	});
});
