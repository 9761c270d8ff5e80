import { percentile } from '../figure.ts';
import { startForward, type Target, type Transport } from './brokers.ts';
import { generate, type Result } from './generator.ts';
import type { Row } from './rows.ts';

/** Code that never ran before is compiled first; and the sockets fill. */
const WARM_S = 0.5;
/** Tries of the generator alone: what it can do is the best of them. */
const TRIES = 3;
/** Before the first round, in each broker. */
const FIRST_WARM_S = 1.5;

/** The embedded broker, and who it is compared with, where that is installed. */
export interface Rivals {
	readonly ours: Target;
	readonly mosquitto?: Target;
}

/** The rounds of one row, in order. */
export interface Measured {
	readonly row: Row;
	readonly ours: readonly Result[];
	readonly mosquitto: readonly Result[];
}

/** What the generator can ask for and take in where nothing is behind it, beside the faster of the brokers. */
export interface Ceiling {
	readonly name: string;
	/** Messages a second. */
	readonly most: number;
	readonly fasterBroker: number;
}

export interface Length {
	readonly seconds: number;
	readonly rounds: number;
}

/** Measures a row: one broker after the other, round by round, so that whatever else the machine does meets both. */
export async function measure(row: Row, { ours, mosquitto }: Rivals, { seconds, rounds }: Length): Promise<Measured> {
	const run = (target: Target, warm: number, span: number): Promise<Result> =>
		generate([...wordsOf(row), ...target.reach(row.transport), ...spans(warm, span)]);
	const found = { ours: [] as Result[], mosquitto: [] as Result[] };
	await run(ours, 0, FIRST_WARM_S);
	if (mosquitto !== undefined) await run(mosquitto, 0, FIRST_WARM_S);
	for (let round = 0; round < rounds; round += 1) {
		found.ours.push(await run(ours, WARM_S, seconds));
		if (mosquitto !== undefined) found.mosquitto.push(await run(mosquitto, WARM_S, seconds));
	}
	return { row, ...found };
}

/** Measures the generator itself, with a program in C for a broker, in all that was measured of throughput. */
export async function measureCeilings(measured: readonly Measured[], seconds: number): Promise<Ceiling[]> {
	const rows = measured.filter(({ row }) => row.kind === 'throughput' && row.aside !== true);
	const ceilings: Ceiling[] = [];
	for (const name of new Set(rows.map(({ row }) => shapeOf(row)))) {
		const same = rows.filter(({ row }) => shapeOf(row) === name);
		const [first] = same;
		if (first === undefined) continue;
		const most = await ceilingOf(first.row, first.row.transport, seconds);
		const fasterBroker = Math.max(...same.flatMap(({ ours, mosquitto }) => [rateOf(ours), rateOf(mosquitto)]));
		ceilings.push({ name, most, fasterBroker });
	}
	return ceilings;
}

/** Messages, or sign-ins, a second: the median of the rounds; 0 without any. */
export function rateOf(rounds: readonly Result[]): number {
	return rounds.length === 0 ? 0 : median(rounds.map(({ messages, seconds }) => messages / seconds));
}

export function median(sample: readonly number[]): number {
	return percentile(sample, 0.5);
}

async function ceilingOf(row: Row, transport: Transport, seconds: number): Promise<number> {
	const end = await startForward(transport);
	try {
		const rates: number[] = [];
		for (let attempt = 0; attempt < TRIES; attempt += 1) {
			const words = [...row.words, ...end.reach(transport), ...spans(WARM_S, seconds)];
			const { messages, seconds: took } = await generate(words);
			rates.push(messages / took);
		}
		return Math.max(...rates);
	} finally {
		await end.stop();
	}
}

function wordsOf({ words, version }: Row): string[] {
	return [...words, '--version', String(version)];
}

function spans(warm: number, seconds: number): string[] {
	return ['--warm', String(warm), '--seconds', String(seconds)];
}

function shapeOf({ shape, transport }: Row): string {
	return `${shape}, ${transport}`;
}
