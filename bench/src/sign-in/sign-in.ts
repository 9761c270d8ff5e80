import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Process } from '@pilotwire/test/processes';
import { type Figure, percentile } from '../figure.ts';
import { withHouse } from '../footprint/house.ts';
import { measuring, type Stall, stallOf } from './stall.ts';
import { addPeople, askingMeanwhile, knock, signIn } from './visitors.ts';

const HOST = '127.0.7.2';
const PEOPLE = 50;
/** Each round: everybody at once; then as many requests without a password to check; then the process left alone. */
const ROUNDS = 5;
/** Until what the start still does is over. */
const SETTLE_MS = 10_000;
/** Sign-ins that don't count: code that never ran before is compiled first. */
const WARM_UP = 5;
const GOAL_MS = 20;
/** Of this bench's own threads: a house has its cores for itself, the browsers run elsewhere. */
const LOW_PRIORITY = 19;

/** What was seen in one span of time. */
interface Span {
	readonly stall: Stall;
	readonly healthMs: readonly number[];
	readonly tookMs: number;
}

async function span(house: Process, url: string, work: () => Promise<void>): Promise<Span> {
	await stallOf(house);
	const from = performance.now();
	const healthMs = await askingMeanwhile(url, work);
	const tookMs = performance.now() - from;
	return { stall: await stallOf(house), healthMs, tookMs };
}

interface Seen {
	readonly alone: readonly Span[];
	readonly together: readonly Span[];
	/** The floor: requests that are refused before a password is looked at. */
	readonly knocking: readonly Span[];
}

async function measure(house: Process, url: string, names: readonly string[]): Promise<Seen> {
	await wait(SETTLE_MS);
	for (const name of names.slice(0, WARM_UP)) await signIn(url, name);
	const alone: Span[] = [];
	const together: Span[] = [];
	const knocking: Span[] = [];
	for (let round = 0; round < ROUNDS; round += 1) {
		const crowd = await span(house, url, async () => {
			await Promise.all(names.map((name) => signIn(url, name)));
		});
		together.push(crowd);
		knocking.push(
			await span(house, url, async () => {
				await Promise.all(names.map((name) => knock(url, name)));
			}),
		);
		// As long as the sign-ins took: in a longer time a rare stall is likelier.
		alone.push(await span(house, url, () => wait(crowd.tookMs)));
	}
	return { alone, together, knocking };
}

function figures({ alone, together, knocking }: Seen): Figure[] {
	const worst = (spans: readonly Span[], key: keyof Stall): number => Math.max(...spans.map(({ stall }) => stall[key]));
	const each = (spans: readonly Span[], key: keyof Stall): string =>
		`rounds: ${spans.map(({ stall }) => stall[key].toFixed(1)).join(', ')}`;
	const health = (spans: readonly Span[]): number =>
		percentile(
			spans.flatMap(({ healthMs }) => healthMs),
			0.99,
		);
	const asked = (spans: readonly Span[]): string => `${spans.flatMap(({ healthMs }) => healthMs).length} asked`;
	const goal = { op: '<=', value: GOAL_MS } as const;
	const during = `${PEOPLE} sign-ins`;
	const times = together.map(({ tookMs }) => tookMs);
	return [
		{
			...{ name: `longest stall, ${during}`, value: worst(together, 'maxMs'), unit: 'ms', goal },
			note: each(together, 'maxMs'),
		},
		{
			...{ name: `longest stall, ${PEOPLE} requests without a password`, value: worst(knocking, 'maxMs'), unit: 'ms' },
			note: each(knocking, 'maxMs'),
		},
		{ name: 'longest stall, left alone', value: worst(alone, 'maxMs'), unit: 'ms', note: each(alone, 'maxMs') },
		{
			...{ name: `the same without waits for a core, ${during}`, value: worst(together, 'ownMs'), unit: 'ms', goal },
			note: each(together, 'ownMs'),
		},
		{
			...{ name: 'the same without waits for a core, left alone', value: worst(alone, 'ownMs'), unit: 'ms' },
			note: each(alone, 'ownMs'),
		},
		{ name: `event loop p99, ${during}`, value: worst(together, 'p99Ms'), unit: 'ms', note: 'the worst round' },
		{ name: 'event loop p99, left alone', value: worst(alone, 'p99Ms'), unit: 'ms', note: 'the worst round' },
		{ name: `/healthz p99, ${during}`, value: health(together), unit: 'ms', note: asked(together) },
		{ name: '/healthz p99, left alone', value: health(alone), unit: 'ms', note: asked(alone) },
		{ name: `until all ${PEOPLE} are signed in`, value: Math.max(...times), unit: 'ms', note: 'the slowest round' },
	];
}

/** Whether many people who sign in at once stall the house: its event loop, measured in the process of `npm start`. */
export function run(): Promise<Figure[]> {
	return withHouse(HOST, async (site) => {
		const names = await addPeople(site.dataDir, PEOPLE);
		const house = await site.start(measuring);
		setPriority(LOW_PRIORITY);
		return figures(await measure(house, site.url, names));
	});
}
