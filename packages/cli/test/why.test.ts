import type { CircuitState, CommissioningState, LoadState, ShedderState } from '@pilotwire/contract';
import type { BoxEntry } from '@pilotwire/telemetry/black-box';
import { expect } from 'chai';
import { type Box, readBox } from '../src/why/box.ts';
import { circuitStory, circuitText, findCircuit } from '../src/why/circuit-story.ts';
import { openingStory } from '../src/why/opening-story.ts';
import { storyText } from '../src/why/opening-text.ts';
import { lineOf } from '../src/why/raw-line.ts';
import { HouseClock } from '../src/why/when.ts';

const START_MS = Date.UTC(2026, 0, 15, 17);
const paris = new HouseClock('Europe/Paris');
const instant = (s: number): string => new Date(START_MS + s * 1_000).toISOString();
const message = (s: number, topic: string, payload: unknown, standing?: true): BoxEntry => ({
	...{ k: 'message', m: s * 1_000, topic, payload },
	...(standing === undefined ? {} : { standing }),
});
const begin = (wall = START_MS, life = 'a'): BoxEntry => ({ k: 'begin', m: 0, wall, life, boot: 'boot' });
const load = (s: number, va: number, limitVA = 6_000): BoxEntry => {
	const at = instant(s);
	const over = va > limitVA;
	const phase = { phase: 1, at, apparentPowerVA: va, limitVA, over, alert: false, label: 'SINSTS' } as const;
	return message(s, 'meter/main/load/state', { at, over, phases: [phase] } satisfies LoadState);
};
const loads = (fromS: number, toS: number, va: number): BoxEntry[] =>
	Array.from({ length: toS - fromS }, (_, at) => load(fromS + at, va));
const shedder = (s: number, mode: ShedderState['mode'] = 'shedding'): BoxEntry =>
	message(s, 'shedder/state', { at: instant(s), mode, phases: [], waiting: [] } satisfies ShedderState);
const shed = (s: number, ...ids: string[]): BoxEntry =>
	message(s, 'shedder/shed/state', { at: instant(s), session: 'x', sequence: s, leaseS: 10, shed: ids, admitted: {} });
const circuit = (s: number, id: string, more: Partial<CircuitState> = {}): BoxEntry =>
	message(s, `circuits/${id}/state`, {
		...{
			at: instant(s),
			owner: 'radiator-actuator',
			name: id === 'entree' ? 'Entrée' : 'Salon',
			kind: 'radiator',
			phase: 1,
		},
		...{ powerW: 1_500, priority: 1, wanted: 'comfort', inForce: 'comfort', reason: 'programme', since: instant(s) },
		...{ programme: 'comfort', control: 'lease' },
		...more,
	});
const boxOf = (...entries: BoxEntry[]): Box => {
	const box = readBox(entries);
	if (box === undefined) throw new Error('no box');
	return box;
};
const told = (...entries: BoxEntry[]): string =>
	storyText(openingStory(boxOf(...entries), { meter: 'main', branchA: undefined }), paris);
const lost: BoxEntry = { k: 'saved', cause: 'power_lost', wall: START_MS };

const trying = { circuit: 'salon', name: 'Salon', number: 2, of: 2, round: 1, step: 'comfort' } as const;
const commissioning = (s: number, more: Partial<CommissioningState> = {}): BoxEntry =>
	message(s, 'commissioning/state', {
		...{ at: instant(s), run: 'abc', state: 'running', startedAt: instant(0), total: 2, settled: 1 },
		...{ expectedEnd: instant(200), latestEnd: instant(600), findings: [] },
		...(more.state === undefined ? { current: trying } : {}),
		circuits: [
			{
				...{ circuit: 'entree', name: 'Entrée', phase: 1, powerW: 1_500, seenPhase: 1, seenVA: 1_480, tries: 1 },
				...{ outcome: 'fine', settled: true, text: 'draws 1480 VA on phase 1' },
			},
		],
		...more,
	} satisfies CommissioningState);

