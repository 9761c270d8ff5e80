import type { CircuitState, LinkState, LoadState, ProbeState, ShedderState, TelemetryState } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { expect } from 'chai';
import { type Condition, keyOf } from '../src/core/alert.ts';
import { Facts } from '../src/core/facts.ts';
import { verdictsOf, watchedServices } from '../src/core/verdicts.ts';

const START_MS = Date.UTC(2026, 0, 15, 18);
const house = {
	meters: ['main'],
	rooms: [{ id: 'salon', name: 'Salon', guardC: 7 }],
	services: ['meter-reader', 'radiator-actuator', 'load-shedder', 'telemetry'],
};
const at = instantOf(START_MS);
const link = (more: Partial<LinkState> = {}): LinkState => ({
	...{ at, source: 'serial:/dev/ttyAMA0', connected: true, mode: 'standard', groupsGood: 1, groupsBad: 0 },
	...{ implausible: 0, framesPerMinute: 40, ...more },
});
const load = (apparentPowerVA: number): LoadState => ({
	...{ at, over: false },
	phases: [{ phase: 1, at, apparentPowerVA, limitVA: 9_000, over: false, alert: false, label: 'SINSTS' }],
});
const probe = (temperatureC: number | undefined, more: Partial<ProbeState> = {}): ProbeState => ({
	...{ at, name: 'Salon', room: 'salon', ...(temperatureC === undefined ? {} : { temperatureC }), ...more },
});
const telemetry = (more: Partial<TelemetryState> = {}): TelemetryState => ({
	...{ at, stores: [], missedSamples: 0, refused: 0, ...more },
});
const blackBox = { minutes: 60, bytes: 1, appends: 1, appendedBytes: 1 };
const shedder = (
	phase: Partial<ShedderState['phases'][number]>,
	mode: ShedderState['mode'] = 'shedding',
): ShedderState => ({
	...{ at, mode, waiting: [] },
	phases: [{ phase: 1, loadVA: 0, limitVA: 9_000, headroomVA: 9_000, predictedVA: 0, filterUsed: 0, ...phase }],
});

/** A house of which everything is there, at a clock that the test moves. */
class Bench {
	readonly facts = new Facts(0);
	#ms = 0;

	constructor() {
		this.facts.connected(true, 0);
		for (const service of house.services) this.facts.hearService(service, 'online', 0);
		this.wait(60);
	}

