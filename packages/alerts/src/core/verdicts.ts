import type { CircuitState } from '@pilotwire/contract';
import { type Condition, keyOf, type Moment, type Verdicts } from './alert.ts';
import type { Facts } from './facts.ts';

/** After a connection, what is retained has come and every service has found the bus again. Milliseconds. */
const SETTLED_MS = 20_000;
/** What is there for less than this may be one that starts, dies and starts again. Milliseconds. */
const STEADY_MS = 60_000;
/** The shedder speaks once a second. Milliseconds. */
const SHEDDER_SILENCE_MS = 30_000;
/** A phase that is over its limit for so long has nothing left to shed. Milliseconds. */
const LONG_OVER_MS = 300_000;
/** So near to its opening a breaker is no longer safe: s at this load, and the share of its filter. */
const NEAR_TRIP_S = 60;
const NEAR_TRIP_USED = 0.95;
const FAR_FROM_TRIP_USED = 0.8;
/** A temperature this old says nothing of now. Milliseconds. */
const OLD_TEMPERATURE_MS = 3 * 3_600_000;
/** Water in pipes is in danger below this, °C. */
const FREEZING_C = 3;
/** A room is warm again this far above what was too cold, K. */
const WARMER_K = 0.5;

/** What must be known of the house. */
export interface WatchedHouse {
	readonly meters: readonly string[];
	readonly rooms: readonly { readonly id: string; readonly name?: string | undefined; readonly guardC: number }[];
	/** The services that it has, of those that speak on the bus for themselves. */
	readonly services: readonly string[];
}

/** The services that say on the bus whether they are there, and that a house misses. */
export const watchedServices: readonly string[] = [
	...['meter-reader', 'radiator-actuator', 'switch-actuator', 'load-shedder', 'planner'],
	...['telemetry', 'thermostat', 'home-assistant', 'device-gateway', 'web'],
];

/** Faults of an output that are not its board's. */
const OUTPUT_FAULTS: ReadonlySet<CircuitState['fault']> = new Set(['output_stuck', 'no_answer'] as const);

/** What is wrong by these facts, and what is well. Whoever could say more but is away leaves it open. */
export function verdictsOf(facts: Facts, house: WatchedHouse, now: Moment): Verdicts {
	const { isUp, sinceMs } = facts.connection;
	const collected = new Collected();
	const forMs = now.monotonicMs - sinceMs;
	const away = { kind: 'bus_away', subject: 'bus' } as const;
	if (!isUp || forMs >= STEADY_MS) collected.judge(away, !isUp && { sinceMs: now.wallMs - forMs });
	if (!isUp || forMs < SETTLED_MS) return collected;
	judgeServices(collected, facts, house, now);
	judgeMeters(collected, facts, house);
	judgeBreakers(collected, facts, house);
	judgeMargin(collected, facts, now);
	judgeBoards(collected, facts);
	judgeOutputs(collected, facts);
	judgeRooms(collected, facts, house, now);
	judgeProbes(collected, facts);
	judgeStores(collected, facts);
	return collected;
}

type About = Pick<Condition, 'kind' | 'subject'>;

/** Verdicts as they are made. */
class Collected implements Verdicts {
	readonly wrong: Condition[] = [];
	readonly well = new Set<string>();

	/** `wrong`: what is to be said of it; false where it is well. */
	judge(about: About, wrong: Omit<Condition, keyof About> | false): void {
		if (wrong === false) this.well.add(keyOf(about));
		else this.wrong.push({ ...about, ...wrong });
	}
}

const isAway = (facts: Facts, service: string): boolean => facts.services.get(service)?.status !== 'online';
/** Its name, where it is one of several. */
const nameOf = (name: string, all: number): { name?: string } => (all > 1 ? { name } : {});

function judgeServices(verdicts: Collected, facts: Facts, { services }: WatchedHouse, { monotonicMs }: Moment): void {
	for (const subject of services) {
		const about = { kind: 'service_away', subject } as const;
		const heard = facts.services.get(subject);
		if (heard?.status !== 'online') verdicts.judge(about, {});
		else if (monotonicMs - heard.sinceMs >= STEADY_MS) verdicts.judge(about, false);
	}
}

function judgeMeters(verdicts: Collected, facts: Facts, { meters }: WatchedHouse): void {
	if (isAway(facts, 'meter-reader')) return;
	for (const subject of meters) {
		const link = facts.links.get(subject);
		if (link === undefined) continue;
		const { connected, silentSince } = link;
		const named = nameOf(subject, meters.length);
		const since = silentSince === undefined ? {} : { sinceMs: Date.parse(silentSince) };
		const isSilent = !connected || silentSince !== undefined;
		const detail = connected ? 'silent' : 'unplugged';
		verdicts.judge({ kind: 'meter_silent', subject }, isSilent && { ...named, ...since, detail });
	}
}

