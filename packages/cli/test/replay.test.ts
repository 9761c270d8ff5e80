import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createHouse, MeterLine, peakHouse } from '@pilotwire/house';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { type House, houseWith, readHouse } from '../src/config.ts';
import { numberWithin, speedOf } from '../src/program/options.ts';
import { onePhaseHouse } from '../src/replay/description.ts';
import { type CurveFile, type LineFile, openRecorded } from '../src/replay/recorded-file.ts';
import { ReplayShow } from '../src/replay/replay-show.ts';
import { replayCurve, replayLine, type Watch } from '../src/replay/run.ts';
import { actionLine, asJson, asText, momentOf, type Outcome } from '../src/replay/summary.ts';
import { SwitchedLoads, standingOrder } from '../src/replay/switched-loads.ts';

/** Eight minutes of an evening: little, then more than the radiators leave room for, then little again. */
const LOADS_W = [300, 300, 5_500, 5_500, 5_500, 5_500, 300, 300];
const minute = (at: number): string => `2007-02-01T18:0${at}:00`;
const curveOf = (rows: readonly string[], header = 'time,active_power_w'): string => [header, ...rows, ''].join('\n');
const evening = curveOf(LOADS_W.map((watts, at) => `${minute(at)},${watts}`));

/** What a one-phase house without any control says in so many seconds, its radiators and an oven on. */
function recordedLine(seconds: number, mode: 'historic' | 'standard'): Buffer {
	// Its own breaker is larger than what it pays for, as after a change of subscription that nobody carried out there.
	const house = createHouse(peakHouse({ peakAtS: 5, peakRatio: 2, meter: { mode, pcoupKVA: 12 } }), 1);
	const meter = new MeterLine(house);
	const parts: Uint8Array[] = [];
	while (house.elapsedMs < seconds * 1_000) {
		const { bytes, restMs } = meter.next();
		parts.push(bytes);
		house.step(((bytes.length * 10_000) / meter.baud + restMs) / 1_000);
	}
	return Buffer.concat(parts);
}

