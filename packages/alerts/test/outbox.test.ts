import { Calendar } from '@pilotwire/calendar';
import { type AlertSeverity, alertSeverities } from '@pilotwire/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Notice } from '../src/core/alert.ts';
import { type Batch, type KeptOutbox, Outbox } from '../src/core/outbox.ts';
import { QuietHours } from '../src/core/quiet-hours.ts';

const HOUR_MS = 3_600_000;
const paris = new Calendar('Europe/Paris');
/** Noon in Paris. */
const NOON_MS = Date.UTC(2026, 0, 15, 11);
const night = new QuietHours({ fromMinute: 22 * 60, toMinute: 7 * 60, passes: ['alarm'] }, paris);

function notice(name: string, phase: Notice['phase'], atMs: number, severity: AlertSeverity = 'warning'): Notice {
	const alert = { id: name, kind: 'board_dead', subject: name, severity, sinceMs: NOON_MS } as const;
	return { alert, phase, atMs, ...(phase === 'end' ? { untilMs: atMs } : {}) };
}
const moment = (wallMs: number) => ({ monotonicMs: wallMs - NOON_MS, wallMs });
/** Puts a notice in at its moment. */
const put = (outbox: Outbox, one: Notice): void => outbox.add(one, moment(one.atMs).monotonicMs);
const told = (batch: Batch | undefined): string[] | undefined =>
	batch?.notices.map(({ alert, phase }) => `${alert.id} ${phase}`);

