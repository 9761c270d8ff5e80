// What is wrong in the house's own machinery, in words, and what to do about it; what is well says so.
import type { BoardState, LinkState, TelemetryState } from '@pilotwire/contract';
import type { Key } from '../i18n/index.ts';
import type { Freshness, Link } from './freshness.ts';
import { firstMeter, type House, type Said } from './house.ts';
import { problemKey } from './problems.ts';

/** `good`; `care`: works, but look at it; `bad`: doesn't work; `unknown`: nobody says. */
export type Level = 'good' | 'care' | 'bad' | 'unknown';

/** One thing that was looked at. */
export interface Check {
	readonly id: string;
	readonly level: Level;
	/** What it is; `name` where the house has its own name for it. */
	readonly title: Key;
	readonly name?: string;
	/** How it does. */
	readonly state: Key;
	readonly figures?: Readonly<Record<string, string | number>>;
	/** What to do. */
	readonly advice?: Key;
	/** The service's own sentence, which is English. */
	readonly sentence?: string;
}

/** Of so many groups in a hundred that came damaged, the line deserves a look. */
const BAD_GROUPS_PERCENT = 1;
const SERVICES: readonly string[] = [
	...['meter-reader', 'radiator-actuator', 'switch-actuator', 'load-shedder', 'planner', 'telemetry'],
	...['thermostat', 'home-assistant', 'host-monitor', 'web', 'alerts'],
];

const serviceKeys: Readonly<Record<string, Key>> = {
	'meter-reader': 'service.meter',
	'radiator-actuator': 'service.radiators',
	'switch-actuator': 'service.switches',
	'load-shedder': 'service.shedder',
	planner: 'service.planner',
	telemetry: 'service.telemetry',
	thermostat: 'service.thermostat',
	'home-assistant': 'service.homeassistant',
	'host-monitor': 'service.host',
	web: 'service.web',
	alerts: 'service.alerts',
};

/** Everything that can be judged from here, the worst first. */
export function checks(house: House, fresh: Freshness, link: Link): Check[] {
	const list = [
		connectionCheck(link),
		// Without a connection nothing is known of the rest.
		...(link.kind === 'up' ? houseChecks(house, fresh) : []),
	];
	const rank: Readonly<Record<Level, number>> = { bad: 0, care: 1, unknown: 2, good: 3 };
	return list
		.map((check, place) => ({ check, place }))
		.sort((a, b) => rank[a.check.level] - rank[b.check.level] || a.place - b.place)
		.map(({ check }) => check);
}

/** The worst of all; `good` where nothing is wrong. */
export const worst = (list: readonly Check[]): Level => list[0]?.level ?? 'unknown';

function connectionCheck(link: Link): Check {
	const base = { id: 'connection', title: 'health.connection' } as const;
	if (link.kind === 'up') return { ...base, level: 'good', state: 'health.connection.up' };
	if (link.kind === 'connecting') return { ...base, level: 'unknown', state: 'health.connection.coming' };
	return { ...base, level: 'bad', state: 'health.connection.down', advice: 'health.connection.advice' };
}

function houseChecks(house: House, fresh: Freshness): Check[] {
	return [
		meterCheck(firstMeter(house.links), fresh),
		shedderCheck(house, fresh),
		...[...house.boards].sort(([a], [b]) => a.localeCompare(b)).map(([id, { value }]) => boardCheck(id, value)),
		...probeChecks(house),
		...storeChecks(house.telemetry),
		...boxCheck(house.telemetry?.value.blackBox),
		...serviceChecks(house),
	];
}

function meterCheck(link: Said<LinkState> | undefined, { loadLive, arriving }: Freshness): Check {
	const base = { id: 'meter', title: 'health.meter' } as const;
	if (link === undefined) {
		const advice = arriving ? {} : { advice: 'health.meter.advice.none' as const };
		return { ...base, level: 'unknown', state: 'health.meter.unknown', ...advice };
	}
	const { groupsGood, groupsBad, connected, problem, silentSince, framesPerMinute, mode } = link.value;
	const told = problem === undefined ? {} : { sentence: problem };
	if (!connected)
		return { ...base, level: 'bad', state: 'health.meter.gone', advice: 'health.meter.advice.port', ...told };
	if (silentSince !== undefined || (!loadLive && !arriving)) {
		return { ...base, level: 'bad', state: 'health.meter.silent', advice: 'health.meter.advice.silent', ...told };
	}
	const percent = groupsGood + groupsBad === 0 ? 0 : (groupsBad / (groupsGood + groupsBad)) * 100;
	if (percent > BAD_GROUPS_PERCENT || problem !== undefined) {
		const figures = { percent: percent.toFixed(1) };
		return {
			...base,
			level: 'care',
			state: 'health.meter.noisy',
			figures,
			advice: 'health.meter.advice.noisy',
			...told,
		};
	}
	const figures = { frames: Math.round(framesPerMinute) };
	const state = mode === 'historic' ? 'health.meter.good.historic' : 'health.meter.good';
	return { ...base, level: 'good', state, figures };
}