describe('the story of a commissioning run', () => {
	const before = [begin(), ...loads(0, 200, 3_000), shedder(1), circuit(2, 'entree'), circuit(2, 'salon')];

	it('is told while one is under way, with how far it is, and what it found of a circuit', () => {
		const story = told(...before, commissioning(100));
		expect(story).to.include(
			'a run from 18:00:00 was under way: circuits were held because it steps each in its turn.',
		);
		expect(story).to.include('1 of 2 circuits were settled, and it was trying Salon.');
		const box = boxOf(...before, commissioning(100));
		const text = (id: string): string => {
			const of = circuitStory(box, id);
			return of === undefined ? '' : circuitText(of, box, paris);
		};
		expect(text('entree')).to.include('The commissioning run from 18:00:00 tried it: Entrée draws 1480 VA on phase 1.');
		expect(text('salon')).to.not.include('tried it');
	});

	it('is told for ten minutes after its end, with what is not as configured, and not any more later', () => {
		const found = { kind: 'silent', circuits: ['salon'], text: 'Salon: the load stays the same.', action: 'Touch it.' };
		const findings = [found] as CommissioningState['findings'];
		const ended = { state: 'done' as const, endedAt: instant(150), settled: 2, findings };
		expect(told(...before, commissioning(150, ended)))
			.to.include('a run from 18:00:00 was done at 18:02:30; 2 of 2 circuits were settled.')
			.and.include('Salon: the load stays the same.');
		const stopped = { ...ended, state: 'stopped' as const, why: 'it was stopped' };
		expect(told(...before, commissioning(150, stopped))).to.include('was stopped (it was stopped) at 18:02:30');
		expect(told(...before, commissioning(150, ended), load(800, 3_000))).to.not.include('a run from');
	});
});

describe('the moment that a person means', () => {
	const nowMs = Date.UTC(2026, 6, 1, 12);

	it('is local time, of the last day that had it', () => {
		expect(paris.momentOf('13:59', nowMs)).to.equal(Date.UTC(2026, 6, 1, 11, 59));
		expect(paris.momentOf('14:01', nowMs)).to.equal(Date.UTC(2026, 5, 30, 12, 1));
		expect(paris.momentOf('2026-01-15 18:00', nowMs)).to.equal(START_MS);
		expect(paris.momentOf('2026-01-15T18:00:00', nowMs)).to.equal(START_MS);
	});

	it("is that of the house's clock, wherever the house stands", () => {
		const reunion = new HouseClock('Indian/Reunion');
		expect(reunion.momentOf('2026-01-15 21:00', nowMs)).to.equal(START_MS);
		expect(reunion.momentOf('15:59', nowMs)).to.equal(Date.UTC(2026, 6, 1, 11, 59));
		const story = openingStory(boxOf(begin(), ...loads(0, 20, 3_000), load(20, 6_500)), { meter: 'main', branchA: 30 });
		expect(storyText(story, reunion))
			.to.match(/^2026-01-15 21:00:20: .*\n.*\n/)
			.and.include('21:00:20  phase 1 rose');
		expect(storyText(story, paris)).to.match(/^2026-01-15 18:00:20: /);
	});

	it('is exact with an offset, and nothing where it is none', () => {
		expect(paris.momentOf('2026-01-15T17:00:00Z', nowMs)).to.equal(START_MS);
		expect(paris.momentOf('now', nowMs)).to.equal(nowMs);
		for (const text of ['', '25:00', '7', 'yesterday', '2026-13-01 10:00', '2026-03-29 02:30', '12:60']) {
			expect(paris.momentOf(text, nowMs), text).to.equal(undefined);
		}
	});
});

