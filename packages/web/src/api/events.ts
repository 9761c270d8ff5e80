import type { Clock } from '@pilotwire/runtime';
import type { FastifyReply } from 'fastify';
import { refusals } from '../errors.ts';
import { ApiFault } from './fault.ts';
import type { HouseEvent, HouseStates } from './house-states.ts';

/** Streams at once. */
const MOST_STREAMS = 32;
/** A stream that has nothing to say says so, and whoever it is for is looked at again. Milliseconds. */
const HEARTBEAT_MS = 10_000;
/** What a reader may leave unread. Bytes. */
const MOST_UNREAD_BYTES = 1024 * 1024;

/** Under which key each kind says whose it is, as the other addresses do. */
const keys = { device: 'name', command: 'device', circuit: 'id', meter: 'id', shedder: 'id' } as const;

/** What a stream is for. */
interface Wanted {
	readonly kinds: readonly HouseEvent['kind'][];
	/** Whether whoever asked may still. */
	readonly holds: () => Promise<boolean>;
}

/** Answers with the house's events as they come (server-sent events), first those states that there are. */
export async function streamEvents(
	states: HouseStates,
	clock: Clock,
	reply: FastifyReply,
	wanted: Wanted,
): Promise<void> {
	if (states.listeners >= MOST_STREAMS) throw new ApiFault(refusals.tooManyStreams);
	const { raw } = reply;
	reply.hijack();
	// Whoever left while it was found out who asks has closed before anybody listened for that.
	if (raw.destroyed) return;
	for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
	raw.writeHead(200, {
		'content-type': 'text/event-stream; charset=utf-8',
		'cache-control': 'no-store',
		// nginx would hold events back until there are many.
		'x-accel-buffering': 'no',
	});
	// A house without news has a stream all the same, at once.
	raw.flushHeaders();
	const say = ({ kind, name, data }: HouseEvent): void => {
		if (!wanted.kinds.includes(kind)) return;
		const told = name === undefined ? data : { [keys[kind]]: name, ...data };
		raw.write(`event: ${kind}\ndata: ${JSON.stringify(told)}\n\n`);
		// Who reads so slowly begins anew, with the states as they are then.
		if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy();
	};
	for (const event of presentStates(states)) say(event);
	const stop = states.listen(say);
	const beat = clock.every(HEARTBEAT_MS, () => {
		raw.write(': well\n\n');
		void wanted.holds().then(
			(holds) => holds || raw.end(),
			() => raw.end(),
		);
	});
	raw.once('close', () => {
		stop();
		beat.cancel();
	});
}

function presentStates({ devices, circuits, meters }: HouseStates): HouseEvent[] {
	return [
		...[...devices].map(([name, data]) => ({ kind: 'device', name, data }) as const),
		...[...circuits].map(([name, data]) => ({ kind: 'circuit', name, data }) as const),
		...[...meters].map(([name, data]) => ({ kind: 'meter', name, data }) as const),
	];
}