function judgeBreakers(verdicts: Collected, facts: Facts, { meters }: WatchedHouse): void {
	for (const [subject, { at, cause }] of facts.open) {
		const named = nameOf(subject, meters.length);
		verdicts.judge({ kind: 'breaker_opened', subject }, { ...named, sinceMs: Date.parse(at), detail: cause });
	}
	for (const subject of facts.drawnMs.keys()) {
		if (!facts.open.has(subject)) verdicts.judge({ kind: 'breaker_opened', subject }, false);
	}
}

function judgeMargin(verdicts: Collected, { shedder, overSince }: Facts, { monotonicMs }: Moment): void {
	if (shedder === undefined || monotonicMs - shedder.atMs > SHEDDER_SILENCE_MS) return;
	const { mode, phases } = shedder.state;
	if (mode !== 'shedding') return;
	for (const { phase, headroomVA, tripInS, filterUsed } of phases) {
		const subject = String(phase);
		const longOver = monotonicMs - (overSince.get(phase) ?? monotonicMs) >= LONG_OVER_MS;
		const isThin = (tripInS ?? Infinity) <= NEAR_TRIP_S || filterUsed >= NEAR_TRIP_USED || longOver;
		const isFaint = !isThin && (headroomVA < 0 || filterUsed >= FAR_FROM_TRIP_USED);
		const said = { ...nameOf(subject, phases.length), figure: Math.max(0, Math.round(-headroomVA)) };
		verdicts.judge(
			{ kind: 'margin_thin', subject },
			(isThin || isFaint) && { ...said, ...(isFaint ? { isFaint } : {}) },
		);
	}
}

function judgeBoards(verdicts: Collected, facts: Facts): void {
	if (isAway(facts, 'radiator-actuator')) return;
	for (const [subject, { reachable, problem, fault }] of facts.boards) {
		const detail = fault === undefined ? {} : { detail: fault };
		const isDead = !reachable || problem !== undefined;
		verdicts.judge({ kind: 'board_dead', subject }, isDead && { ...nameOf(subject, facts.boards.size), ...detail });
	}
}

function judgeOutputs(verdicts: Collected, facts: Facts): void {
	for (const [subject, { owner, name, fault }] of facts.circuits) {
		if (isAway(facts, owner)) continue;
		const isFaulty = fault !== undefined && OUTPUT_FAULTS.has(fault);
		verdicts.judge({ kind: 'output_faulty', subject }, isFaulty && { name, detail: fault });
	}
}

function judgeRooms(verdicts: Collected, facts: Facts, { rooms }: WatchedHouse, { wallMs }: Moment): void {
	for (const { id: subject, name, guardC } of rooms) {
		const temperatures = [...facts.probes.values()].flatMap(({ room, temperatureC, measuredAt, at }) => {
			const isOld = wallMs - Date.parse(measuredAt ?? at) > OLD_TEMPERATURE_MS;
			return room !== subject || temperatureC === undefined || isOld ? [] : [temperatureC];
		});
		if (temperatures.length === 0) continue;
		const figure = Math.min(...temperatures);
		const colderThan = (kind: 'room_cold' | 'room_freezing', limitC: number): void => {
			const faint = figure < limitC ? {} : ({ isFaint: true } as const);
			verdicts.judge({ kind, subject }, figure < limitC + WARMER_K && { name: name ?? subject, figure, ...faint });
		};
		colderThan('room_cold', guardC);
		colderThan('room_freezing', Math.min(FREEZING_C, guardC));
	}
}

function judgeProbes(verdicts: Collected, facts: Facts): void {
	for (const [subject, { name, temperatureC, problem, owner }] of facts.probes) {
		if (owner !== undefined && isAway(facts, owner)) continue;
		const isSilent = temperatureC === undefined && problem !== undefined;
		verdicts.judge({ kind: 'probe_silent', subject }, isSilent && { name });
	}
}

function judgeStores(verdicts: Collected, facts: Facts): void {
	const { telemetry } = facts;
	if (telemetry === undefined || isAway(facts, 'telemetry')) return;
	const { stores, spool, blackBox } = telemetry;
	const all = [
		...stores.map(({ store, problem }) => [store, problem] as const),
		...(spool === undefined ? [] : [['spool', spool.problem] as const]),
		...(blackBox === undefined ? [] : [['black-box', blackBox.problem] as const]),
	];
	for (const [subject, problem] of all) {
		verdicts.judge({ kind: 'store_away', subject }, problem !== undefined && { detail: subject });
	}
}