describe('the story of an opening', () => {
	it('blames the breaker where the power went under a load that its filter could not bear', () => {
		const story = told(lost, begin(), ...loads(0, 60, 3_000), ...loads(60, 240, 8_600), shedder(239, 'disabled'));
		expect(story).to.include('the power went while phase 1 drew 8600 VA of 6000 VA: most probably the breaker opened.');
		expect(story).to.include('above it for 2 min 59 s, 8600 VA on average');
		expect(story).to.match(/filter had gone 9\d % of its way; at that load it opens in \d+ s/);
		expect(story).to.include('18:01:00  phase 1 rose by 5600 VA; no circuit had just been told to heat.');
		expect(story).to.include('switch shedding on');
	});

	it('counts the time above the limit from the last time that it was below', () => {
		const entries = [...loads(0, 60, 8_600), ...loads(60, 100, 3_000), ...loads(100, 131, 8_600)];
		expect(told(lost, begin(), ...entries)).to.include('above it for 30 s, 8600 VA on average');
	});

	it('ends where the power went, although the next life was recorded before it could be saved', () => {
		const next: BoxEntry = { k: 'begin', m: 900_000, wall: START_MS + 900_000, life: 'b', boot: 'other' };
		const story = told(lost, begin(), ...loads(0, 60, 3_000), ...loads(60, 240, 8_600), next, load(901, 400));
		expect(story).to.include('18:03:59: the power went while phase 1 drew 8600 VA');
	});

	it('blames nobody where the power went under a load that any breaker bears', () => {
		const story = told(lost, begin(), ...loads(0, 600, 3_000), shedder(599));
		expect(story).to.include('the power went, but not by overload: phase 1 drew 3000 VA of 6000 VA.');
		expect(story).to.include('Ask whether the street had a power cut');
	});

	it('says of a branch breaker how soon it may open', () => {
		const entries = [lost, begin(), ...loads(0, 60, 3_000), ...loads(60, 70, 10_350)];
		const story = storyText(openingStory(boxOf(...entries), { meter: 'main', branchA: 30 }), paris);
		expect(story).to.include('1.50 times the 30 A of the branch breaker, which may open after 0.5 s.');
		expect(story).to.include('most probably the breaker opened');
	});

	it('takes the word of the meter for why it opened', () => {
		const opening: BoxEntry = { k: 'opening', m: 30_000, cause: 'breaker_open', detail: 'open_overvoltage' };
		const saved: BoxEntry = { k: 'saved', cause: 'breaker_open', wall: START_MS };
		const story = told(saved, begin(), ...loads(0, 28, 3_000), opening, ...loads(28, 40, 0));
		expect(story).to.include('opened for overvoltage: the network gave too much; phase 1 drew 3000 VA of 6000 VA.');
	});

	it('names the circuit that did not do what it was told, and the one that had just been told to heat', () => {
		const off = { inForce: 'off', reason: 'shed' } as const;
		const entries = [circuit(0, 'salon'), circuit(0, 'entree', off), ...loads(0, 60, 5_000), circuit(59, 'entree')];
		const more = [
			...loads(60, 70, 6_500),
			shed(70, 'salon'),
			...loads(70, 200, 9_000),
			shed(199, 'salon'),
			shedder(199),
		];
		const story = told(lost, begin(), ...entries, ...more);
		expect(story).to.include('Salon was told to wait at 18:01:10 but stood at comfort.');
		expect(story).to.include('phase 1 rose by 1500 VA; Entrée had just been told to heat.');
		expect(story).to.include('check the pilot wire of Salon');
		expect(story).to.include('its lease was live');
	});

	it('says who did not run, which board did not answer, and that the fallback ran', () => {
		const board = {
			at: instant(0),
			bus: '1',
			address: 32,
			phase: 1,
			reachable: false,
			resets: 0,
			drifts: 0,
			failures: 9,
		};
		const entries = [
			message(0, 'services/load-shedder/status', 'offline', true),
			message(0, 'boards/1-20/state', { ...board, problem: 'EREMOTEIO' }),
			circuit(0, 'salon', { control: 'fallback' }),
		];
		const story = told(lost, begin(), ...entries, ...loads(0, 200, 9_000));
		expect(story).to.include('not running: load-shedder.');
		expect(story).to.include('board 1-20: EREMOTEIO.');
		expect(story).to.include('1 of 1 circuits ran their fallback.');
		expect(story).to.include('find out why the load-shedder did not run.');
	});

	it('counts on the clock that was set last, since a machine starts with a wrong one', () => {
		const set: BoxEntry = { k: 'clock', m: 100_000, wall: START_MS + 100_000 };
		const box = boxOf(begin(0), load(10, 3_000), set, load(110, 3_000));
		expect(box.loads.map(({ atMs }) => atMs)).to.deep.equal([START_MS + 10_000, START_MS + 110_000]);
	});

	it('tells what it can of a box that holds next to nothing', () => {
		expect(readBox([])).to.equal(undefined);
		expect(told(begin())).to.include('the box holds no load of the meter');
		expect(told(begin(), message(1, 'meter/main/load/state', { nonsense: true }))).to.include('holds no load');
	});
});

