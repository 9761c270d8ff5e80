/** What a heater or cooler is there for. */
export type Mode = 'off' | 'heat' | 'cool' | 'both';
/** What it is told to do. */
export type Doing = 'rest' | 'heat' | 'cool';

/** Why it does what it does: a word, so that screens translate it. */
export type Why =
	| 'off'
	| 'no_temperature'
	| 'at_target'
	| 'below_target'
	| 'above_target'
	| 'least_on'
	| 'least_off'
	| 'longest_run';

/** What people set. */
export interface Settings {
	readonly mode: Mode;
	readonly targetC: number;
	/** Heating begins this far below the target, cooling this far above it; both end at the target. K. */
	readonly hysteresisC: number;
	/** Once it runs it runs at least so long, and once it rests it rests at least so long. Seconds. */
	readonly minOnS: number;
	readonly minOffS: number;
	/** A run ends after this, whatever the temperature: the probe may have fallen out. Seconds. */
	readonly longestRunS?: number | undefined;
}

/** What was decided, and when. Monotonic clock, milliseconds. */
export interface Decided {
	readonly doing: Doing;
	readonly why: Why;
	/** When it began to do this. */
	readonly sinceMs: number;
	/** How long it has really drawn power in this run: it may be made to wait meanwhile. Milliseconds. */
	readonly ranMs: number;
}

/** After a run that had to be ended it rests at least so long: nothing said that it was enough. Seconds. */
const PAUSE_S = 300;

/** What is known now. */
export interface Known {
	readonly nowMs: number;
	/** °C; undefined while no probe gives a right figure. */
	readonly temperatureC: number | undefined;
	/** Time since the last decision in which its circuit was on, milliseconds. */
	readonly onMs: number;
}

/** At its start it counts as having just stopped: a compressor that is switched on again at once stalls. */
export function atRest(nowMs: number): Decided {
	return { doing: 'rest', why: 'at_target', sinceMs: nowMs, ranMs: 0 };
}

/** The next decision. Stopping for want of a temperature, or because somebody switched it off, waits for nothing. */
export function decide(before: Decided, settings: Settings, known: Known): Decided {
	const ranMs = before.doing === 'rest' ? 0 : before.ranMs + known.onMs;
	const become = (doing: Doing, why: Why): Decided =>
		doing === before.doing
			? { doing, why, sinceMs: before.sinceMs, ranMs }
			: { doing, why, sinceMs: known.nowMs, ranMs: 0 };
	if (settings.mode === 'off') return become('rest', 'off');
	if (known.temperatureC === undefined) return become('rest', 'no_temperature');
	const wanted = wantedOf(before.doing, settings, known.temperatureC);
	const lastedMs = known.nowMs - before.sinceMs;
	if (before.doing === 'rest') {
		const pauses = before.why === 'longest_run';
		const restS = pauses ? Math.max(settings.minOffS, PAUSE_S) : settings.minOffS;
		if (wanted !== 'rest' && lastedMs >= restS * 1_000) return become(wanted, whyOf(wanted));
		return become('rest', pauses ? 'longest_run' : wanted === 'rest' ? 'at_target' : 'least_off');
	}
	if (settings.longestRunS !== undefined && ranMs >= settings.longestRunS * 1_000) return become('rest', 'longest_run');
	if (wanted === before.doing) return become(wanted, whyOf(wanted));
	// From heating to cooling, or back, there is always a rest between.
	return lastedMs < settings.minOnS * 1_000 ? become(before.doing, 'least_on') : become('rest', 'at_target');
}

/** What the temperature asks for, were there no times to keep. */
function wantedOf(doing: Doing, { mode, targetC, hysteresisC }: Settings, temperatureC: number): Doing {
	const heats = mode === 'heat' || mode === 'both';
	const cools = mode === 'cool' || mode === 'both';
	if (heats && temperatureC < targetC - (doing === 'heat' ? 0 : hysteresisC)) return 'heat';
	if (cools && temperatureC > targetC + (doing === 'cool' ? 0 : hysteresisC)) return 'cool';
	return 'rest';
}

function whyOf(doing: Doing): Why {
	return doing === 'heat' ? 'below_target' : 'above_target';
}
