// What came of a replay, as data and as sentences.
import type { ShedderEvent } from '@pilotwire/contract';
import type { Nearest, Opening, Over, Story, Wait } from './story.ts';

/** What is known of the breaker: with the services, and had nobody shed. */
export interface Breaker {
	/** Absent where a replay can't know it. */
	readonly withShedding?: readonly Opening[];
	readonly without: readonly Opening[];
	/** How near it came on the load as recorded. */
	readonly nearest?: Nearest;
	/** Not one load of the recording could be used. */
	readonly unheard?: true;
}

/** Heat with the services beside heat without, of a modelled house. */
export interface Heat {
	readonly withWh: number;
	readonly withoutWh: number;
	readonly coldest: { readonly name: string; readonly celsius: number };
}

/** Energy of a switched circuit with the services beside that without. */
interface SwitchedEnergy {
	readonly id: string;
	readonly name: string;
	readonly withWh: number;
	readonly withoutWh: number;
}

/** Everything that a replay tells. Times: ms since 1970 UTC of the replayed clock. */
export interface Outcome {
	readonly file: string;
	readonly kind: 'curve' | 'line';
	/** False where nobody said when the recording was made: times count from 0. */
	readonly dated: boolean;
	readonly startMs: number;
	readonly endMs: number;
	/** How long the replay took, milliseconds. */
	readonly tookMs: number;
	/** It was ended before the file was. */
	readonly interrupted: boolean;
	readonly house: string;
	readonly breaker: Breaker;
	readonly overs: readonly Over[];
	readonly actions: readonly ShedderEvent[];
	readonly waits: readonly Wait[];
	readonly names: ReadonlyMap<string, string>;
	readonly heat?: Heat;
	/** What each switched circuit of a modelled house had. */
	readonly switched?: readonly SwitchedEnergy[];
	/** What it can and cannot tell. */
	readonly notes: readonly string[];
}