	get now() {
		return { monotonicMs: this.#ms, wallMs: START_MS + this.#ms };
	}

	wait(seconds: number): void {
		this.#ms += seconds * 1_000;
	}

	/** What is wrong now, faintly or not. */
	get wrong(): Condition[] {
		return [...verdictsOf(this.facts, house, this.now).wrong];
	}

	get keys(): string[] {
		return this.wrong.map(keyOf);
	}

	get well(): string[] {
		return [...verdictsOf(this.facts, house, this.now).well];
	}
}

describe('what is wrong', () => {
	it('is nothing in a house that does well', () => {
		const bench = new Bench();
		bench.facts.links.set('main', link());
		bench.facts.hearLoad('main', load(800), bench.now);
		bench.facts.probes.set('salon', probe(19));
		bench.facts.hearShedder(shedder({}), bench.now.monotonicMs);
		bench.facts.hearTelemetry(
			telemetry({ stores: [{ store: 'sqlite', written: 1, waiting: 0, dropped: 0, refused: 0 }] }),
		);
		expect(bench.wrong).to.deep.equal([]);
		expect(bench.well).to.include.members([
			...['bus_away bus', 'meter_silent main', 'breaker_opened main', 'room_cold salon', 'room_freezing salon'],
			...['margin_thin 1', 'store_away sqlite', 'service_away telemetry', 'probe_silent salon'],
		]);
	});

	it('is a meter that is silent, since when it says, or that was unplugged', () => {
		const bench = new Bench();
		bench.facts.links.set('main', link({ silentSince: instantOf(START_MS + 5_000) }));
		expect(bench.wrong).to.deep.equal([
			{ kind: 'meter_silent', subject: 'main', sinceMs: START_MS + 5_000, detail: 'silent' },
		]);
		bench.facts.links.set('main', link({ connected: false }));
		expect(bench.wrong).to.deep.equal([{ kind: 'meter_silent', subject: 'main', detail: 'unplugged' }]);
	});

	it('is not asked of a service that is away, which is wrong itself', () => {
		const bench = new Bench();
		bench.facts.links.set('main', link({ silentSince: at }));
		bench.facts.boards.set('1-32', {
			at,
			bus: '1',
			address: 32,
			phase: 1,
			reachable: false,
			resets: 0,
			drifts: 0,
			failures: 1,
		});
		bench.facts.hearService('meter-reader', 'offline', bench.now.monotonicMs);
		bench.facts.services.delete('radiator-actuator');
		expect(bench.keys).to.deep.equal(['service_away meter-reader', 'service_away radiator-actuator']);
		expect(bench.well).to.not.include('meter_silent main');
	});

	it('is the bus alone while it is away, and nothing until all have found it again', () => {
		const bench = new Bench();
		bench.facts.links.set('main', link({ silentSince: at }));
		bench.facts.connected(false, bench.now.monotonicMs);
		bench.wait(30);
		expect(bench.wrong).to.deep.equal([{ kind: 'bus_away', subject: 'bus', sinceMs: START_MS + 60_000 }]);
		bench.facts.connected(true, bench.now.monotonicMs);
		bench.wait(19);
		expect(bench.keys).to.deep.equal([]);
		expect(bench.well).to.deep.equal([]);
		bench.wait(1);
		expect(bench.keys).to.deep.equal(['meter_silent main']);
		expect(bench.well).to.not.include('bus_away bus');
		bench.wait(40);
		expect(bench.well).to.include('bus_away bus');
	});

	it('is left open of a service that only just came, each time it comes', () => {
		const bench = new Bench();
		const word = (): string | undefined =>
			bench.keys.includes('service_away telemetry')
				? 'wrong'
				: bench.well.includes('service_away telemetry')
					? 'well'
					: undefined;
		const hear = (status: 'online' | 'offline'): void =>
			bench.facts.hearService('telemetry', status, bench.now.monotonicMs);
		expect(word()).to.equal('well');
		hear('offline');
		expect(word()).to.equal('wrong');
		hear('online');
		bench.wait(59);
		expect(word()).to.equal(undefined);
		bench.wait(1);
		expect(word()).to.equal('well');
		// What the broker has kept says nothing new.
		hear('online');
		expect(word()).to.equal('well');
	});

	it('is a board that does not answer, and an output that does not obey, which is not told of each of its radiators', () => {
		const bench = new Bench();
		const board = { at, bus: '1', address: 32, phase: 1, reachable: false, resets: 0, drifts: 0, failures: 9 } as const;
		bench.facts.boards.set('1-32', { ...board, fault: 'board_silent', problem: 'no answer' });
		const circuit = (owner: string, fault: CircuitState['fault']): CircuitState => ({
			...{ at, owner, name: 'Boiler', kind: 'radiator', phase: 1, powerW: 1, priority: 1, wanted: 'eco' },
			...{ inForce: 'eco', reason: 'unreachable', since: at, programme: 'eco', control: 'lease' },
			...(fault === undefined ? {} : { fault }),
		});
		bench.facts.hearService('switch-actuator', 'online', 0);
		bench.facts.circuits.set('salon', circuit('radiator-actuator', 'board_silent'));
		bench.facts.circuits.set('boiler', circuit('switch-actuator', 'no_answer'));
		expect(bench.wrong).to.deep.equal([
			{ kind: 'board_dead', subject: '1-32', detail: 'board_silent' },
			{ kind: 'output_faulty', subject: 'boiler', name: 'Boiler', detail: 'no_answer' },
		]);
	});

	it('is a cold room, by its coldest thermometer that is fresh, and frost apart', () => {
		const bench = new Bench();
		bench.facts.probes.set('door', probe(6.4));
		bench.facts.probes.set('salon', probe(8));
		bench.facts.probes.set('cellar', probe(-3, { room: 'cellar' }));
		expect(bench.wrong).to.deep.equal([{ kind: 'room_cold', subject: 'salon', name: 'Salon', figure: 6.4 }]);
		bench.facts.probes.set('door', probe(7.2));
		expect(bench.wrong.map(({ isFaint }) => isFaint)).to.deep.equal([true]);
		bench.facts.probes.set('door', probe(2.9));
		expect(bench.keys).to.deep.equal(['room_cold salon', 'room_freezing salon']);
		bench.facts.probes.set('door', probe(2.9, { measuredAt: instantOf(START_MS - 4 * 3_600_000) }));
		expect(bench.keys).to.deep.equal([]);
	});

	it('is a thermometer that says nothing', () => {
		const bench = new Bench();
		bench.facts.probes.set('salon', probe(undefined, { fault: 'silent', problem: 'silent for 3 h' }));
		expect(bench.wrong).to.deep.equal([{ kind: 'probe_silent', subject: 'salon', name: 'Salon' }]);
		expect(bench.well).to.not.include('room_cold salon');
	});

	it('is a breaker near to opening, or a limit that is passed for minutes; not a peak that may pass', () => {
		const bench = new Bench();
		const hear = (phase: Parameters<typeof shedder>[0]): Condition[] => {
			bench.facts.hearShedder(shedder(phase), bench.now.monotonicMs);
			return bench.wrong;
		};
		expect(hear({ tripInS: 40, headroomVA: -4_000, filterUsed: 0.7 })).to.deep.equal([
			{ kind: 'margin_thin', subject: '1', figure: 4_000 },
		]);
		expect(hear({ filterUsed: 0.96 })[0]?.isFaint).to.equal(undefined);
		expect(hear({ filterUsed: 0.85 })[0]?.isFaint).to.equal(true);
		hear({ filterUsed: 0.2 });
		for (let second = 0; second < 299; second++) {
			expect(hear({ headroomVA: -500 })[0]?.isFaint, `after ${second} s`).to.equal(true);
			bench.wait(1);
		}
		bench.wait(1);
		expect(hear({ headroomVA: -500 })[0]?.isFaint).to.equal(undefined);
		for (let second = 0; second < 400; second++) {
			expect(hear({ headroomVA: -500, restoreState: 'passing' })[0]?.isFaint).to.equal(true);
			bench.wait(1);
		}
		bench.wait(31);
		expect(bench.keys, 'a shedder that fell silent says nothing').to.deep.equal([]);
	});

	it('is a store that takes nothing, the queue before it, or the black box', () => {
		const bench = new Bench();
		const store = { store: 'influxdb', written: 0, waiting: 4, dropped: 0, refused: 0, problem: 'no answer' };
		const spool = { bytes: 0, pending: 0, commits: 0, problem: 'disk full' };
		bench.facts.hearTelemetry(telemetry({ stores: [store], spool, blackBox: { ...blackBox, problem: 'disk full' } }));
		expect(bench.keys).to.deep.equal(['store_away influxdb', 'store_away spool', 'store_away black-box']);
	});

	it('is a breaker that opened, until something is drawn again, and each opening once', () => {
		const bench = new Bench();
		const opened = telemetry({ blackBox: { ...blackBox, opening: { at, cause: 'load_gone', meter: 'main' } } });
		bench.facts.hearTelemetry(opened);
		expect(bench.wrong).to.deep.equal([
			{ kind: 'breaker_opened', subject: 'main', sinceMs: START_MS, detail: 'load_gone' },
		]);
		bench.facts.hearLoad('main', load(20), bench.now);
		expect(bench.keys).to.deep.equal(['breaker_opened main']);
		bench.facts.hearLoad('main', load(400), bench.now);
		expect(bench.keys).to.deep.equal([]);
		expect(bench.well).to.include('breaker_opened main');
		bench.facts.hearTelemetry(opened);
		expect(bench.keys).to.deep.equal([]);
		expect(bench.facts.takeHappened()).to.deep.equal([]);
		expect(new Facts(0, at).lastOpening).to.equal(at);
	});

	it('is no longer a breaker that opened where a little is drawn for ten minutes: nobody need be at home', () => {
		const bench = new Bench();
		const opened = { at, cause: 'load_gone', meter: 'main' } as const;
		bench.facts.hearLoad('main', load(9_500), bench.now);
		bench.facts.hearTelemetry(
			telemetry({ blackBox: { ...blackBox, opening: { ...opened, at: instantOf(START_MS + 60_000) } } }),
		);
		const forMinutes = (minutes: number, apparentPowerVA: number): string[] => {
			for (let second = 0; second < minutes * 60; second += 2) {
				bench.wait(2);
				bench.facts.hearLoad('main', load(apparentPowerVA), bench.now);
			}
			return bench.keys;
		};
		expect(forMinutes(30, 3)).to.deep.equal(['breaker_opened main']);
		expect(forMinutes(9, 30)).to.deep.equal(['breaker_opened main']);
		expect(forMinutes(1, 0)).to.deep.equal(['breaker_opened main']);
		expect(forMinutes(9, 30)).to.deep.equal(['breaker_opened main']);
		expect(forMinutes(2, 30)).to.deep.equal([]);
		expect(bench.well).to.include('breaker_opened main');
	});

	it('was a breaker that is closed again by the time it is told, or a power cut', () => {
		const bench = new Bench();
		bench.facts.hearLoad('main', load(400), bench.now);
		bench.facts.hearTelemetry(
			telemetry({ blackBox: { ...blackBox, opening: { at, cause: 'load_gone', meter: 'main' } } }),
		);
		expect(bench.keys).to.deep.equal([]);
		const later = instantOf(START_MS + 1);
		bench.facts.hearTelemetry(telemetry({ blackBox: { ...blackBox, opening: { at: later, cause: 'power_lost' } } }));
		const happened = bench.facts.takeHappened();
		expect(happened.map(keyOf)).to.deep.equal(['breaker_opened main', 'power_lost house']);
		expect(happened[0]).to.deep.include({ sinceMs: START_MS, untilMs: START_MS + 60_000 });
		expect(bench.facts.takeHappened()).to.deep.equal([]);
	});

	it('is bounded, whatever a foreign client invents', () => {
		const bench = new Bench();
		for (let number = 0; number < 5_000; number++) bench.facts.hear(bench.facts.probes, `p${number}`, probe(undefined));
		expect(bench.facts.probes.size).to.equal(200);
	});

	it('is watched for in the services that say whether they are there', () => {
		expect(watchedServices).to.include.members(['meter-reader', 'load-shedder', 'radiator-actuator', 'telemetry']);
	});
});
