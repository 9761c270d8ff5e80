// What a black box holds, put on one wall clock.
import {
	type BoardState,
	type CircuitState,
	type CommissioningState,
	type LinkState,
	type LoadState,
	type ReadingState,
	type ServiceStatus,
	type ShedderEvent,
	type ShedderState,
	type ShedState,
	type Topic,
	topicMatcher,
	topicName,
	topics,
} from '@pilotwire/contract';
import type { BoxEntry, SaveCause } from '@pilotwire/telemetry/black-box';

/** Something that was said at a moment, ms since 1970 UTC. */
export interface Said<Payload> {
	readonly atMs: number;
	readonly id: string;
	readonly payload: Payload;
	/** It was true before: what held when a recording began. */
	readonly standing: boolean;
}

/** One life of the service that records. */
export interface Life {
	readonly fromMs: number;
	toMs: number;
	/** It was stopped; otherwise it crashed or lost its power. */
	ended: boolean;
	readonly boot: string | undefined;
}

/** A breaker that was seen to open. */
export interface SeenOpening {
	readonly atMs: number;
	readonly cause: SaveCause;
	readonly detail: string | undefined;
}

/** Everything a box tells, oldest first. */
export interface Box {
	/** Why it was saved; absent for the ring. */
	readonly saved: { readonly cause: SaveCause; readonly atMs: number } | undefined;
	readonly fromMs: number;
	readonly toMs: number;
	readonly lives: readonly Life[];
	readonly openings: readonly SeenOpening[];
	/** Entries that the disk didn't take. */
	readonly lost: number;
	readonly loads: readonly Said<LoadState>[];
	readonly readings: readonly Said<ReadingState>[];
	readonly links: readonly Said<LinkState>[];
	readonly circuits: readonly Said<CircuitState>[];
	readonly boards: readonly Said<BoardState>[];
	readonly statuses: readonly Said<ServiceStatus>[];
	readonly sheds: readonly Said<ShedState>[];
	readonly shedder: readonly Said<ShedderState>[];
	readonly actions: readonly Said<ShedderEvent>[];
	readonly commissioning: readonly Said<CommissioningState>[];
}

const SITE = 'box';

/** Puts entries in order. What a recording says that is not of its topic's form is left out. */
export function readBox(entries: Iterable<BoxEntry>): Box | undefined {
	const all = [...entries];
	const offsets = offsetsOf(all);
	const lives = new Map<string, Life>();
	const lists = kinds.map((kind) => ({ ...kind, said: [] as Said<unknown>[] }));
	const openings: SeenOpening[] = [];
	let [saved, offset, lost]: [Box['saved'], number, number] = [undefined, 0, 0];
	let life: Life | undefined;
	for (const entry of all) {
		if (entry.k === 'saved') saved ??= { cause: entry.cause, atMs: entry.wall };
		if (!('m' in entry)) continue;
		if (entry.k === 'begin') {
			offset = offsets.get(entry.life) ?? 0;
			life = lives.get(entry.life);
			life ??= { fromMs: offset + entry.m, toMs: offset + entry.m, ended: false, boot: entry.boot };
			lives.set(entry.life, life);
		}
		if (life === undefined) continue;
		const atMs = offset + entry.m;
		life.toMs = Math.max(life.toMs, atMs);
		if (entry.k === 'end') life.ended = true;
		else if (entry.k === 'lost') lost += entry.entries;
		else if (entry.k === 'opening') openings.push({ atMs, cause: entry.cause, detail: entry.detail });
		else if (entry.k === 'message') take(lists, entry, atMs);
	}
	const spans = [...lives.values()];
	const [first, last] = [spans[0], spans.at(-1)];
	if (first === undefined || last === undefined) return undefined;
	const said = Object.fromEntries(lists.map(({ list, said }) => [list, said])) as unknown as Pick<Box, ListName>;
	return { saved, fromMs: first.fromMs, toMs: last.toMs, lives: spans, openings, lost, ...said };
}

type ListName = (typeof kinds)[number]['list'];

function kind<const List extends string>(list: List, topic: Topic<string, unknown>) {
	return { list, topic, match: topicMatcher(SITE, topic) };
}

const kinds = [
	kind('loads', topics.load),
	kind('readings', topics.reading),
	kind('links', topics.link),
	kind('circuits', topics.circuit),
	kind('boards', topics.board),
	kind('statuses', topics.status),
	kind('sheds', topics.shed),
	kind('shedder', topics.shedder),
	kind('actions', topics.shedderEvent),
	kind('commissioning', topics.commissioning),
] as const;

function take(
	lists: readonly ((typeof kinds)[number] & { said: Said<unknown>[] })[],
	{ topic: place, payload, standing }: Extract<BoxEntry, { k: 'message' }>,
	atMs: number,
): void {
	const name = `${PREFIX}${place}`;
	for (const { topic, match, said } of lists) {
		const parameters = match(name);
		if (parameters === undefined) continue;
		const checked = topic.schema.safeParse(payload);
		const [id = ''] = Object.values<string>(parameters);
		if (checked.success) said.push({ atMs, id, payload: checked.data, standing: standing === true });
	}
}

/** `pilotwire/box/`: where a topic's place is looked up. */
const PREFIX = topicName(SITE, topics.shedder, {}).slice(0, -topics.shedder.template.length);

/** Wall clock minus monotonic clock, by life: the last that was known, since a clock is set after a start. */
function offsetsOf(entries: readonly BoxEntry[]): Map<string, number> {
	const offsets = new Map<string, number>();
	let life = '';
	for (const entry of entries) {
		if (entry.k === 'begin') life = entry.life;
		if (entry.k === 'begin' || entry.k === 'clock') offsets.set(life, entry.wall - entry.m);
	}
	return offsets;
}

/** The last of each id up to a moment. */
export function standingAt<Payload>(said: readonly Said<Payload>[], atMs: number): Map<string, Said<Payload>> {
	const last = new Map<string, Said<Payload>>();
	for (const one of said) if (one.atMs <= atMs) last.set(one.id, one);
	return last;
}