describe('a channel', () => {
	it('tells what comes at once, and nothing twice', () => {
		const outbox = new Outbox(alertSeverities, night);
		put(outbox, notice('a', 'begin', NOON_MS));
		expect(told(outbox.take(moment(NOON_MS)))).to.deep.equal(['a begin']);
		expect(outbox.take(moment(NOON_MS + 1)), 'while one is under way').to.equal(undefined);
		outbox.delivered(moment(NOON_MS + 2));
		expect(outbox.take(moment(NOON_MS + 3))).to.equal(undefined);
		expect(outbox.health).to.include({ waiting: 0, sent: 1, sentMs: NOON_MS + 2 });
	});

	it('tells only what it is there for', () => {
		const outbox = new Outbox(['alarm'], night);
		put(outbox, notice('a', 'begin', NOON_MS, 'warning'));
		put(outbox, notice('b', 'begin', NOON_MS, 'alarm'));
		expect(told(outbox.take(moment(NOON_MS)))).to.deep.equal(['b begin']);
	});

	it('tries again with growing patience while it fails, and tells then what still waits as one', () => {
		const outbox = new Outbox(alertSeverities, night);
		const waits: number[] = [];
		let at = NOON_MS;
		put(outbox, notice('a', 'begin', at));
		expect(told(outbox.take(moment(at)))).to.deep.equal(['a begin']);
		for (let attempt = 0; attempt < 7; attempt++) {
			outbox.failed('no answer', moment(at));
			let waitS = 0;
			while (outbox.take(moment(at + waitS * 1_000)) === undefined) waitS += 1;
			waits.push(waitS);
			at += waitS * 1_000;
		}
		expect(waits).to.deep.equal([30, 60, 120, 240, 480, 900, 900]);
		outbox.failed('no answer', moment(at));
		expect(outbox.health).to.deep.include({ failingMs: NOON_MS, problem: 'no answer' });
		at += 900_000;
		put(outbox, notice('b', 'begin', at));
		expect(told(outbox.take(moment(at)))).to.deep.equal(['a begin', 'b begin']);
		outbox.delivered(moment(at));
		expect(outbox.health.problem).to.equal(undefined);
	});

	it('tells in one what began and ended while nobody could be reached', () => {
		const outbox = new Outbox(alertSeverities, night);
		put(outbox, notice('a', 'begin', NOON_MS));
		outbox.take(moment(NOON_MS));
		put(outbox, notice('a', 'end', NOON_MS + 60_000));
		outbox.failed('no answer', moment(NOON_MS + 60_000));
		expect(told(outbox.take(moment(NOON_MS + HOUR_MS)))).to.deep.equal(['a past']);
	});

	it('keeps quiet at night, and tells in the morning what still matters', () => {
		const outbox = new Outbox(alertSeverities, night);
		const at = (hours: number): number => NOON_MS + hours * HOUR_MS;
		put(outbox, notice('evening', 'begin', at(9)));
		expect(told(outbox.take(moment(at(9))))).to.deep.equal(['evening begin']);
		outbox.delivered(moment(at(9)));
		put(outbox, notice('passing', 'begin', at(11)));
		put(outbox, notice('lasting', 'begin', at(12)));
		put(outbox, notice('evening', 'end', at(12)));
		put(outbox, notice('passing', 'end', at(13)));
		for (let hours = 10; hours < 19; hours += 0.1)
			expect(outbox.take(moment(at(hours))), `${hours}`).to.equal(undefined);
		expect(told(outbox.take(moment(at(19))))).to.deep.equal(['lasting begin', 'evening end']);
	});

	it('tells an alarm at night, and its end without a sound', () => {
		const outbox = new Outbox(alertSeverities, night);
		const at = NOON_MS + 14 * HOUR_MS;
		put(outbox, notice('a', 'begin', at, 'alarm'));
		expect(outbox.take(moment(at))).to.include({ quiet: false });
		outbox.delivered(moment(at));
		put(outbox, notice('a', 'end', at + 1, 'alarm'));
		expect(outbox.take(moment(at + 1))).to.include({ quiet: true });
	});

	it('does not forget an alarm that came and went in a night that lets none pass', () => {
		const hours = new QuietHours({ fromMinute: 22 * 60, toMinute: 7 * 60, passes: [] }, paris);
		const outbox = new Outbox(alertSeverities, hours);
		put(outbox, notice('a', 'begin', NOON_MS + 12 * HOUR_MS, 'alarm'));
		put(outbox, notice('a', 'end', NOON_MS + 13 * HOUR_MS, 'alarm'));
		expect(told(outbox.take(moment(NOON_MS + 19 * HOUR_MS)))).to.deep.equal(['a past']);
	});

	it('sends a handful an hour of whatever happens, and lets an alarm through', () => {
		const outbox = new Outbox(alertSeverities, new QuietHours(undefined, paris));
		let messages = 0;
		for (let minute = 0; minute < 120; minute++) {
			const at = NOON_MS + minute * 60_000;
			for (let more = 0; more < 5; more++) put(outbox, notice(`${minute} ${more}`, 'begin', at));
			if (outbox.take(moment(at)) === undefined) continue;
			outbox.delivered(moment(at));
			messages += 1;
		}
		expect(messages).to.be.within(6, 16);
		const at = NOON_MS + 121 * 60_000;
		put(outbox, notice('breaker', 'begin', at, 'alarm'));
		expect(told(outbox.take(moment(at)))?.[0]).to.equal('breaker begin');
	});

	it('holds a bounded number, gives up the least grave, and says how many', () => {
		const outbox = new Outbox(alertSeverities, night);
		for (let number = 0; number < 150; number++) {
			put(outbox, notice(`w${number}`, 'begin', NOON_MS, number % 2 === 0 ? 'info' : 'warning'));
		}
		put(outbox, notice('alarm', 'begin', NOON_MS, 'alarm'));
		expect(outbox.health.waiting).to.equal(100);
		const batch = outbox.take(moment(NOON_MS));
		expect(batch?.lost).to.equal(51);
		expect(batch?.notices.filter(({ alert }) => alert.severity !== 'info')).to.have.length(76);
		outbox.delivered(moment(NOON_MS));
		expect(outbox.kept).to.deep.equal({ waiting: [], lost: 0 });
	});

	it('gives up after a week what nobody took', () => {
		const outbox = new Outbox(alertSeverities, new QuietHours(undefined, paris));
		put(outbox, notice('a', 'begin', NOON_MS));
		expect(outbox.take(moment(NOON_MS + 8 * 24 * HOUR_MS))).to.equal(undefined);
		expect(outbox.health.waiting).to.equal(0);
	});

	it('takes nothing for old because the clock was set ahead by weeks, as it is after a cut without a clock', () => {
		const outbox = new Outbox(alertSeverities, new QuietHours(undefined, paris));
		const WEEKS_MS = 21 * 24 * HOUR_MS;
		outbox.add(notice('power', 'past', NOON_MS), 1_000);
		const kept = JSON.parse(JSON.stringify(outbox.kept)) as KeptOutbox;
		const soon = { monotonicMs: 60_000, wallMs: NOON_MS + WEEKS_MS };
		expect(told(outbox.take(soon))).to.deep.equal(['power past']);
		// Another life knows of no other clock than the wall's.
		const another = new Outbox(alertSeverities, new QuietHours(undefined, paris), kept);
		expect(another.take(soon)).to.equal(undefined);
	});

	it('tells each beginning and each end once, whatever fails and however often it starts anew', () => {
		const step = fc.oneof(
			fc.record({ kind: fc.constant('alert' as const), name: fc.integer({ min: 0, max: 3 }) }),
			fc.record({ kind: fc.constantFrom('work' as const, 'fail' as const, 'restart' as const), name: fc.constant(0) }),
		);
		fc.assert(
			fc.property(fc.array(fc.tuple(step, fc.integer({ min: 0, max: 7_200_000 })), { maxLength: 80 }), (steps) => {
				let outbox = new Outbox(alertSeverities, night);
				let wallMs = NOON_MS;
				const on = new Map<number, string>();
				const begun = new Set<string>();
				const ended = new Set<string>();
				const arrived: string[] = [];
				const send = (works: boolean): void => {
					const batch = outbox.take(moment(wallMs));
					if (batch === undefined) return;
					if (works) {
						arrived.push(...(told(batch) ?? []));
						outbox.delivered(moment(wallMs));
					} else outbox.failed('no', moment(wallMs));
				};
				for (const [index, [{ kind, name }, waitMs]] of steps.entries()) {
					wallMs += waitMs;
					if (kind === 'alert') {
						const id = on.get(name) ?? `${name}-${index}`;
						const severity: AlertSeverity = name === 0 ? 'alarm' : 'warning';
						put(outbox, notice(id, on.has(name) ? 'end' : 'begin', wallMs, severity));
						if (on.delete(name)) ended.add(id);
						else {
							on.set(name, id);
							begun.add(id);
						}
					} else if (kind === 'restart') {
						outbox = new Outbox(alertSeverities, night, JSON.parse(JSON.stringify(outbox.kept)) as KeptOutbox);
					} else send(kind === 'work');
				}
				// In the end everything works for two days.
				for (let turn = 0; turn < 200; turn++) {
					wallMs += 900_000;
					send(true);
				}
				expect(new Set(arrived).size).to.equal(arrived.length);
				for (const id of begun) {
					const words = arrived.filter((word) => word.startsWith(`${id} `)).map((word) => word.split(' ')[1]);
					const whole = ended.has(id) ? [['begin', 'end'], ['past'], []] : [['begin']];
					expect(whole).to.deep.include(words);
					// Only what came and went in one night is never told, and no alarm.
					if (words.length === 0) expect(id.startsWith('0-')).to.equal(false);
				}
			}),
			{ numRuns: 60 },
		);
	});
});

