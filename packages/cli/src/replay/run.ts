// Drives a replay from the first byte or minute of its file to the last.
import type { HouseDescription } from '@pilotwire/house';
import { SIGNAL_HALVES } from '@pilotwire/pilot-wire';
import type { House } from '../config.ts';
import { CurveHouse } from './curve-house.ts';
import { describeHouse, programmeSignals, type Surroundings } from './description.ts';
import { HouseLine } from './house-line.ts';
import type { CurveFile, LineFile } from './recorded-file.ts';
import { PiecewiseLine, Replay } from './replay.ts';
import type { Opening, Story } from './story.ts';
import { type Outcome, told } from './summary.ts';
import { SWITCHED_ASSUMPTIONS, SwitchedLoads, standingOrder } from './switched-loads.ts';

/** Virtual time between two looks at the real clock, milliseconds. */
const TURN_MS = 1_000;
const MINUTE_MS = 60_000;
/** A recorded line without a date begins here, so that nothing is taken for older than 1970. Ms since 1970 UTC. */
const UNDATED_MS = Date.UTC(2000, 0, 1);

/** What a replay is told by whoever watches it. */
export interface Watch {
	/** Called after each turn; rejects or waits as it likes. `share` is 0 to 1 where it is known. */
	turn(story: Story, nowMs: number, share: number | undefined): Promise<void>;
	/** Whether to stop here. */
	stopped(): boolean;
	/** A replay begins; its story and how its moments are to be written. */
	begins(story: Story, moments: Pick<Outcome, 'dated' | 'startMs'>): void;
}

export interface RunOptions {
	readonly path: string;
	readonly house: House;
	/** For what services write down. */
	readonly folder: string;
	readonly watch: Watch;
}

/** The modelled house of a curve with the services in it, and beside it the same without them. */
export async function replayCurve(file: CurveFile, around: Surroundings, options: RunOptions): Promise<Outcome> {
	const { house, folder, watch, path } = options;
	const description = describeHouse(house, around);
	const { phases } = description.meter;
	const steps = file.steps(phases);
	const plugs = new SwitchedLoads(house, file.startMs, ({ id }) => replay.plugs.orderOf(id));
	const freePlugs = new SwitchedLoads(house, file.startMs, standingOrder);
	const replay: Replay = new Replay({
		...{ house, folder, startMs: file.startMs },
		wattsOf: (id) => plugs.wattsOf(id),
		line: ({ clock }) => new HouseLine({ house: world.house, clock, catchUp: () => catchUp(clock) }),
		drive: (board, wire, signal) => {
			const { positive, negative } = SIGNAL_HALVES[signal];
			const at = house.radiators.findIndex((radiator) => radiator.board === board && radiator.wire === wire);
			if (at < 0) return;
			catchUp(replay.clock);
			world.house.radiators.setSignal(radiators[at] as number, positive, negative);
		},
	});
	const world = new CurveHouse(description, file.startMs, steps, plugs);
	const free = new CurveHouse(description, file.startMs, steps, freePlugs);
	free.house.setSignals(programmeSignals(house, description));
	const radiators = house.radiators.map(({ id }) => world.house.radiators.indexOf(id));
	const catchUp = (clock: { monotonicMs(): number }): void => world.advanceTo(Math.floor(clock.monotonicMs()));
	const endMs = file.minutes * MINUTE_MS;
	const startedMs = performance.now();
	watch.begins(replay.story, { dated: true, startMs: file.startMs });
	await replay.start();
	while (replay.clock.monotonicMs() < endMs && !watch.stopped()) {
		await replay.advance(Math.min(TURN_MS, endMs - replay.clock.monotonicMs()));
		const elapsedMs = replay.clock.monotonicMs();
		free.advanceTo(Math.floor(elapsedMs));
		await watch.turn(replay.story, replay.clock.wallMs(), elapsedMs / endMs);
	}
	const interrupted = replay.clock.monotonicMs() < endMs;
	const stoppedMs = replay.clock.wallMs();
	await replay.stop();
	const openings = (one: CurveHouse): Opening[] =>
		one.house.breaker.openings.map(({ atS, ...rest }) => ({ atMs: file.startMs + atS * 1_000, ...rest }));
	return {
		...{ file: path, kind: 'curve', dated: true, startMs: file.startMs, endMs: stoppedMs, interrupted },
		tookMs: performance.now() - startedMs,
		house: houseText(description, house, around.outsideC),
		breaker: { withShedding: openings(world), without: openings(free) },
		...told(replay.story),
		heat: heatOf(world, free, description),
		switched: house.switches.map(({ id, name = id }) => {
			return { id, name, withWh: Math.round(plugs.energyWh(id)), withoutWh: Math.round(freePlugs.energyWh(id)) };
		}),
		notes: [
			'The curve is what the household drew beside these circuits. Where it heated with electricity itself, that heat is in the curve as well and cannot be shed here.',
			'Radiators, rooms, the weather and the breaker are modelled: --outside and --kva set what the file cannot say.',
			...(house.switches.length === 0 ? [] : [SWITCHED_ASSUMPTIONS]),
			...(file.phases === 1 && phases === 3
				? [
						'The file does not tell the phases apart: kitchen is put on 1, laundry on 2, water heater on 3, the rest on all.',
					]
				: []),
			'What each minute held is made into appliances that start and stop with the same energy: peaks are likely ones, not those of that day.',
		],
	};
}

