// The probes' screen: whose trend is shown and of which day, and what people set. It comes with the screen.
import { type HistoryAnswer, historyAnswer, type ThermostatSet, topics } from '@pilotwire/contract';
import { computed, effect, signal } from '@preact/signals';
import { type Curves, curvesOf, noCurves } from '../core/curves.ts';
import type { TimeWindow } from '../core/time-window.ts';
import { dayWindow, pointsFor, type RhythmMin, rowsUnder, type Stretch, stretchesOf } from '../core/warmth.ts';
import { ask, send } from './bus.ts';
import { calendar } from './calendar.ts';
import { Saving } from './saving.ts';
import { house, link, now } from './store.ts';

/** What ran under a probe's curve. */
export interface Band {
	readonly kind: 'thermostat' | 'circuit';
	readonly id: string;
	readonly stretches: readonly Stretch[];
}

interface Trend {
	readonly curves: Curves;
	readonly bands: readonly Band[];
}

const noTrend: Trend = { curves: noCurves, bands: [] };

/** The probe that was chosen; undefined: the first. */
export const chosen = signal<string | undefined>(undefined);
/** 0 today, -1 yesterday. */
export const day = signal(0);
export const everyMin = signal<RhythmMin>(10);
export const trend = signal<Trend>(noTrend);
export const status = signal<'loading' | 'there' | 'missing' | 'away'>('loading');
/** Moves at midnight only. */
const today = computed(() => dayWindow(now.value, 0, calendar.value).fromMs);
export const dayShown = computed(() => dayWindow(today.value, day.value, calendar.value));

/** The bands are exact to this. Points across a day. */
const BAND_POINTS = 1_440;
/** Today's trend is asked for again this often. Milliseconds. */
const AGAIN_MS = 60_000;
/** Somebody leafs through the days: the house is asked when that pauses. Milliseconds. */
const SETTLE_MS = 150;

let serial = 0;
let askedMs = 0;

/** Watches what is chosen while the screen is open; the result stops that. */
export function followTrend(probe: () => string | undefined): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let before = '';
	const stop = effect(() => {
		const id = probe();
		const what = `${id} ${dayShown.value.fromMs} ${everyMin.value}`;
		const isUp = link.value.kind === 'up';
		const again = day.value === 0 && now.value - askedMs >= AGAIN_MS;
		if (!isUp && status.peek() !== 'there') status.value = 'away';
		if (id === undefined || !isUp || (what === before && status.peek() === 'there' && !again)) return;
		// Nobody answered: not every second.
		if (what === before && now.value - askedMs < SETTLE_MS * 30) return;
		const shows = `${id} ${dayShown.value.fromMs}`;
		if (!before.startsWith(`${shows} `)) {
			trend.value = noTrend;
			status.value = 'loading';
		}
		before = what;
		askedMs = now.value;
		clearTimeout(timer);
		timer = setTimeout(() => void load(id), SETTLE_MS);
	});
	return () => {
		clearTimeout(timer);
		stop();
		askedMs = 0;
	};
}

async function load(probe: string): Promise<void> {
	serial += 1;
	const mine = serial;
	const window = dayShown.value;
	const shift = house.value.clockAheadMs ?? 0;
	const { thermostats, circuits } = rowsUnder(house.value, probe);
	const bandOf = async (kind: Band['kind'], id: string): Promise<Band> => {
		const series = kind === 'thermostat' ? 'thermostat.doing' : 'circuit.inForce';
		const answer = await query(series, { [kind]: id }, window, BAND_POINTS);
		return { kind, id, stretches: stretchesOf(answer, window, shift, Date.now()) };
	};
	try {
		const [answer, ...bands] = await Promise.all([
			query('probe.temperatureC', { probe }, window, pointsFor(window, everyMin.value)),
			...thermostats.map((id) => bandOf('thermostat', id)),
			...circuits.map((id) => bandOf('circuit', id)),
		]);
		if (mine !== serial) return;
		trend.value = { curves: curvesOf(answer, window, shift, { key: (tags) => tags['probe'], holds: true }), bands };
		status.value = 'there';
	} catch {
		if (mine === serial && status.value !== 'there') status.value = link.value.kind === 'up' ? 'missing' : 'away';
	}
}

async function query(
	series: string,
	tags: Record<string, string>,
	{ fromMs, toMs }: TimeWindow,
	points: number,
): Promise<HistoryAnswer> {
	const instant = (ms: number): string => new Date(ms - (house.value.clockAheadMs ?? 0)).toISOString();
	const params = { series, tags, from: instant(fromMs), to: instant(toMs), points };
	return historyAnswer.parse(await ask('telemetry', 'history.query', params));
}

const savings = new Map<string, Saving>();

/** How far a change of a thermostat, or a look at a probe, has come. */
export function savingOf(kind: 'thermostat' | 'probe', id: string): Saving {
	const key = `${kind} ${id}`;
	const saving = savings.get(key) ?? new Saving();
	savings.set(key, saving);
	return saving;
}

/** Changes a thermostat; saved once it says what was asked for. */
export function setThermostat(id: string, change: ThermostatSet): Promise<void> {
	return savingOf('thermostat', id).save(
		() => send(topics.thermostatSet, change, { thermostat: id }),
		({ thermostats }) => {
			const state = thermostats.get(id)?.value;
			if (state === undefined) return false;
			const { mode = state.mode, targetC = state.targetC, hysteresisC = state.hysteresisC } = change;
			return state.mode === mode && state.targetC === targetC && state.hysteresisC === hysteresisC;
		},
	);
}

/** Has the machine look at a probe now; its next word is the answer. */
export function readNow(id: string): Promise<void> {
	const before = house.peek().probes.get(id);
	return savingOf('probe', id).save(
		() => send(topics.probeSet, 'read', { probe: id }),
		({ probes }) => probes.get(id) !== before,
	);
}

/** Has a probe read at another rhythm from now on; saved once it says so. */
export function setRhythm(id: string, everyS: number): Promise<void> {
	return savingOf('probe', id).save(
		() => send(topics.probeSet, { everyS }, { probe: id }),
		({ probes }) => probes.get(id)?.value.everyS === everyS,
	);
}