describe('a replay', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	const write = (name: string, text: string | Uint8Array): string => {
		const path = join(directory.path, name);
		writeFileSync(path, text);
		return path;
	};
	const lines: string[] = [];
	const watch: Watch = {
		begins: (story, moments) => {
			story.onAction = (action) => lines.push(actionLine(action, moments));
		},
		turn: async () => undefined,
		stopped: () => false,
	};
	const optionsFor = async (path: string, ...set: string[]) => {
		const house = await readHouse({ set: [`dataDir=${directory.path}`, ...set] });
		return { path, house: houseWith(house, onePhaseHouse()), folder: mkdtempSync(join(directory.path, 'of-')), watch };
	};
	const replayed = async (text: string, around: { kva?: number; outsideC?: number } = {}, ...set: string[]) => {
		const path = write('curve.csv', text);
		const file = (await openRecorded(path)) as CurveFile;
		return replayCurve(file, { outsideC: -5, ...around }, await optionsFor(path, ...set));
	};
	beforeEach(() => lines.splice(0));

	describe('of a load curve', () => {
		it('tells what was shed when and why, and that the breaker stays closed where it would have opened', async () => {
			const outcome = await replayed(evening);
			expect(outcome.breaker.without).to.not.deep.equal([]);
			expect(outcome.breaker.withShedding).to.deep.equal([]);
			expect(outcome.overs.length).to.be.above(0);
			expect(outcome.actions.map(({ kind }) => kind)).to.include('shed');
			expect(lines.length).to.equal(outcome.actions.length);
			expect(lines[0]).to.match(/^2007-02-01 18:0\d:\d\d {2}/);
			expect(new Date(outcome.startMs).toISOString()).to.equal('2007-02-01T17:00:00.000Z');
			expect(outcome.endMs - outcome.startMs).to.equal(8 * 60_000);
			const text = asText(outcome);
			expect(text).to.match(/^8 min of .*curve\.csv, 2007-02-01 18:00:00 to 2007-02-01 18:08:00, in \d+ s/);
			expect(text)
				.to.match(/without shedding opens .*on phase 1/)
				.and.match(/with shedding never opens/);
			expect(text).to.match(/phase 1 .* together, at most \d+ of 6000 VA/);
			expect(text)
				.to.match(/longest .*: .* from 2007-02-01/)
				.and.match(/radiators had [\d.]+ kWh, without/);
		});

		it('opens the breaker in the replay too where shedding is disabled', async () => {
			const outcome = await replayed(evening, {}, 'shedder.enabled=false', 'fallback.enabled=false');
			expect(outcome.breaker.withShedding?.length).to.be.above(0);
		});

		it('is quiet in a house with a large subscription and a mild day', async () => {
			const outcome = await replayed(evening, { kva: 15, outsideC: 19 });
			expect(outcome.breaker).to.deep.equal({ withShedding: [], without: [] });
			expect(outcome.overs).to.deep.equal([]);
			expect(asText(outcome))
				.to.match(/no phase was ever above its limit/)
				.and.match(/15 kVA; 7 radiators/);
		});

		it('gives the same outcome every time', async () => {
			const once = asJson({ ...(await replayed(evening)), tookMs: 0 });
			expect(asJson({ ...(await replayed(evening)), tookMs: 0 })).to.deep.equal(once);
		});

		it('speaks to programs in dates, seconds and VA', async () => {
			const json = JSON.parse(JSON.stringify(asJson(await replayed(evening)))) as Record<string, never[]>;
			expect(json).to.include({ kind: 'curve', from: '2007-02-01T17:00:00.000Z', interrupted: false, dated: true });
			expect(json['openings']).to.have.keys('withShedding', 'without');
			expect(json['over']?.[0]).to.have.keys('phase', 'from', 'to', 'forS', 'mostVA', 'limitVA');
			expect(json['waits']?.[0]).to.have.keys('circuit', 'phase', 'reason', 'from', 'to', 'forS');
			expect(json['longestWaitS']).to.be.above(10);
		});

		it('takes a column for each phase, in a house of three', async () => {
			const rows = LOADS_W.map((watts, at) => `${minute(at)}+01:00,100,${watts * 0.8},100`);
			const path = write('phases.csv', curveOf(rows, 'time,active_power_w_1,active_power_w_2,active_power_w_3'));
			const file = (await openRecorded(path)) as CurveFile;
			expect(file).to.include({ phases: 3, minutes: 8, startMs: Date.parse('2007-02-01T17:00:00Z') });
			const house = await readHouse({ set: [`dataDir=${directory.path}`] });
			const outcome = await replayCurve(file, { outsideC: -5 }, { path, house, folder: directory.path, watch });
			expect(new Set(outcome.breaker.without.map(({ phase }) => phase))).to.deep.equal(new Set([2]));
			expect(outcome.breaker.withShedding).to.deep.equal([]);
			expect(asText(outcome)).to.match(/Three phases, 12 kVA; 12 radiators/);
		});

		it('models the radiators and boards that a configuration names', async () => {
			const path = write('curve.csv', evening);
			const config = write(
				'house.yaml',
				[
					`dataDir: ${directory.path}`,
					'meters: [{ id: main, source: "serial:/dev/ttyAMA0", mode: historic }]',
					'boards: { bus: 1, modules: [{ address: 0x20 }] }',
					'radiators:',
					...[1, 2, 3].map((wire) => `  - { id: room-${wire}, board: 0x20, wire: ${wire}, powerW: 2500 }`),
				].join('\n'),
			);
			const house = await readHouse({ config });
			const file = (await openRecorded(path)) as CurveFile;
			const outcome = await replayCurve(file, { outsideC: -5 }, { path, house, folder: directory.path, watch });
			expect(outcome.actions.map(({ circuit }) => circuit)).to.include('room-1');
			expect(outcome.breaker.withShedding).to.deep.equal([]);
			expect(outcome.breaker.without.length).to.be.above(0);
		});
	});

	describe('of a house with switched circuits', () => {
		const switches = [
			'switches:',
			'  - id: boiler',
			'    kind: water_heater',
			'    powerW: 2000',
			'    priority: 5',
			'    output: { topic: zigbee2mqtt/boiler/set }',
			'    feedback: { topic: zigbee2mqtt/boiler, path: state }',
			'    power: { topic: zigbee2mqtt/boiler, path: power }',
			'  - id: car',
			'    kind: charger',
			'    powerW: 3700',
			'    priority: 9',
			'    minOnS: 60',
			'    minOffS: 60',
			'    output: { topic: car/set, current: { minA: 6, maxA: 16 } }',
			'    feedback: { topic: car/state, path: state, currentPath: set.current }',
			'  - id: pump',
			'    powerW: 600',
			'    priority: 8',
			'    output: { topic: cmnd/pump/POWER, "on": "ON", "off": "OFF" }',
			'    feedback: { topic: stat/pump/POWER }',
			'    power: { topic: tele/pump/SENSOR, path: ENERGY.Power }',
		];
		const configured = (...more: string[]): string =>
			write(
				'switched.yaml',
				[
					`dataDir: ${directory.path}`,
					'timeZone: Europe/Paris',
					'meters: [{ id: main, source: "serial:/dev/ttyAMA0", mode: standard }]',
					'boards: { bus: 1, modules: [{ address: 0x20 }] }',
					'radiators: [{ id: salon, board: 0x20, wire: 1, powerW: 1500 }]',
					...switches,
					...more,
				].join('\n'),
			);

		it('lets plugs, water heater and charger wait and come back as the house would', async () => {
			const rows = [400, 400, 5_500, 5_500, 5_500, 300, 300, 300].map(
				(watts, at) => `2007-02-01T19:0${at}:00,${watts}`,
			);
			const path = write('curve.csv', curveOf(rows));
			const house = await readHouse({ config: configured() });
			const file = (await openRecorded(path)) as CurveFile;
			const around = { outsideC: -5, kva: 9 };
			const outcome = await replayCurve(file, around, { path, house, folder: directory.path, watch });
			const acted = (kind: string) => outcome.actions.filter((one) => one.kind === kind).map(({ circuit }) => circuit);
			expect(acted('admit')).to.include.members(['salon', 'boiler', 'car', 'pump']);
			expect(acted('shed')).to.include.members(['car', 'pump']);
			expect(acted('restore')).to.include('car');
			expect(outcome.breaker.withShedding).to.deep.equal([]);
			expect(new Set(outcome.waits.map(({ reason }) => reason))).to.deep.equal(
				new Set(['shed', 'waits_for_admission']),
			);
			const car = outcome.switched?.find(({ id }) => id === 'car');
			expect(car?.withoutWh).to.be.within(450, 500);
			expect(car?.withWh).to.be.within(100, 400);
			expect(asText(outcome))
				.to.match(/^Switched boiler had [\d.]+ kWh, without shedding [\d.]+ kWh$/m)
				.and.match(/3 switched circuits of 6300 W/)
				.and.match(/a car stands at its charger/);
			expect(JSON.parse(JSON.stringify(asJson(outcome))))
				.to.have.property('switched')
				.with.length(3);
		});

		it('has them obey beside a recorded line, and says what that assumes', async () => {
			const path = write('line.tic', recordedLine(60, 'standard'));
			const house = await readHouse({ config: configured() });
			const file = (await openRecorded(path)) as LineFile;
			const outcome = await replayLine(file, { path, house, folder: directory.path, watch });
			const waited = outcome.waits
				.filter(({ reason }) => reason === 'waits_for_admission')
				.map(({ circuit }) => circuit);
			expect(waited).to.include.members(['boiler', 'car', 'pump']);
			expect(asText(outcome)).to.match(/^One phase, 9600 bd; 1 radiator, 3 switched circuits$/m);
			expect(asText(outcome)).to.match(/obey here, and say that they draw their rated power/);
		});

		it('heats a tank in the cheap hours and no longer than it is hot, and a car once it is home', () => {
			const at = (text: string): number => Date.parse(`${text}Z`);
			const output = { topic: 't', on: 'ON', off: 'OFF' };
			const plain = { output, priority: 1, programme: 'comfort', answerS: 10 } as const;
			const tank = {
				...plain,
				...({ id: 'tank', kind: 'water_heater', phase: 2, powerW: 2_000 } as const),
				hotWater: { minimumKWh: 3, cheapHours: [{ from: '22:00', to: '06:00' }] },
			} satisfies House['switches'][number];
			const car = { ...plain, id: 'car', kind: 'charger', phase: 1, powerW: 3_700 } as const;
			const loads = new SwitchedLoads(
				{ switches: [tank, car], timeZone: 'UTC' },
				at('2026-01-15T12:00:00'),
				standingOrder,
			);
			const wattsAt = (text: string): [number, number] => {
				const untilMs = at(text) - at('2026-01-15T12:00:00');
				for (; elapsedMs < untilMs; elapsedMs += 60_000) loads.advanceTo(elapsedMs + 60_000, false);
				return [loads.onPhase(1), loads.onPhase(2)];
			};
			let elapsedMs = 0;
			expect(wattsAt('2026-01-15T17:30:00')).to.deep.equal([0, 0]);
			expect(wattsAt('2026-01-15T18:30:00')).to.deep.equal([3_700, 0]);
			expect(wattsAt('2026-01-15T21:30:00')).to.deep.equal([0, 0]);
			expect(loads.energyWh('car')).to.be.closeTo(10_000, 100);
			expect(wattsAt('2026-01-15T22:30:00')).to.deep.equal([0, 2_000]);
			expect(wattsAt('2026-01-16T06:30:00')).to.deep.equal([0, 0]);
			expect(loads.energyWh('tank')).to.be.closeTo(1_800, 60);
			expect(wattsAt('2026-01-17T06:30:00')).to.deep.equal([0, 0]);
			expect(loads.energyWh('tank')).to.be.closeTo(4_800, 120);
			expect(loads.energyWh('car')).to.be.closeTo(20_000, 200);
		});
	});

	describe('of a recorded line', () => {
		for (const mode of ['historic', 'standard'] as const) {
			it(`decides as in the house, packed or not, in ${mode} mode`, async () => {
				const bytes = recordedLine(120, mode);
				for (const [name, content] of [
					['line.tic', bytes],
					['line.tic.gz', gzipSync(bytes)],
				] as const) {
					const path = write(name, content);
					const file = (await openRecorded(path)) as LineFile;
					expect(file).to.include({ kind: 'line', phases: 1, baud: mode === 'historic' ? 1_200 : 9_600 });
					const outcome = await replayLine(file, await optionsFor(path));
					expect(outcome.endMs - outcome.startMs).to.be.within(110_000, 121_000);
					expect(outcome.actions.map(({ kind }) => kind)).to.include('shed');
					expect(outcome.overs[0]).to.include({ phase: 1, limitVA: 6_000 });
					const opened = outcome.breaker.without.length > 0;
					expect(opened, 'a Linky says what its breaker is set to').to.equal(mode === 'historic');
					expect(outcome.breaker.nearest?.share).to.be.above(0.2);
					expect(outcome.breaker).to.not.have.property('withShedding');
					expect(outcome.dated).to.equal(mode === 'standard');
					expect(asText(outcome)).to.match(/A recorded line shows decisions only/);
				}
				const when = mode === 'standard' ? /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/ : /^\+00:0\d:\d\d {2}/;
				expect(lines[0]).to.match(when);
			});
		}

		it('says that nothing is decided for boards on phases that the line does not have', async () => {
			const path = write('line.tic', recordedLine(20, 'historic'));
			const house = await readHouse({ set: [`dataDir=${directory.path}`] });
			const file = (await openRecorded(path)) as LineFile;
			const outcome = await replayLine(file, { path, house, folder: directory.path, watch });
			expect(asText(outcome)).to.match(/nothing of phase 2 and 3/);
		});

		it('claims nothing of the breaker where not one load could be read, and counts days where it has no date', () => {
			const outcome: Outcome = {
				...{ file: 'x.tic', kind: 'line', dated: false, startMs: 0, endMs: 1, tookMs: 1, interrupted: false },
				...{ house: 'One phase', breaker: { without: [], unheard: true }, overs: [], actions: [], waits: [] },
				...{ names: new Map(), notes: [] },
			};
			expect(asText(outcome)).to.match(/Breaker +nobody can tell: not one load .*\nOver +nobody can tell\n/);
			expect(momentOf(outcome)(90_061_000)).to.equal('+1 d 01:01:01');
		});

		it('is ended with what has come so far', async () => {
			const path = write('line.tic', recordedLine(60, 'historic'));
			const file = (await openRecorded(path)) as LineFile;
			let turns = 0;
			const brief: Watch = { ...watch, turn: async () => void turns++, stopped: () => turns >= 10 };
			const outcome = await replayLine(file, { ...(await optionsFor(path)), watch: brief });
			expect(outcome.interrupted).to.equal(true);
			expect(outcome.endMs - outcome.startMs).to.be.within(9_000, 12_000);
			expect(asText(outcome)).to.match(/where it was ended/);
		});
	});

	describe('as a command', () => {
		noProcessLeft();
		/** Where it may work: other replays on this machine leave theirs elsewhere. */
		const scratch = (): string => join(directory.path, 'scratch');
		beforeEach(() => void mkdirSync(scratch(), { recursive: true }));
		const run = async (...given: string[]) => {
			const child = startProcess(['packages/cli/src/main.ts', 'replay', ...given], { env: { TMPDIR: scratch() } });
			const { code } = await child.ended;
			const written = (wanted: string): string =>
				child.lines.flatMap(({ stream, text }) => (stream === wanted ? [text] : [])).join('\n');
			return { code, out: written('stdout'), errors: written('stderr') };
		};

		it('prints each action and the summary, or JSON alone, and leaves nothing behind', async () => {
			const path = write('line.tic', recordedLine(30, 'historic'));
			const { code, out } = await run(path);
			expect(code, out).to.equal(0);
			expect(out)
				.to.match(/^\+00:00:\d\d .* waits /m)
				.and.match(/^Breaker {2}on the load as recorded/m);
			const json = await run(path, '--json');
			expect((JSON.parse(json.out) as { kind: string }).kind).to.equal('line');
			expect(readdirSync(scratch())).to.deep.equal([]);
		});

		it('keeps the speed that it is given', async () => {
			const path = write('line.tic', recordedLine(40, 'historic'));
			const json = JSON.parse((await run(path, '--json', '--speed', '20')).out) as { tookS: number };
			expect(json.tookS).to.be.within(1.8, 4);
		});

		it('ends at Ctrl-C with what has come so far', async () => {
			const path = write('line.tic', recordedLine(60, 'historic'));
			const child = startProcess(['packages/cli/src/main.ts', 'replay', path, '--speed', '10']);
			await child.line(' waits ', { withinMs: 20_000 });
			await child.kill('SIGINT');
			expect((await child.ended).code).to.equal(0);
			expect(child.text()).to.match(/where it was ended/);
		});

		it('ends with what can be done about a file that cannot be', async () => {
			const { code, errors } = await run(join(directory.path, 'none.tic'));
			expect(code).to.equal(1);
			expect(errors).to.match(/^RECORDING_MISSING: /m);
		});

		it('takes no speed and no number that cannot be', () => {
			expect(speedOf('max')).to.equal(undefined);
			expect(speedOf('0.5')).to.equal(0.5);
			for (const text of ['0', '-1', 'fast', '', 'Infinity']) expect(() => speedOf(text), text).to.throw('above 0');
			expect(numberWithin(-40, 40)('-5')).to.equal(-5);
			for (const text of ['', ' ', '41', 'cold']) expect(() => numberWithin(-40, 40)(text), text).to.throw('-40 to 40');
		});

		it('shows in a terminal how far it is, and clears that for each line it prints', async () => {
			const path = write('curve.csv', evening);
			const shown: string[] = [];
			const { write: written } = process.stderr;
			const { log } = console;
			const isTTY = process.stderr.isTTY;
			const show = new ReplayShow({ speed: undefined, quiet: false });
			Object.assign(process.stderr, { isTTY: true, write: (text: string) => shown.push(text) > 0 });
			console.log = (text: string) => shown.push(`${text}\n`);
			try {
				const file = (await openRecorded(path)) as CurveFile;
				await replayCurve(file, { outsideC: -5 }, { ...(await optionsFor(path)), watch: show });
			} finally {
				show.end();
				console.log = log;
				Object.assign(process.stderr, { isTTY, write: written });
			}
			expect(shown.join('')).to.match(
				/\d+ % {3}2007-02-01 18:0\d:\d\d {3}\d+ times as fast {3}\d+ of 6000 VA {3}\d waiting/,
			);
			const line = shown.findIndex((text) => text.includes(' waits '));
			expect(shown[line - 1]).to.equal('\r\u001B[K');
			expect(shown.at(-1)).to.equal('\r\u001B[K');
		});
	});

	describe('of a file that cannot be replayed', () => {
		const said = (name: string, text: string | Uint8Array): Promise<string> =>
			openRecorded(write(name, text)).then(
				() => 'opened',
				(error: Error) => error.message,
			);

		it('says what is wrong, with the lines where it is a table', async () => {
			expect(await said('a.csv', curveOf([`${minute(0)},abc`, `${minute(1)},1`, `${minute(3)},1`]))).to.match(
				/^CURVE_INVALID: .*2 faults:\n {2}line 2: .*\n {2}line 4: /s,
			);
			expect(await said('b.csv', curveOf([`${minute(0)},1`], 'time,power'))).to.match(/^CURVE_INVALID: .*line 1/s);
			expect(await said('c.txt', 'hello')).to.match(/^LINE_NOT_TIC: /);
			// A table whose header is another's, or with semicolons, is a table all the same.
			expect(await said('e.csv', 'date;puissance\n2026-01-15 19:00;1,5\n')).to.match(
				/^CURVE_INVALID: .*line 1: expected columns time, active_power_w .*, got date,puissance/s,
			);
			expect(await said('f.csv', `time;active_power_w\n${minute(0)};1,5\n`)).to.equal('opened');
			expect(await said('d.tic', '')).to.match(/^RECORDING_EMPTY: /);
			const none = openRecorded(join(directory.path, 'none')).then(
				() => 'opened',
				(error: Error) => error.message,
			);
			expect(await none).to.match(/^RECORDING_MISSING: /);
		});
	});
});
