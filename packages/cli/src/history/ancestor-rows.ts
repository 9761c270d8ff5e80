import type { ImportPoint } from './import-points.ts';

/**
 * A row of the ancestor's table `statistics`: seconds that radiators were off and mean current by phase, mean power and
 * energy, of an hour or a day from `start` on. A figure that it could not know is null.
 */
export interface StatisticsRow {
	/** Seconds since 1970 UTC. */
	readonly start: number;
	/** Seconds. */
	readonly off: readonly (number | null)[];
	/** A. */
	readonly int: readonly (number | null)[];
	/** W. */
	readonly watts: number | null;
	/** Wh drawn in the row's time. */
	readonly meter: number | null;
}

/** A row of its table `dashboard`: a radiator and its wire. */
export interface DashboardRow {
	readonly id: string | number;
	readonly name: string | null;
	readonly floor: string | number | null;
	readonly phase: number | null;
	readonly wire: number | null;
	readonly watts: number | null;
	readonly command: string | number | null;
}

const HOUR_S = 3_600;
const DAY_S = 86_400;

/** How long a row is: an hour or a day, whichever the rows' distances are nearer to. Seconds. */
export function rowLengthS(starts: readonly number[]): number {
	const gaps = starts.slice(1).map((start, index) => start - (starts[index] as number));
	const middle = gaps.sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)] ?? HOUR_S;
	return Math.abs(middle - DAY_S) < Math.abs(middle - HOUR_S) ? DAY_S : HOUR_S;
}

/** Turns rows, in order, into points of a meter; energy becomes a register that counts from 0. */
export class StatisticsPoints {
	readonly #meter: string;
	readonly #lengthS: number;
	#countedWh = 0;

	constructor(meter: string, lengthS: number) {
		this.#meter = meter;
		this.#lengthS = lengthS;
	}

	/** @param next start of the row after this one: this one ends there, if it is near */
	points({ start, off, int, watts, meter }: StatisticsRow, next: number | undefined): ImportPoint[] {
		const at = Math.round(start * 1_000);
		const isNear = next !== undefined && next > start && next - start < this.#lengthS * 1.5;
		const endMs = Math.round((isNear ? next : start + this.#lengthS) * 1_000);
		const own = { meter: this.#meter };
		const phases = <Value>(values: readonly Value[]) =>
			values.map((value, index) => [String(index + 1), value] as const);
		const points: ImportPoint[] = [];
		for (const [phase, seconds] of phases(off)) {
			if (isFigure(seconds)) points.push({ series: 'shed.seconds', tags: { phase }, at, value: Math.max(0, seconds) });
		}
		for (const [phase, current] of phases(int)) {
			if (isFigure(current)) points.push({ series: 'load.currentA', tags: { ...own, phase }, at, value: current });
		}
		if (isFigure(watts)) points.push({ series: 'reading.apparentPowerVA', tags: own, at, value: watts });
		const register = { series: 'reading.energyWh', tags: { ...own, register: 'IMPORTED' } };
		points.push({ ...register, at, value: this.#countedWh });
		this.#countedWh += isFigure(meter) ? Math.max(0, Math.round(meter)) : 0;
		// One millisecond before the next row, which begins with the same.
		points.push({ ...register, at: endMs - 1, value: this.#countedWh });
		return points;
	}
}

function isFigure(value: number | null): value is number {
	return typeof value === 'number' && Number.isFinite(value);
}

/** The ancestor's orders, as bits and as words. */
const orders: Readonly<Record<string, string>> = {
	...{ '0': 'comfort', '1': 'off', '2': 'frost_protection', '3': 'eco' },
	...{ marche: 'comfort', confort: 'comfort', arret: 'off', arrêt: 'off', horsgel: 'frost_protection', eco: 'eco' },
};

/** The radiators of `dashboard` as a part of a configuration, to be looked through and pasted. */
export function configurationOf(rows: readonly DashboardRow[]): string {
	const phases = [...new Set(rows.map(({ phase }) => phase ?? 1))].sort((a, b) => a - b);
	const ids = new Set<string>();
	const radiators = rows.map((row) => {
		const { name, floor, phase, wire, watts, command } = row;
		const order = orders[String(command ?? '').toLowerCase()];
		return [
			`  - id: ${idOf(name ?? `radiator-${row.id}`, ids)}`,
			`    name: ${JSON.stringify(name ?? `Radiator ${row.id}`)}${floor === null ? '' : ` # floor ${JSON.stringify(floor)}`}`,
			`    board: 0x${(0x1f + (phase ?? 1)).toString(16)}`,
			`    wire: ${wire ?? '# which? 1 to 8'}`,
			`    powerW: ${watts ?? '# what stands on its plate?'}`,
			...(order === undefined || order === 'comfort' ? [] : [`    programme: ${order}`]),
		].join('\n');
	});
	const modules = phases.map((phase) => `    - { address: 0x${(0x1f + phase).toString(16)}, phase: ${phase} }`);
	return ['boards:', '  modules:', ...modules, 'radiators:', ...radiators, ''].join('\n');
}

function idOf(name: string, taken: Set<string>): string {
	const plain = name
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '');
	const base = plain === '' || plain === 'all' ? 'radiator' : plain.slice(0, 60);
	let id = base;
	for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
	taken.add(id);
	return id;
}
