import { type PayloadOf, type Topic, topics } from '@pilotwire/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Point, toPoint } from '../src/core/point.ts';
import { recordedTopics } from '../src/core/points.ts';
import { SampleGaps } from '../src/core/sample-gaps.ts';
import { Thinning } from '../src/core/thinning.ts';
import { START_MS } from './support/model.ts';

const at = '2026-01-15T17:00:00.000Z';

/** What the history takes from one message, each as `series tags = value`. */
function taken<T extends Topic<string, unknown>>(
	topic: T,
	payload: PayloadOf<T>,
	parameters: Record<string, string>,
): string[] {
	const recorded = recordedTopics.find((each) => each.topic === topic)?.points(payload, parameters, START_MS) ?? [];
	return new Thinning().pass(recorded).map(shown);
}

const shown = ({ series, tags, value }: Point): string =>
	`${series}${Object.entries(tags)
		.map(([name, text]) => ` ${name}=${text}`)
		.join('')}: ${value}`;

describe('what the history takes from the bus', () => {
	it('takes every topic that carries a figure, and leaves the others on purpose', () => {
		const left = Object.entries(topics)
			.filter(([, topic]) => !recordedTopics.some((each) => each.topic === topic))
			.map(([name]) => name);
		// The load comes from its log, the raw line is the black box's; commands show in what they change; the shed set in
		// events and circuits, a commissioning run in them too. What a machine's watchers see is theirs alone; prices are
		// kept whole, each with its date, as is the last advice. What Home Assistant reads is said elsewhere in full;
		// what a device says is in its state.
		const onPurpose = [
			'load',
			'line',
			'circuitSet',
			'programmes',
			'programmesSet',
			'absenceSet',
			'shed',
			'shedderSet',
			'commissioning',
			'telemetry',
			'tariffPrices',
			'tariffPricesSet',
			'advice',
			'adviceSet',
			'probeSet',
			'thermostatSet',
			'homeAssistant',
			'homeAssistantMeter',
			'homeAssistantShedder',
			'deviceStatus',
			'deviceTelemetry',
			'deviceSet',
			'deviceEvent',
			'hostLog',
			'hostSet',
			'hostStatus',
			'rpc',
			'rpcReply',
		];
		expect(left).to.have.members(onPurpose);
	});

	it('takes what a programme asks of a thermostat, and whether people are away', () => {
		expect(taken(topics.target, { at, temperatureC: 18, programme: 'cellar' }, { thermostat: 'wine' })).to.deep.equal([
			'programme.temperatureC thermostat=wine: 18',
		]);
		expect(taken(topics.absence, { at, phase: 'away', order: 'eco' }, {})).to.deep.equal(['absence.phase: away']);
	});

	it("takes a device's numbers and texts, each under the device's own name of it", () => {
		const values = { 'tank.level': 81.5, pump: true, firmware: '1.2' };
		const box = { at, type: 'box', status: 'charging', connected: true, telemetry: { at, values } };
		expect(taken(topics.device, box, { device: 'cellar' })).to.deep.equal([
			'device.status device=cellar: charging',
			'device.value device=cellar figure=tank.level: 81.5',
			'device.value device=cellar figure=pump: 1',
			'device.text device=cellar figure=firmware: 1.2',
		]);
	});

	it('takes how a machine does once a minute, unless it is to have no history', () => {
		const machine = {
			...{ at, name: 'Attic', system: 'Linux 6', architecture: 'arm64', cores: 4, bootedAt: at, history: true },
			...{ cpuPercent: 12.5, load: 0.5, temperatureC: 52.6, memory: { totalBytes: 1_000, usedBytes: 400 } },
			disks: [{ mount: '/', totalBytes: 1_000, usedBytes: 333, wearPercent: 20 }],
		};
		expect(taken(topics.host, machine, { host: 'attic' })).to.deep.equal([
			'host.cpuPercent host=attic: 12.5',
			'host.load host=attic: 0.5',
			'host.temperatureC host=attic: 52.6',
			'host.memoryUsedBytes host=attic: 400',
			'host.diskUsedPercent host=attic mount=/: 33',
			'host.diskWearPercent host=attic mount=/: 20',
		]);
		expect(taken(topics.host, { ...machine, history: false }, { host: 'attic' })).to.deep.equal([]);
	});

	it('takes what a probe measured, and why it says nothing', () => {
		const probe = { at, name: 'Salon', room: 'salon' };
		expect(taken(topics.probe, { ...probe, temperatureC: 18.5 }, { probe: 'salon' })).to.deep.equal([
			'probe.temperatureC probe=salon room=salon: 18.5',
			'probe.problem probe=salon room=salon: ',
		]);
		expect(taken(topics.probe, { ...probe, problem: 'silent' }, { probe: 'salon' })).to.deep.equal([
			'probe.problem probe=salon room=salon: silent',
		]);
	});

	it('takes every numbered sample of the load, equal ones too', () => {
		const sample = { at, phase: 2 as const, apparentPowerVA: 1_200, currentA: 5 };
		const samples = [sample, { at, phase: 1 as const, apparentPowerVA: 80 }, sample];
		expect(taken(topics.loadLog, { at, first: 7, samples }, { meter: 'main' })).to.deep.equal([
			'load.apparentPowerVA meter=main phase=2: 1200',
			'load.currentA meter=main phase=2: 5',
			'load.apparentPowerVA meter=main phase=1: 80',
			'load.apparentPowerVA meter=main phase=2: 1200',
			'load.currentA meter=main phase=2: 5',
		]);
	});

	it("takes a frame's registers and every other figure", () => {
		const status = {
			dryContactOpen: true,
			breaker: 'closed',
			coverOpen: false,
			overvoltage: false,
			aboveReferencePower: false,
			producer: false,
			activeEnergyNegative: false,
			clockDegraded: false,
			mobilePeakNotice: 0,
			mobilePeak: 2,
		};
		const reading = {
			at,
			mode: 'standard' as const,
			phases: 3 as const,
			energyWh: { EASF01: 12_345, EASF02: 6 },
			reactiveEnergyVArh: { ERQ1: 3 },
			drawnEnergyWh: 12_351,
			tariffPeriod: { name: 'HPJR', colour: 'red' as const, text: 'HEURES PLEINES ROUGE' },
			currentA: [2, null, 4],
			voltageV: [231, null, 229],
			drawnMean: { powerW: 410 },
			drawnMaximumToday: { apparentPowerVA: 5_706 },
			phaseDrawnMaximumToday: [{ apparentPowerVA: 100 }, null, null],
			meanVoltage: [{ voltageV: 230 }, null, null],
			closedRelays: [1, 3],
			missingPhases: [],
			status,
		};
		const figures = taken(topics.reading, reading, { meter: 'main' });
		expect(figures).to.include.members([
			'reading.energyWh meter=main register=EASF01: 12345',
			'reading.energyWh meter=main register=EASF02: 6',
			'reading.reactiveEnergyVArh meter=main register=ERQ1: 3',
			'reading.drawnEnergyWh meter=main: 12351',
			'reading.tariffPeriod meter=main: HPJR',
			'reading.currentA meter=main phase=1: 2',
			'reading.currentA meter=main phase=3: 4',
			'reading.voltageV meter=main phase=3: 229',
			'reading.drawnMeanW meter=main: 410',
			'reading.drawnMaximumTodayVA meter=main: 5706',
			'reading.phaseDrawnMaximumTodayVA meter=main phase=1: 100',
			'reading.meanVoltageV meter=main phase=1: 230',
			'reading.closedRelays meter=main: 1 3',
			'reading.missingPhases meter=main: ',
			'reading.status.dryContactOpen meter=main: 1',
			'reading.status.breaker meter=main: closed',
			'reading.status.mobilePeak meter=main: 2',
		]);
		expect(figures.filter((figure) => figure.includes('phase=2'))).to.deep.equal([]);
	});

	it('takes the order wanted, the order in force and why they differ', () => {
		const state = {
			at,
			owner: 'radiator-actuator',
			name: 'Salon',
			kind: 'radiator' as const,
			phase: 1 as const,
			powerW: 1_500,
			priority: 2,
			wanted: 'comfort' as const,
			inForce: 'frost_protection' as const,
			reason: 'shed' as const,
			since: at,
			programme: 'eco' as const,
			override: { order: 'comfort' as const },
			control: 'lease' as const,
		};
		expect(taken(topics.circuit, state, { circuit: 'salon' })).to.include.members([
			'circuit.wanted circuit=salon: comfort',
			'circuit.inForce circuit=salon: frost_protection',
			'circuit.reason circuit=salon: shed',
			'circuit.override circuit=salon: comfort',
			'circuit.problem circuit=salon: ',
		]);
	});

	it('takes what the shedder sees, and each of its events with the reason and its figures', () => {
		const phase = { phase: 1 as const, loadVA: 7_000, limitVA: 6_000, predictedVA: 5_500, filterUsed: 0.25 };
		const waiting = { circuit: 'salon', phase: 1 as const, since: at, shed: true, why: 'over the limit' };
		const state = {
			at,
			mode: 'shedding' as const,
			phases: [{ ...phase, headroomVA: -1_000, tripInS: 90 }],
			waiting: [waiting, { ...waiting, circuit: 'chambre', shed: false }],
		};
		expect(taken(topics.shedder, state, {})).to.have.members([
			'shedder.mode: shedding',
			'shedder.shed: 1',
			'shedder.waiting: 2',
			'shedder.headroomVA phase=1: -1000',
			'shedder.predictedVA phase=1: 5500',
			'shedder.tripInS phase=1: 90',
			'shedder.filterUsed phase=1: 0.25',
			'shedder.limitVA phase=1: 6000',
		]);
		const event = { at, kind: 'shed', circuit: 'salon', phase: 1 as const, why: 'over', figures: { loadVA: 7_000 } };
		expect(taken(topics.shedderEvent, { ...event, reason: 'rotation', for: 'chambre' }, {})).to.deep.equal([
			'shedder.event kind=shed circuit=salon phase=1: over',
			'shedder.eventReason kind=shed circuit=salon phase=1: {"reason":"rotation","for":"chambre","figures":{"loadVA":7000}}',
			'shedder.eventFigure kind=shed circuit=salon phase=1 figure=loadVA: 7000',
		]);
		// As one of an earlier version said it.
		expect(taken(topics.shedderEvent, event, {})).to.have.length(2);
	});

	it('takes how lines, boards, programmes and services do', () => {
		const link = { at, source: 'x', connected: true, mode: 'historic' as const, groupsGood: 9, groupsBad: 1 };
		expect(
			taken(topics.link, { ...link, implausible: 0, framesPerMinute: 40, silentSince: at }, { meter: 'main' }),
		).to.include.members(['link.groupsBad meter=main: 1', 'link.connected meter=main: 1', 'link.silent meter=main: 1']);
		const board = { at, bus: '1', address: 32, phase: 1 as const, reachable: false, resets: 3, drifts: 1, failures: 8 };
		expect(taken(topics.board, board, { board: '1-20' })).to.include.members([
			'board.reachable board=1-20: 0',
			'board.resets board=1-20: 3',
		]);
		expect(taken(topics.programme, { at, order: 'eco', why: 'night' }, { circuit: 'salon' })).to.deep.equal([
			'programme.order circuit=salon: eco',
			'programme.why circuit=salon: night',
		]);
		expect(taken(topics.status, 'offline', { service: 'broker' })).to.deep.equal([
			'service.status service=broker: offline',
		]);
	});
});

