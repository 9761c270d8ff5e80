import {
	type BoardState,
	type CircuitState,
	type DeviceState,
	type HostState,
	type LinkState,
	type LoadLog,
	type Parameters,
	type ProbeState,
	type ProgrammeState,
	type ShedderEvent,
	type ShedderState,
	type TariffState,
	type ThermostatState,
	type Topic,
	topics,
} from '@pilotwire/contract';
import type { Draft } from './point.ts';
import { readingPoints } from './reading-points.ts';
import type { Recorded } from './thinning.ts';

type Keep = Recorded['keep'];
type Values = Readonly<Record<string, Draft['value']>>;

/** A topic of the bus and what the history takes from its messages. */
export interface RecordedTopic {
	readonly topic: Topic<string, unknown>;
	/** `nowMs`: when it arrived, wall clock, for the payloads that carry no moment of their own. */
	readonly points: (payload: unknown, parameters: Readonly<Record<string, string>>, nowMs: number) => Recorded[];
}

function recorded<const Template extends string, Payload>(
	topic: Topic<Template, Payload>,
	points: (payload: Payload, parameters: Parameters<Template>, nowMs: number) => Recorded[],
): RecordedTopic {
	return { topic: topic as Topic<string, unknown>, points: points as RecordedTopic['points'] };
}

/** A series `<group>.<name>` for each value. */
function figures(group: string, tags: Readonly<Record<string, string>>, at: number, keep: Keep, values: Values) {
	return Object.entries(values).map(
		([name, value]): Recorded => ({ draft: { series: `${group}.${name}`, tags, at, value }, keep }),
	);
}

/** From the numbered samples, not from `load/state`: that one is only the newest and may be missed. */
function loadPoints(meter: string, log: LoadLog): Recorded[] {
	return log.samples.flatMap(({ at, phase, apparentPowerVA, currentA }) =>
		figures('load', { meter, phase: String(phase) }, Date.parse(at), 'all', { apparentPowerVA, currentA }),
	);
}

function linkPoints(meter: string, link: LinkState): Recorded[] {
	const { connected, mode, baud, groupsGood, groupsBad, implausible, framesPerMinute, problem = '' } = link;
	const { samplesLost = 0 } = link;
	const at = Date.parse(link.at);
	const silent = link.silentSince !== undefined;
	return [
		...figures('link', { meter }, at, 'moving', { groupsGood, framesPerMinute }),
		...figures('link', { meter }, at, 'lasting', {
			connected,
			mode,
			baud,
			groupsBad,
			implausible,
			silent,
			problem,
			samplesLost,
		}),
	];
}

function circuitPoints(circuit: string, state: CircuitState): Recorded[] {
	const { wanted, inForce, reason, programme, control, learnedPowerW, powerW, priority, problem = '' } = state;
	const values = { wanted, inForce, reason, programme, control, learnedPowerW, powerW, priority, problem };
	const override = state.override?.order ?? '';
	const { measuredPowerW, dayEnergyWh, controllable = true, frostGuard = false } = state;
	const at = Date.parse(state.at);
	return [
		...figures('circuit', { circuit }, at, 'lasting', { ...values, override, controllable, frostGuard }),
		...figures('circuit', { circuit }, at, 'moving', { measuredPowerW, dayEnergyWh }),
	];
}

function probePoints(probe: string, state: ProbeState): Recorded[] {
	const { room = '', temperatureC, humidityPercent, pressureHPa, batteryPercent, problem = '' } = state;
	const at = Date.parse(state.at);
	return [
		...figures('probe', { probe, room }, at, 'moving', { temperatureC, humidityPercent, pressureHPa }),
		...figures('probe', { probe, room }, at, 'lasting', { batteryPercent, problem }),
	];
}

function thermostatPoints(thermostat: string, state: ThermostatState): Recorded[] {
	const { mode, targetC, doing, why, waits } = state;
	return figures('thermostat', { thermostat }, Date.parse(state.at), 'lasting', { mode, targetC, doing, why, waits });
}

function boardPoints(board: string, state: BoardState): Recorded[] {
	const { reachable, resets, drifts, failures, problem = '' } = state;
	return figures('board', { board }, Date.parse(state.at), 'lasting', {
		reachable,
		resets,
		drifts,
		failures,
		problem,
	});
}

function programmePoints(circuit: string, { at, order, why }: ProgrammeState): Recorded[] {
	return figures('programme', { circuit }, Date.parse(at), 'lasting', { order, why });
}

