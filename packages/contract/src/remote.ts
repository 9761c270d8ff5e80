import * as z from 'zod/mini';
import { id, instant, seconds, typedInstant } from './common.ts';

/** A call that its client has not been heard of for this long is ended. Seconds. */
export const REMOTE_LEASE_S = 45;
/** Bytes in one message, where a client asks for nothing else, and at most. */
export const REMOTE_CHUNK_BYTES = 49_152;
export const MOST_REMOTE_CHUNK_BYTES = 131_072;
/** Messages with bytes on their way without an answer. */
export const REMOTE_WINDOW = 16;
export const MOST_REMOTE_WINDOW = 64;

/** In a channel, what is the remote control's lies at this level, behind who says it to whom. */
export const REMOTE_LEVEL = '/remote';

const word = z.string().check(z.minLength(1), z.maxLength(64));
const facts = z.record(z.string(), z.unknown());
const number = z.int().check(z.nonnegative());
/** One word for each call, made at random by its client. */
const callId = z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/, 'expected an id of letters, digits, _ and -'));

/** Asks an agent, or all, for one thing. */
const request = z.strictObject({
	id: callId,
	/** What is asked for, such as `files.list`. */
	op: word,
	params: z.optional(facts),
	/** Not begun any more after this. */
	expiresAt: z.optional(typedInstant),
	/** Whether bytes are to come as base64. */
	text: z.optional(z.boolean()),
	chunkBytes: z.optional(z.int().check(z.gte(1_024), z.lte(MOST_REMOTE_CHUNK_BYTES))),
	window: z.optional(z.int().check(z.gte(1), z.lte(MOST_REMOTE_WINDOW))),
});

/** What a client says: a request; then, of a call that runs, how far it has heard, its own bytes, their end, or to stop. */
export const remoteAsk = z.union([
	request,
	/** All messages up to this number have been taken; said again every 10 s it keeps the call alive. -1: none yet. */
	z.strictObject({ id: callId, ack: z.int().check(z.gte(-1)) }),
	/** Bytes of the client's, numbered from 0. */
	z.strictObject({ id: callId, chunk: number }),
	z.strictObject({ id: callId, end: facts }),
	z.strictObject({ id: callId, cancel: z.literal(true) }),
]);
export type RemoteAsk = z.infer<typeof remoteAsk>;
export type RemoteRequest = z.infer<typeof request>;

/** What went wrong: a code for programs (docs/reference/errors.md), the rest for people. */
export const remoteFault = z.object({
	code: z.string(),
	expected: z.string(),
	received: z.string(),
	action: z.string(),
});
export type RemoteFault = z.infer<typeof remoteFault>;

/** What an agent says of a call: facts and bytes, numbered from 0; how it ended; how many chunks of the client's it took. */
export const remoteSay = z.union([
	z.object({ id: callId, seq: number, end: facts }),
	z.object({ id: callId, seq: number, error: remoteFault }),
	z.object({ id: callId, seq: number, info: z.optional(facts) }),
	z.object({ id: callId, taken: number }),
]);
export type RemoteSay = z.infer<typeof remoteSay>;

/** An argument of a named command, as its configuration bounds it. */
const commandArgument = z.object({
	choices: z.optional(z.array(z.string())),
	min: z.optional(z.int()),
	max: z.optional(z.int()),
	pattern: z.optional(z.string()),
	default: z.optional(z.string()),
});

/** `agents/<id>/state`: an agent, and all that its configuration lets it do. What is not there is off. */
export const agentState = z.object({
	at: instant,
	name: z.string(),
	can: z.object({
		files: z.optional(z.array(z.object({ root: id, write: z.boolean() }))),
		camera: z.optional(z.object({ live: z.boolean(), gallery: z.optional(z.object({ everyS: seconds })) })),
		sound: z.optional(z.array(z.enum(['record', 'listen', 'play', 'say']))),
		television: z.optional(z.array(z.enum(['on', 'off', 'source', 'text', 'picture']))),
		gpio: z.optional(z.array(z.object({ pin: id, direction: z.enum(['in', 'out']) }))),
		broadcasts: z.optional(z.object({ everyS: seconds })),
		commands: z.optional(
			z.array(z.object({ command: id, about: z.string(), arguments: z.record(z.string(), commandArgument) })),
		),
		shell: z.optional(z.boolean()),
	}),
});
export type AgentState = z.infer<typeof agentState>;

const bytes = z.number().check(z.nonnegative());
const amount = z.object({ totalBytes: bytes, usedBytes: bytes });
const celsius = z.number().check(z.gte(-60), z.lte(200));

/** `agents/<id>/log`: what an agent measures, at its configured period. */
export const agentLog = z.object({
	at: instant,
	/** Of the room, where a sensor of the kernel's says it. */
	temperatureC: z.optional(celsius),
	humidityPercent: z.optional(z.number().check(z.gte(0), z.lte(100))),
	/** Of the processor. */
	cpuTemperatureC: z.optional(celsius),
	/** All cores together, since the broadcast before. */
	cpuPercent: z.optional(z.number().check(z.gte(0), z.lte(100))),
	memory: z.optional(amount),
	/** The file system of the data folder. */
	disk: z.optional(amount),
});
export type AgentLog = z.infer<typeof agentLog>;