describe('points', () => {
	it('are none without a moment that every store can hold, or without a finite number', () => {
		const draft = { series: 'x', tags: {}, at: START_MS, value: 1 as number | null };
		for (const moment of [Number.NaN, 0, -1, 1.5, Date.UTC(2300, 0, 1), Date.parse('2026-99-99T00:00:00.000Z')]) {
			expect(toPoint({ ...draft, at: moment })).to.equal(undefined);
		}
		for (const value of [Number.NaN, Number.POSITIVE_INFINITY, null, undefined]) {
			expect(toPoint({ ...draft, value })).to.equal(undefined);
		}
	});

	it('hold any text on one line, well-formed and bounded, and tags that no protocol ends early', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 1_200 }), (text) => {
				const made = toPoint({ series: 'x', tags: { kind: text }, at: START_MS, value: text });
				const value = String(made?.value);
				expect(value.length).to.be.at.most(1_000);
				expect(/\p{Cc}|\p{Cs}/u.test(value)).to.equal(false);
				expect(/\\|^\s|\s$|^$/.test(made?.tags['kind'] ?? 'none')).to.equal(false);
			}),
			{ examples: [['ends with \\'], ['half a pair \ud83d'], [`${'x'.repeat(999)}🔥`]] },
		);
		const text = 'délestage : "7 130 VA" \\ 30 A 🔥';
		expect(toPoint({ series: 'x', tags: {}, at: START_MS, value: text })?.value).to.equal(text);
	});
});

