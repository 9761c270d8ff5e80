import { expect } from 'chai';
import fc from 'fast-check';
import { type Condition, keyOf, type Notice, type Verdicts } from '../src/core/alert.ts';
import { Keeper, type KeptAlerts } from '../src/core/keeper.ts';
import { defaultRules } from '../src/core/kinds.ts';

const START_MS = Date.UTC(2026, 0, 15, 18);
const SILENT: Condition = { kind: 'meter_silent', subject: 'main' };
const wrong = (...conditions: Condition[]): Verdicts => ({ wrong: conditions, well: new Set() });
const well = (...conditions: Condition[]): Verdicts => ({ wrong: [], well: new Set(conditions.map(keyOf)) });
const nothing: Verdicts = { wrong: [], well: new Set() };

/** A keeper that is looked at once a second. */
class Watch {
	readonly notices: Notice[] = [];
	#keeper: Keeper;
	#ms = 0;

	constructor(kept?: KeptAlerts) {
		this.#keeper = new Keeper((kind) => defaultRules[kind], kept);
	}

	get on() {
		return this.#keeper.on;
	}

	/** The bus says the same for so long; what was said meanwhile. */
	for(seconds: number, verdicts: Verdicts): Notice['phase'][] {
		const before = this.notices.length;
		for (let second = 0; second < seconds; second++) {
			this.#ms += 1_000;
			this.notices.push(...this.#keeper.step(verdicts, { monotonicMs: this.#ms, wallMs: START_MS + this.#ms }));
		}
		return this.notices.slice(before).map(({ phase }) => phase);
	}

	/** Another life, after so long, with another monotonic clock. */
	restart(awayS: number): void {
		const kept = JSON.parse(JSON.stringify(this.#keeper.kept)) as KeptAlerts;
		this.#ms += awayS * 1_000;
		this.#keeper = new Keeper((kind) => defaultRules[kind], kept);
	}
}

describe('an alert', () => {
	it('has no patience for what was over by a clock that was years ahead', () => {
		const returns = { [keyOf(SILENT)]: { count: 9, overMs: START_MS + 5 * 365 * 86_400_000 } };
		const watch = new Watch({ on: [], returns });
		watch.for(10, well(SILENT));
		watch.for(301, wrong(SILENT));
		expect(watch.for(600, well(SILENT))).to.deep.equal(['end']);
	});

	it('begins once what is wrong has held for long enough, and not before', () => {
		const watch = new Watch();
		expect(watch.for(299, wrong(SILENT))).to.deep.equal([]);
		expect(watch.for(600, wrong(SILENT))).to.deep.equal(['begin']);
		expect(watch.notices[0]?.alert).to.include({ severity: 'warning', sinceMs: START_MS + 1_000 });
	});

	it('does not begin for a blink', () => {
		const watch = new Watch();
		for (let turn = 0; turn < 20; turn++) {
			expect(watch.for(200, wrong(SILENT))).to.deep.equal([]);
			expect(watch.for(2, well(SILENT))).to.deep.equal([]);
		}
	});

	it('is over once it has been well for long enough, and says from when to when it was', () => {
		const watch = new Watch();
		watch.for(400, wrong({ ...SILENT, sinceMs: START_MS - 60_000 }));
		expect(watch.for(50, well(SILENT))).to.deep.equal([]);
		expect(watch.for(50, wrong(SILENT))).to.deep.equal([]);
		expect(watch.for(61, well(SILENT))).to.deep.equal(['end']);
		expect(watch.notices[1]).to.deep.include({ untilMs: START_MS + 501_000 });
		expect(watch.notices[1]?.alert.sinceMs).to.equal(START_MS - 60_000);
		expect(watch.on).to.deep.equal([]);
	});

	it('neither begins nor ends while nobody says, but is given up after a long time', () => {
		const watch = new Watch();
		watch.for(400, wrong(SILENT));
		expect(watch.for(3_500, nothing)).to.deep.equal([]);
		expect(watch.for(1, wrong(SILENT))).to.deep.equal([]);
		expect(watch.for(3_700, nothing)).to.deep.equal(['unknown']);
		expect(watch.for(3_700, nothing)).to.deep.equal([]);
	});

	it('begins although it was not known meanwhile, unless that was for as long as it must hold', () => {
		const watch = new Watch();
		expect(watch.for(200, wrong(SILENT))).to.deep.equal([]);
		expect(watch.for(90, nothing)).to.deep.equal([]);
		expect(watch.for(20, wrong(SILENT))).to.deep.equal(['begin']);
		expect(watch.notices[0]?.alert).to.include({ sinceMs: START_MS + 1_000 });
		const other = new Watch();
		other.for(200, wrong(SILENT));
		other.for(310, nothing);
		expect(other.for(299, wrong(SILENT))).to.deep.equal([]);
		expect(other.for(2, wrong(SILENT))).to.deep.equal(['begin']);
	});

	it('is kept on, and not begun, by what is only faintly wrong', () => {
		const cold: Condition = { kind: 'room_cold', subject: 'salon', isFaint: true };
		const watch = new Watch();
		expect(watch.for(4_000, wrong(cold))).to.deep.equal([]);
		watch.for(4_000, wrong({ ...SILENT }));
		expect(watch.for(4_000, wrong({ ...SILENT, isFaint: true }))).to.deep.equal([]);
		expect(watch.on).to.have.length(1);
	});

	it('is said neither twice nor forgotten by a restart of the service', () => {
		const watch = new Watch();
		watch.for(400, wrong(SILENT));
		watch.restart(120);
		expect(watch.for(2_000, wrong(SILENT))).to.deep.equal([]);
		watch.restart(3_000);
		expect(watch.for(100, well(SILENT))).to.deep.equal(['end']);
		expect(watch.notices[1]?.alert.id).to.equal(watch.notices[0]?.alert.id);
	});

	it('that comes and goes all day is told a few times, not hundreds', () => {
		const board: Condition = { kind: 'board_dead', subject: '1-32' };
		const watch = new Watch();
		for (let turn = 0; turn < 24 * 12; turn++) {
			watch.for(150, wrong(board));
			watch.for(150, well(board));
		}
		// 576 without the growing patience.
		expect(watch.notices.length).to.be.within(2, 4);
		// Once it stays well it is over, and says so.
		watch.for(5 * 3_600, well(board));
		expect(watch.notices.at(-1)?.phase).to.equal('end');
	});

	it('has its first patience again after a good while without trouble', () => {
		const watch = new Watch();
		for (let turn = 0; turn < 3; turn++) {
			watch.for(400, wrong(SILENT));
			watch.for(300, well(SILENT));
		}
		expect(watch.notices).to.have.length(6);
		watch.for(7 * 3_600, well(SILENT));
		watch.for(400, wrong(SILENT));
		expect(watch.for(61, well(SILENT))).to.deep.equal(['end']);
	});

	it('begins once and ends once, whatever the bus says and however often the service starts anew', () => {
		const about = fc.constantFrom<Condition>(
			SILENT,
			{ kind: 'board_dead', subject: '1-32' },
			{ kind: 'board_dead', subject: '1-33' },
			{ kind: 'breaker_opened', subject: 'main' },
		);
		const verdicts = fc
			.uniqueArray(fc.tuple(about, fc.constantFrom('wrong', 'well', 'faint')), { selector: ([one]) => keyOf(one) })
			.map(
				(said): Verdicts => ({
					wrong: said.flatMap(([one, how]) =>
						how === 'well' ? [] : [how === 'faint' ? { ...one, isFaint: true as const } : one],
					),
					well: new Set(said.flatMap(([one, how]) => (how === 'well' ? [keyOf(one)] : []))),
				}),
			);
		const step = fc.record({ verdicts, waitMs: fc.integer({ min: 0, max: 900_000 }), restart: fc.boolean() });
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				let kept: KeptAlerts = { on: [], returns: {} };
				let keeper = new Keeper((kind) => defaultRules[kind], kept);
				let ms = 0;
				const told: Notice[] = [];
				for (const { verdicts: said, waitMs, restart } of steps) {
					ms += waitMs;
					const notices = keeper.step(said, { monotonicMs: ms, wallMs: START_MS + ms });
					told.push(...notices);
					kept = JSON.parse(JSON.stringify(keeper.kept)) as KeptAlerts;
					if (restart) keeper = new Keeper((kind) => defaultRules[kind], kept);
				}
				const on = new Map<string, string>();
				const ids = new Set<string>();
				for (const { alert, phase, atMs, untilMs } of told) {
					const key = keyOf(alert);
					if (phase === 'begin') {
						expect(on.has(key)).to.equal(false);
						expect(ids.has(alert.id)).to.equal(false);
						ids.add(alert.id);
						on.set(key, alert.id);
					} else {
						expect(on.get(key)).to.equal(alert.id);
						on.delete(key);
						if (phase === 'end') expect(untilMs).to.be.within(alert.sinceMs, atMs);
					}
				}
				expect([...on.values()].sort()).to.deep.equal(kept.on.map(({ id }) => id).sort());
			}),
		);
	});
});