describe('the story of a circuit', () => {
	const off = { inForce: 'off', reason: 'shed' } as const;
	const event = { at: instant(60), kind: 'shed', circuit: 'entree', phase: 1, why: 'entree waits.', figures: {} };
	const box = boxOf(
		...[begin(), circuit(0, 'entree'), message(60, 'shedder/event', event), circuit(61, 'entree', off)],
		...[circuit(361, 'entree'), load(600, 100)],
	);

	it('says when it waited, for how long, and why', () => {
		const story = circuitStory(box, findCircuit(box, 'ENTREE') ?? '');
		expect(story?.waits).to.have.length(1);
		const text = story === undefined ? '' : circuitText(story, box, paris);
		expect(text).to.include('From 18:01:01 to 18:06:01, 5 min: off instead of comfort: shedding.');
		expect(text).to.include('18:01:00  entree waits.');
	});

	it('says how many decisions of a long wait are left out', () => {
		const decided = Array.from({ length: 9 }, (_, at) =>
			message(60 + at, 'shedder/event', { ...event, at: instant(60 + at), why: `reason ${at}.` }),
		);
		const long = boxOf(begin(), circuit(0, 'entree'), circuit(59, 'entree', off), ...decided, load(600, 100));
		const story = circuitStory(long, 'entree');
		const lines = story === undefined ? [] : circuitText(story, long, paris).split('\n').slice(3);
		expect(lines.map((line) => line.trim().replace(/^\S+ {2}/, ''))).to.deep.equal([
			...['reason 0.', 'reason 1.', 'reason 2.', '(3 more)', 'reason 6.', 'reason 7.', 'reason 8.'],
		]);
	});

	it('is found by its name with or without accents, and says where it did not wait', () => {
		expect(findCircuit(box, 'Entrée')).to.equal('entree');
		expect(findCircuit(box, 'salon')).to.equal(undefined);
		const then = circuitStory(box, 'entree', START_MS + 500_000);
		expect(then === undefined ? '' : circuitText(then, box, paris)).to.include('It did not have to wait then.');
		expect(circuitStory(box, 'entree', START_MS + 100_000)?.waits).to.have.length(1);
	});
});

describe('the line of a box', () => {
	const line = (first: number, text: string, meter = 'main'): BoxEntry => ({ k: 'line', m: 0, meter, first, text });

	it('has each byte once, of one meter, across restarts of the reader', () => {
		const entries = [line(0, 'abc'), line(0, 'zzz', 'garage'), line(2, 'cde'), line(9, 'xy'), line(0, 'new')];
		expect(lineOf(entries, 'main').toString()).to.equal('abcdexynew');
		expect(lineOf(entries, 'none').toString()).to.equal('abcdexynew');
		expect(lineOf(entries, 'garage').toString()).to.equal('zzz');
	});
});