/** The bytes of a recorded line, one after the other. */
export async function replayLine(file: LineFile, options: RunOptions): Promise<Outcome> {
	const { house, folder, watch, path } = options;
	const dated = file.startMs !== undefined;
	const startMs = file.startMs ?? UNDATED_MS;
	const line = new PiecewiseLine();
	const replay = new Replay({ house, folder, startMs, line: () => line });
	const startedMs = performance.now();
	watch.begins(replay.story, { dated, startMs });
	await replay.start();
	let turnMs = 0;
	for await (const chunk of file.bytes) {
		for (const { ms, arrive } of line.pieces(chunk, file.baud)) {
			await replay.advance(ms);
			arrive();
			if (watch.stopped()) break;
			if (replay.clock.monotonicMs() - turnMs < TURN_MS) continue;
			turnMs = replay.clock.monotonicMs();
			await watch.turn(replay.story, replay.clock.wallMs(), undefined);
		}
		if (watch.stopped()) break;
	}
	const endMs = replay.clock.wallMs();
	await replay.stop();
	const { story } = replay;
	return {
		...{ file: path, kind: 'line', dated, startMs, endMs, interrupted: watch.stopped() },
		tookMs: performance.now() - startedMs,
		house: `${file.phases === 1 ? 'One phase' : 'Three phases'}, ${file.baud} bd; ${circuitsText(house)}`,
		breaker: {
			without: story.openings,
			...(story.nearest === undefined ? {} : { nearest: story.nearest }),
			...(story.load === undefined ? { unheard: true } : {}),
		},
		...told(story),
		notes: [...(story.load === undefined ? [UNHEARD] : []), ...lineNotes(house, file)],
	};
}

const UNHEARD =
	'Not one load could be read of this line: it is too short, or damaged, or its meter says none. What would have happened nobody can tell.';

function lineNotes({ boards, switches }: House, { phases }: LineFile): string[] {
	const missing = [...new Set([...boards.modules, ...switches].map(({ phase }) => phase))].filter(
		(phase) => phase > phases,
	);
	return [
		...(switches.length === 0
			? []
			: ['Circuits switched by a topic obey here, and say that they draw their rated power while they are on.']),
		'A recorded line shows decisions only. What it says was drawn then, whatever is decided now: the load does not fall when a radiator is shed here, so more is shed and for longer than in the house.',
		'Whether the breaker would have stayed closed cannot be told. What is told is whether its model opens on the load as recorded, from a cold start.',
		'A recording holds bytes and no times: pauses of the line are left out.',
		...(missing.length === 0
			? []
			: [
					`The line says nothing of phase ${missing.join(' and ')}, where circuits are configured: the load-shedder does not lead until each phase with circuits is heard, and actuators run their fallback.`,
				]),
	];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function circuitsText({ radiators, switches }: House): string {
	const others = switches.length === 0 ? '' : `, ${counted(switches.length, 'switched circuit')}`;
	return `${counted(radiators.length, 'radiator')}${others}`;
}

function houseText({ meter, radiators }: HouseDescription, { switches }: House, outsideC: number): string {
	const powerOf = (some: readonly { readonly powerW: number }[]): number =>
		some.reduce((sum, { powerW }) => sum + powerW, 0);
	const others =
		switches.length === 0 ? '' : `; ${counted(switches.length, 'switched circuit')} of ${powerOf(switches)} W`;
	const phases = meter.phases === 1 ? 'One phase' : 'Three phases';
	return `${phases}, ${meter.prefKVA} kVA; ${counted(radiators.length, 'radiator')} of ${powerOf(radiators)} W together, modelled at ${outsideC} °C outside on average${others}`;
}

function heatOf({ house }: CurveHouse, free: CurveHouse, { rooms }: HouseDescription): NonNullable<Outcome['heat']> {
	const energy = (one: CurveHouse['house']): number => one.radiators.energyWh.reduce((sum, wh) => sum + wh, 0);
	const coldest = house.roomC.reduce((least, celsius, at) => (celsius < (house.roomC[least] ?? 0) ? at : least), 0);
	return {
		withWh: Math.round(energy(house)),
		withoutWh: Math.round(energy(free.house)),
		coldest: { name: rooms[coldest]?.name ?? '', celsius: house.roomC[coldest] ?? 0 },
	};
}