/** The load is in its own series already; what follows from it is what the shedder thinks. */
function shedderPoints(state: ShedderState): Recorded[] {
	const at = Date.parse(state.at);
	const shed = state.waiting.filter((circuit) => circuit.shed).length;
	return [
		...figures('shedder', {}, at, 'lasting', { mode: state.mode, shed, waiting: state.waiting.length }),
		...state.phases.flatMap(({ phase, limitVA, headroomVA, predictedVA, tripInS, filterUsed }) => [
			...figures('shedder', { phase: String(phase) }, at, 'moving', { headroomVA, predictedVA, tripInS, filterUsed }),
			...figures('shedder', { phase: String(phase) }, at, 'lasting', { limitVA }),
		]),
	];
}

function eventPoints(event: ShedderEvent): Recorded[] {
	const at = Date.parse(event.at);
	const { kind, circuit = '', why, reason, figures: said } = event;
	const tags = { kind, circuit, phase: event.phase === undefined ? '' : String(event.phase) };
	return [
		...figures('shedder', tags, at, 'all', {
			event: why,
			// For screens in other languages than the sentence's.
			eventReason: reason === undefined ? undefined : JSON.stringify({ reason, for: event.for, figures: said }),
		}),
		...Object.entries(said).flatMap(([figure, value]) =>
			figures('shedder', { ...tags, figure }, at, 'all', { eventFigure: value }),
		),
	];
}

/** A machine once a minute; none where its configuration says that it has no history. */
function hostPoints(host: string, state: HostState): Recorded[] {
	if (!state.history) return [];
	const at = Date.parse(state.at);
	const { cpuPercent, load, memory, swap, temperatureC, throttling } = state;
	return [
		...figures('host', { host }, at, 'moving', {
			...{ cpuPercent, load, temperatureC },
			...{ memoryUsedBytes: memory.usedBytes, swapUsedBytes: swap?.usedBytes },
		}),
		...figures('host', { host }, at, 'lasting', {
			...{ underVoltage: throttling?.underVoltage, throttled: throttling?.throttled },
		}),
		...state.disks.flatMap(({ mount, usedBytes, totalBytes, wearPercent }) =>
			figures('host', { host, mount }, at, 'lasting', {
				diskUsedPercent: totalBytes === 0 ? undefined : Math.round((usedBytes / totalBytes) * 100),
				diskWearPercent: wearPercent,
			}),
		),
	];
}

/** What a device said: each figure and text has the device's own name of it as a tag, since series have ours. */
function devicePoints(device: string, { at, status, telemetry }: DeviceState): Recorded[] {
	const saidAt = telemetry === undefined ? 0 : Date.parse(telemetry.at);
	return [
		...figures('device', { device }, Date.parse(at), 'lasting', { status }),
		...Object.entries(telemetry?.values ?? {}).flatMap(([figure, value]) =>
			typeof value === 'string'
				? figures('device', { device, figure }, saidAt, 'lasting', { text: value })
				: figures('device', { device, figure }, saidAt, 'moving', { value }),
		),
	];
}

/** What isn't known is empty: else what held before would seem to hold still. */
function tariffPoints(state: TariffState): Recorded[] {
	const { period = '', colour = '', source, label = '', colourToday = '', colourTomorrow = '', problem = '' } = state;
	const values = { period, colour, source, label, colourToday, colourTomorrow, problem };
	return figures('tariff', {}, Date.parse(state.at), 'lasting', values);
}

/** What the history takes from the bus, topic by topic. */
export const recordedTopics: readonly RecordedTopic[] = [
	recorded(topics.loadLog, (log, { meter }) => loadPoints(meter, log)),
	recorded(topics.reading, (reading, { meter }) => readingPoints(meter, reading)),
	recorded(topics.link, (link, { meter }) => linkPoints(meter, link)),
	recorded(topics.tariff, (state) => tariffPoints(state)),
	recorded(topics.circuit, (state, { circuit }) => circuitPoints(circuit, state)),
	recorded(topics.programme, (state, { circuit }) => programmePoints(circuit, state)),
	recorded(topics.target, ({ at, temperatureC }, { thermostat }) =>
		figures('programme', { thermostat }, Date.parse(at), 'lasting', { temperatureC }),
	),
	recorded(topics.absence, ({ at, phase }) => figures('absence', {}, Date.parse(at), 'lasting', { phase })),
	recorded(topics.probe, (state, { probe }) => probePoints(probe, state)),
	recorded(topics.thermostat, (state, { thermostat }) => thermostatPoints(thermostat, state)),
	recorded(topics.board, (state, { board }) => boardPoints(board, state)),
	recorded(topics.host, (state, { host }) => hostPoints(host, state)),
	recorded(topics.device, (state, { device }) => devicePoints(device, state)),
	recorded(topics.shedder, (state) => shedderPoints(state)),
	recorded(topics.shedderEvent, (event) => eventPoints(event)),
	// A word without a date: true when it arrives.
	recorded(topics.status, (status, { service }, nowMs) =>
		figures('service', { service }, nowMs, 'lasting', { status }),
	),
];
