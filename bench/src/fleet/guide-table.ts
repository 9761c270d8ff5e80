import { cpus } from 'node:os';

/** What so many homes cost an engine. */
export interface Measured {
	readonly engine: string;
	readonly homes: number;
	/** Messages that arrived in a second. */
	readonly aSecond: number;
	/** Messages that never did. */
	readonly lost: number;
	/** Of one core. */
	readonly percent: number;
	/** From the home to who reads all of them. */
	readonly p50Ms: number;
	readonly p99Ms: number;
	/** MB of all its processes before any home came, and at most. */
	readonly before: number;
	readonly most: number;
	/** MB of its Redis at most; undefined where it has none. */
	readonly ofRedis: number | undefined;
}

/** The rows between which the memory of a home more is reckoned. */
const LEAST_HOMES = 100;

/** What docs/guides/many-homes.md shows, in Markdown. `load`: the load average before. */
export function guideTable(measured: readonly Measured[], load: number): string {
	const engines = [...new Set(measured.map(({ engine }) => engine))];
	const homes = [...new Set(measured.map((one) => one.homes))];
	const of = (engine: string, count: number): Measured | undefined =>
		measured.find((one) => one.engine === engine && one.homes === count);
	const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	const [model = 'unknown'] = cpus().map((cpu) => cpu.model);
	return [
		`${cpus().length} cores (${model}), Node.js ${process.versions.node}, load average before ${load.toFixed(1)}.`,
		'',
		row(['homes, 1 message/s each', ...engines.map(nameOf)]),
		row(['---', ...engines.map(() => '---')]),
		...homes.map((count) => row([count.toLocaleString('en'), ...engines.map((engine) => cell(of(engine, count)))])),
		row(['memory of a home more', ...engines.map((engine) => aHomeMore(homes.map((count) => of(engine, count))))]),
	].join('\n');
}

function nameOf(engine: string): string {
	const [, count] = /^cluster of (\d+)$/.exec(engine) ?? [];
	if (count === undefined) return engine;
	return count === '1' ? 'a cluster of one node, with its Redis' : `${count} nodes, with Redis and nginx`;
}

function cell(measured: Measured | undefined): string {
	if (measured === undefined) return '';
	const { percent, most, ofRedis, p50Ms, p99Ms, lost } = measured;
	const redis = ofRedis === undefined ? '' : ` (Redis ${ofRedis.toFixed(0)})`;
	const delays = `${p50Ms.toFixed(1)} and ${p99Ms.toFixed(1)} ms`;
	return `${percent.toFixed(1)} %, ${most.toFixed(0)} MB${redis}, ${delays}${lost === 0 ? '' : `, ${lost} lost`}`;
}

function aHomeMore(measured: readonly (Measured | undefined)[]): string {
	const rows = measured.filter((one) => one !== undefined && one.homes >= LEAST_HOMES) as Measured[];
	const [first, last] = [rows[0], rows.at(-1)];
	if (first === undefined || last === undefined || first === last) return '';
	return `${((1_000 * (last.most - first.most)) / (last.homes - first.homes)).toFixed(0)} kB`;
}