/** The parts of an outcome that the story holds. */
export function told({ overs, actions, waits, names }: Story): Pick<Outcome, 'overs' | 'actions' | 'waits' | 'names'> {
	return { overs, actions, waits, names };
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** So many openings are told with their times. */
const MOST_TOLD = 5;

/** For programs: one JSON object, times as ISO 8601, durations in seconds. */
export function asJson(outcome: Outcome): object {
	const at = (ms: number): string => new Date(ms).toISOString();
	const seconds = (ms: number): number => Math.round(ms / 100) / 10;
	const stretch = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => {
		return { from: at(fromMs), to: at(toMs), forS: seconds(toMs - fromMs) };
	};
	const openings = (list: readonly Opening[]) => list.map(({ atMs, ...rest }) => ({ at: at(atMs), ...rest }));
	const nearestJson = ({ phase, share, atMs }: Nearest) => ({
		phase,
		share: Math.round(share * 1_000) / 1_000,
		at: at(atMs),
	});
	const {
		file,
		kind,
		dated,
		startMs,
		endMs,
		tookMs,
		interrupted,
		house,
		breaker,
		heat,
		notes,
		switched = [],
	} = outcome;
	return {
		...{ file, kind, dated, from: at(startMs), to: at(endMs), tookS: seconds(tookMs), interrupted, house },
		openings: {
			...(breaker.withShedding === undefined ? {} : { withShedding: openings(breaker.withShedding) }),
			without: openings(breaker.without),
		},
		...(breaker.nearest === undefined ? {} : { nearest: nearestJson(breaker.nearest) }),
		over: outcome.overs.map(({ phase, mostVA, limitVA, ...over }) => ({ phase, ...stretch(over), mostVA, limitVA })),
		actions: outcome.actions,
		waits: outcome.waits.map(({ circuit, phase, reason, ...wait }) => ({ circuit, phase, reason, ...stretch(wait) })),
		longestWaitS: seconds(Math.max(0, ...outcome.waits.map(lasted))),
		...(heat === undefined ? {} : { heat }),
		...(switched.length === 0 ? {} : { switched }),
		notes,
	};
}

/** For people. */
export function asText(outcome: Outcome): string {
	const { file, startMs, endMs, tookMs, interrupted, house, notes } = outcome;
	const when = momentOf(outcome);
	const speed = Math.round((endMs - startMs) / Math.max(1, tookMs));
	const until = interrupted ? ', where it was ended' : '';
	return [
		`${lengthText(endMs - startMs)} of ${file}, ${when(startMs)} to ${when(endMs)}${until}, in ${lengthText(tookMs)} (${speed} times as fast)`,
		house,
		'',
		...row('Breaker', breakerLines(outcome)),
		...row('Over', overLines(outcome)),
		...row('Waiting', waitLines(outcome)),
		...(outcome.heat === undefined ? [] : row('Heat', heatLines(outcome.heat))),
		...row('Switched', (outcome.switched ?? []).map(switchedLine)),
		'',
		...notes.map((note) => `- ${note}`),
	].join('\n');
}

/** One action of the shedder as a line, while it happens. */
export function actionLine(action: ShedderEvent, outcome: Pick<Outcome, 'dated' | 'startMs'>): string {
	return `${momentOf(outcome)(Date.parse(action.at))}  ${action.why}`;
}

/** How moments are written: legal time, or counted from the start where nobody knows when it was. */
export function momentOf({ dated, startMs }: Pick<Outcome, 'dated' | 'startMs'>): (ms: number) => string {
	if (dated) return (ms) => LEGAL.format(ms).replace(',', '');
	return (ms) => {
		const passedMs = Math.max(0, ms - startMs);
		const days = Math.floor(passedMs / DAY_MS);
		return `+${days === 0 ? '' : `${days} d `}${new Date(passedMs).toISOString().slice(11, 19)}`;
	};
}

/** Meters of this kind stand in metropolitan France. The Swedish way of writing is year, month, day. */
const LEGAL = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short', timeStyle: 'medium' });

function row(label: string, lines: readonly string[]): string[] {
	return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(9)}${line}`);
}

function breakerLines(outcome: Outcome): string[] {
	const { withShedding, without, unheard } = outcome.breaker;
	if (unheard) return ['nobody can tell: not one load could be read of the line'];
	const say = (list: readonly Opening[]): string => {
		if (list.length === 0) return 'never opens';
		const when = list.slice(0, MOST_TOLD).map(({ atMs, phase }) => `${momentOf(outcome)(atMs)} on phase ${phase}`);
		const more = list.length > MOST_TOLD ? ` and ${times(list.length - MOST_TOLD)} more` : '';
		return `opens ${times(list.length)}: ${when.join(', ')}${more}`;
	};
	if (withShedding === undefined) {
		const { nearest } = outcome.breaker;
		if (nearest === undefined || without.length > 0) return [`on the load as recorded its model ${say(without)}`];
		const near = `${Math.round(nearest.share * 100)} % of the way at ${momentOf(outcome)(nearest.atMs)}`;
		return [`on the load as recorded its model never opens; it came at most ${near} on phase ${nearest.phase}`];
	}
	return [`without shedding ${say(without)}`, `with shedding ${say(withShedding)}`];
}

function overLines(outcome: Outcome): string[] {
	const phases = [...new Set(outcome.overs.map(({ phase }) => phase))].sort();
	if (outcome.breaker.unheard) return ['nobody can tell'];
	if (phases.length === 0) return ['no phase was ever above its limit'];
	return phases.map((phase) => {
		const own = outcome.overs.filter((over) => over.phase === phase);
		const all = lengthText(own.reduce((sum, over) => sum + lasted(over), 0));
		const longest = own.reduce((most, over) => (lasted(over) > lasted(most) ? over : most));
		const highest = own.reduce((most, over) => (over.mostVA > most.mostVA ? over : most));
		const most = `at most ${Math.round(highest.mostVA)} of ${Math.round(highest.limitVA)} VA`;
		return `phase ${phase} ${times(own.length)}, ${all} together, ${most}; longest ${lengthText(lasted(longest))} at ${momentOf(outcome)(longest.fromMs)}`;
	});
}

function waitLines(outcome: Outcome): string[] {
	const { waits, names } = outcome;
	const nameOf = (circuit: string): string => names.get(circuit) ?? circuit;
	if (waits.length === 0) return ['nothing ever had to wait'];
	const longest = waits.reduce((most, wait) => (lasted(wait) > lasted(most) ? wait : most));
	const all = lengthText(waits.reduce((sum, wait) => sum + lasted(wait), 0));
	const perCircuit = [...new Set(waits.map(({ circuit }) => circuit))].map((circuit) => {
		const own = waits.filter((wait) => wait.circuit === circuit);
		return { circuit, count: own.length, ms: own.reduce((sum, wait) => sum + lasted(wait), 0) };
	});
	return [
		`${times(waits.length)}, ${all} together; longest ${lengthText(lasted(longest))}: ${nameOf(longest.circuit)} from ${momentOf(outcome)(longest.fromMs)}`,
		...perCircuit
			.sort((a, b) => b.ms - a.ms)
			.map(({ circuit, count, ms }) => `  ${nameOf(circuit)} ${times(count)}, ${lengthText(ms)}`),
	];
}

function heatLines({ withWh, withoutWh, coldest }: Heat): string[] {
	const cold = `coldest room ${coldest.celsius.toFixed(1)} °C (${coldest.name})`;
	return [`radiators had ${kWh(withWh)} kWh, without shedding ${kWh(withoutWh)} kWh; ${cold}`];
}

const switchedLine = ({ name, withWh, withoutWh }: SwitchedEnergy): string =>
	`${name} had ${kWh(withWh)} kWh, without shedding ${kWh(withoutWh)} kWh`;

const kWh = (wh: number): string => (wh / 1_000).toFixed(1);
const lasted = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): number => toMs - fromMs;
const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** `2 h 5 min`, `4 min 10 s`, `45 s`. */
export function lengthText(ms: number): string {
	const seconds = Math.round(ms / 1_000);
	if (ms < MINUTE_MS) return `${seconds} s`;
	const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
	if (hours === 0) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
	if (hours < 48) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
	return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