describe('quiet hours', () => {
	const at = (text: string): number => Date.parse(text);

	it("go by the house's clocks, over midnight and over their changes", () => {
		expect(night.until(at('2026-01-15T20:59:00Z'))).to.equal(undefined);
		expect(night.until(at('2026-01-15T21:00:00Z'))).to.equal(at('2026-01-16T06:00:00Z'));
		expect(night.until(at('2026-01-16T05:59:59Z'))).to.equal(at('2026-01-16T06:00:00Z'));
		expect(night.until(at('2026-01-16T06:00:00Z'))).to.equal(undefined);
		// Clocks go on by an hour in this night.
		expect(night.until(at('2026-03-28T22:00:00Z'))).to.equal(at('2026-03-29T05:00:00Z'));
	});

	it('may lie within a day', () => {
		const nap = new QuietHours({ fromMinute: 13 * 60, toMinute: 15 * 60, passes: [] }, paris);
		expect(nap.until(at('2026-01-15T12:30:00Z'))).to.equal(at('2026-01-15T14:00:00Z'));
		expect(nap.until(at('2026-01-15T14:00:00Z'))).to.equal(undefined);
		expect(nap.until(at('2026-01-15T11:59:00Z'))).to.equal(undefined);
	});
});

describe('the quiet hours', () => {
	it('end in the future, also in the hour that clocks show a second time', () => {
		const hours = new QuietHours({ fromMinute: 22 * 60, toMinute: 2 * 60 + 30, passes: [] }, paris);
		const [first, second] = [Date.UTC(2026, 9, 25, 0, 15), Date.UTC(2026, 9, 25, 1, 15)];
		expect(hours.until(first)).to.equal(Date.UTC(2026, 9, 25, 0, 30));
		expect(hours.until(second)).to.equal(Date.UTC(2026, 9, 25, 1, 30));
	});
});
