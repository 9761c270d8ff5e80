// How old what is shown is, and who has fallen silent. Nothing here trusts that a message came: only when, and of what age.
import { firstMeter, type House, type Said, trueAtMs } from './house.ts';

/** A load older than this is not shown as live: the meter says one every second or two. Milliseconds. */
const LOAD_SILENCE_MS = 8_000;
/** The shedder says its state once a second. Milliseconds. */
const SHEDDER_SILENCE_MS = 6_000;
/** After connecting, the first live figures may take this long before their absence is called silence. Milliseconds. */
const FIRST_FIGURES_MS = 4_000;

/** The connection to the bus. */
export type Link =
	| { readonly kind: 'connecting' }
	| { readonly kind: 'up'; readonly sinceMs: number }
	| { readonly kind: 'down'; readonly sinceMs: number };

/** Who is silent. */
export type Silent = 'connection' | 'meter' | 'shedder' | 'actuator';

/** A silence, since when it lasts where that is known (browser's clock, ms). */
export interface Silence {
	readonly who: Silent;
	readonly sinceMs: number | undefined;
}

/** What can be said about the figures on the screen now. */
export interface Freshness {
	/** The load is of these seconds. */
	readonly loadLive: boolean;
	/** When the load shown was true; undefined where there is none. */
	readonly loadAtMs: number | undefined;
	readonly shedderLive: boolean;
	readonly shedderAtMs: number | undefined;
	/** Radiators' states stand: the one who keeps them is there, and so is the connection. */
	readonly circuitsLive: boolean;
	readonly silences: readonly Silence[];
	/** Connected so short a time ago that the first live figures are still on their way. */
	readonly arriving: boolean;
}

/** Judges every figure's age at `nowMs`. */
export function freshness(house: House, link: Link, nowMs: number): Freshness {
	const up = link.kind === 'up';
	const arriving = link.kind === 'connecting' || (up && nowMs - link.sinceMs < FIRST_FIGURES_MS);
	const load = firstMeter(house.loads);
	const loadAtMs = load && trueAtMs(house, load.value.at);
	const shedderAtMs = house.shedder && trueAtMs(house, house.shedder.value.at);
	const loadLive = up && isLive(load, loadAtMs, nowMs, LOAD_SILENCE_MS);
	const shedderLive = up && isLive(house.shedder, shedderAtMs, nowMs, SHEDDER_SILENCE_MS);
	const actuatorThere = house.services.get('radiator-actuator')?.value !== 'offline';
	const silences: Silence[] = [];
	if (link.kind === 'down') silences.push({ who: 'connection', sinceMs: link.sinceMs });
	else if (up && !arriving) {
		if (!loadLive) silences.push({ who: 'meter', sinceMs: meterSilentSince(house) ?? loadAtMs });
		if (!shedderLive) silences.push({ who: 'shedder', sinceMs: shedderAtMs });
	}
	if (up && !actuatorThere) silences.push({ who: 'actuator', sinceMs: wentAtMs(house) });
	const circuitsLive = up && actuatorThere;
	return { loadLive, loadAtMs, shedderLive, shedderAtMs, circuitsLive, silences, arriving };
}

function isLive(said: Said<unknown> | undefined, atMs: number | undefined, nowMs: number, silenceMs: number): boolean {
	if (said === undefined || atMs === undefined || !said.live) return false;
	return nowMs - said.heardMs < silenceMs && nowMs - atMs < silenceMs;
}

/** The line's own word on since when it is silent. */
function meterSilentSince(house: House): number | undefined {
	const since = firstMeter(house.links)?.value.silentSince;
	return since === undefined ? undefined : trueAtMs(house, since);
}

/** When the actuator was heard to go; a kept copy of that says nothing about when. */
function wentAtMs(house: House): number | undefined {
	const said = house.services.get('radiator-actuator');
	return said?.live === true ? said.heardMs : undefined;
}