describe('thinning', () => {
	const figure = (atMs: number, value: number, keep: 'all' | 'moving' | 'lasting' = 'moving') => ({
		draft: { series: 'x', tags: { phase: '1' }, at: START_MS + atMs, value },
		keep,
	});
	const passed = (recorded: ReturnType<typeof figure>[]): number[] => {
		const thinning = new Thinning();
		return recorded.flatMap((each) => thinning.pass([each])).map((point) => point.at - START_MS);
	};

	it('passes what changed, and what stayed the same now and then', () => {
		const states = [0, 1_000, 2_000, 3_000, 12_999, 13_000].map((atMs) => figure(atMs, atMs < 2_500 ? 1 : 2));
		expect(passed(states)).to.deep.equal([0, 3_000, 13_000]);
		expect(passed([0, 10_000, 599_999, 600_000].map((atMs) => figure(atMs, 1, 'lasting')))).to.deep.equal([0, 600_000]);
		expect(passed([0, 1, 2].map((atMs) => figure(atMs, 1, 'all')))).to.deep.equal([0, 1, 2]);
	});

	it('passes everything again after the clock was set back', () => {
		expect(passed([figure(5_000, 1), figure(-3_600_000, 1), figure(-3_599_000, 1)])).to.deep.equal([5_000, -3_600_000]);
	});

	it('counts what can not be a point', () => {
		const thinning = new Thinning();
		expect(thinning.pass([figure(0, Number.NaN), figure(Number.NaN, 1), figure(0, 1)])).to.have.length(1);
		expect(thinning.refused).to.equal(2);
	});

	it('keeps its memory bounded whatever names come', () => {
		const thinning = new Thinning();
		const named = (name: number) => ({
			draft: { series: 'x', tags: { name: `${name}` }, at: START_MS, value: 1 },
			keep: 'lasting' as const,
		});
		for (let name = 0; name < 10_001; name += 1) thinning.pass([named(name)]);
		// The oldest was forgotten, the newest is known.
		expect(thinning.pass([named(10_000)])).to.have.length(0);
		expect(thinning.pass([named(0)])).to.have.length(1);
	});
});

describe("a meter's sample numbers", () => {
	it('show a gap, and none at a restart, a repetition or another meter', () => {
		const gaps = new SampleGaps();
		expect(gaps.hear('main', 100, 10)).to.equal(0);
		expect(gaps.hear('main', 110, 10)).to.equal(0);
		expect(gaps.hear('main', 110, 10)).to.equal(0);
		expect(gaps.hear('garage', 5, 10)).to.equal(0);
		expect(gaps.hear('main', 130, 10)).to.equal(10);
		expect(gaps.hear('main', 0, 10)).to.equal(0);
		expect(gaps.hear('main', 12, 3)).to.equal(2);
		expect(gaps.missed).to.equal(12);
	});
});