function shedderCheck({ shedder }: House, { shedderLive, arriving }: Freshness): Check {
	const base = { id: 'shedder', title: 'health.shedder' } as const;
	if (!shedderLive) {
		if (arriving) return { ...base, level: 'unknown', state: 'health.shedder.coming' };
		return { ...base, level: 'bad', state: 'health.shedder.silent', advice: 'health.shedder.advice.silent' };
	}
	switch (shedder?.value.mode) {
		case 'disabled':
			return { ...base, level: 'care', state: 'health.shedder.disabled', advice: 'health.shedder.advice.disabled' };
		case 'waiting_for_meter':
			return { ...base, level: 'bad', state: 'health.shedder.waits', advice: 'health.shedder.advice.waits' };
		default:
			return { ...base, level: 'good', state: 'health.shedder.good' };
	}
}

function boardCheck(id: string, { reachable, problem, resets, drifts, failures }: BoardState): Check {
	const base = { id: `board ${id}`, title: 'health.board', name: id } as const;
	const figures = { resets, drifts, failures };
	const told = problem === undefined ? {} : { sentence: problem };
	if (!reachable) {
		const advice = problem === undefined ? 'problem.silent' : problemKey(problem);
		return { ...base, level: 'bad', state: 'health.board.away', advice, ...told };
	}
	if (problem !== undefined) {
		return { ...base, level: 'bad', state: 'health.board.faulty', advice: problemKey(problem), ...told };
	}
	if (resets + drifts > 0) {
		return { ...base, level: 'care', state: 'health.board.resets', figures, advice: 'health.board.advice' };
	}
	return { ...base, level: 'good', state: 'health.board.good' };
}

function probeChecks({ probes }: House): Check[] {
	const broken = [...probes].filter(([, { value }]) => value.problem !== undefined);
	if (probes.size === 0) return [];
	if (broken.length === 0) {
		const figures = { count: probes.size };
		return [{ id: 'probes', level: 'good', title: 'health.probes', state: 'health.probes.good', figures }];
	}
	return broken.map(([id, { value }]) => ({
		...({ id: `probe ${id}`, level: 'care', title: 'health.probe', name: value.name } as const),
		...({ state: 'health.probe.broken', advice: 'health.probe.advice' } as const),
		sentence: value.problem ?? '',
	}));
}

function storeChecks(telemetry: Said<TelemetryState> | undefined): Check[] {
	return (telemetry?.value.stores ?? []).map(({ store, waiting, dropped, problem }) => {
		const name = { sqlite: 'SQLite', influxdb: 'InfluxDB' }[store] ?? store;
		const base = { id: `store ${store}`, title: 'health.store', name } as const;
		if (problem !== undefined) {
			const figures = { waiting };
			return {
				...base,
				level: 'bad',
				state: 'health.store.away',
				figures,
				advice: 'health.store.advice',
				sentence: problem,
			};
		}
		if (dropped > 0) return { ...base, level: 'care', state: 'health.store.dropped', figures: { dropped } };
		return { ...base, level: 'good', state: 'health.store.good' };
	});
}

function boxCheck(box: TelemetryState['blackBox']): Check[] {
	const base = { id: 'box', title: 'health.box' } as const;
	if (box === undefined) return [];
	if (box.problem !== undefined) {
		return [{ ...base, level: 'care', state: 'health.box.faulty', advice: 'health.box.advice', sentence: box.problem }];
	}
	return [{ ...base, level: 'good', state: 'health.box.good', figures: { minutes: box.minutes } }];
}

/** The services that have ever been here; those that read nothing for people (the simulator, the terminal) are left out. */
function serviceChecks({ services }: House): Check[] {
	const known = [...services].filter(([id]) => SERVICES.includes(id));
	const away = known.filter(([, { value }]) => value === 'offline');
	const gone = away.map(([id]): Check => {
		const title = serviceKeys[id] ?? 'health.services';
		return { id: `service ${id}`, level: 'bad', title, state: 'health.service.away', advice: 'health.service.advice' };
	});
	if (known.length === 0 || away.length === known.length) return gone;
	const figures = { count: known.length - away.length };
	return [...gone, { id: 'services', level: 'good', title: 'health.services', state: 'health.services.good', figures }];
}
