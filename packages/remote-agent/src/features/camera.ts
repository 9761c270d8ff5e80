import type { Clock, ServiceContext, Timer } from '@pilotwire/runtime';
import { messageOf } from '@pilotwire/runtime';
import * as z from 'zod/mini';
import type { CameraConfig } from '../config.ts';
import type { Call } from '../core/call.ts';
import { type Operations, operation } from '../core/calls.ts';
import { liveLine, stillLine } from '../core/camera-lines.ts';
import type { Feature } from '../core/feature.ts';
import { Jpegs } from '../core/jpegs.ts';
import { Turns } from '../core/turns.ts';
import { programFailed } from '../errors.ts';
import { Gallery } from '../io/gallery.ts';
import { outputOf } from '../io/program.ts';
import { SharedProgram } from '../io/shared-program.ts';

/** A still takes no longer, its turn included. Milliseconds. */
const STILL_WITHIN_MS = 30_000;

const side = z.int().check(z.gte(64), z.lte(8_192));
const still = z.strictObject({ width: z.optional(side), height: z.optional(side) });
const live = z.strictObject({
	width: z.optional(side),
	height: z.optional(side),
	/** Frames a second. */
	rate: z._default(z.number().check(z.positive(), z.lte(60)), 5),
});
const name = z.string().check(z.maxLength(64));

/** What an agent does with a camera: it runs only while somebody looks, or for a still. */
export function cameraFeature({ clock, log, guard }: ServiceContext, config: CameraConfig, folder: string): Feature {
	// One after another: a camera has one user.
	const turns = new Turns();
	const stream = new SharedProgram(() => {
		const jpegs = new Jpegs();
		return (bytes) => jpegs.add(bytes);
	}, turns);
	const gallery = config.gallery === undefined ? undefined : new Gallery(folder, config.gallery);
	const taken = async (line: () => readonly string[], signal: AbortSignal): Promise<Uint8Array> => {
		for (;;) {
			// While it runs live, its next frame is the still.
			const picture =
				(await stream.next(signal)) ??
				(await turns.take(async () => (stream.runs ? undefined : outputOf(line(), signal)), signal));
			if (picture !== undefined) return picture;
		}
	};
	const take = (width: number, height: number, signal: AbortSignal): Promise<Uint8Array> =>
		inTime(clock, signal, (bounded) => taken(() => stillLine(config, width, height), bounded));
	const stopping = new AbortController();
	let timer: Timer | undefined;
	if (gallery !== undefined && config.gallery !== undefined) {
		let said = '';
		let isTaking = false;
		const keep = async (): Promise<void> => {
			// A camera that is slower than the period has its time; what it missed is not made up for.
			if (isTaking) return;
			isTaking = true;
			try {
				const bytes = await take(config.width, config.height, stopping.signal);
				await gallery.keep(bytes, clock.wallMs());
				said = '';
			} catch (error) {
				if (stopping.signal.aborted || messageOf(error) === said) return;
				said = messageOf(error);
				log.warn({}, `no picture for the gallery: ${said}`);
			} finally {
				isTaking = false;
			}
		};
		timer = clock.every(config.gallery.everyS * 1_000, guard(keep));
	}
	const canLive = config.kind !== 'command' || config.live !== undefined;
	const operations: Operations = {
		'camera.still': operation(still, async (call, { width = config.width, height = config.height }) => {
			return sendPicture(call, await take(width, height, call.signal));
		}),
		...(canLive
			? {
					'camera.live': operation(live, (call, { width = 640, height = 360, rate }) => {
						const at = Math.min(rate, config.mostRate);
						return watch(stream, call, clock, liveLine(config, { width, height, rate: at }), at);
					}),
				}
			: {}),
		...(gallery === undefined ? {} : galleryOperations(gallery)),
	};
	return {
		can: {
			camera: {
				live: canLive,
				...(config.gallery === undefined ? {} : { gallery: { everyS: config.gallery.everyS } }),
			},
		},
		operations,
		stop: async () => {
			timer?.cancel();
			stopping.abort();
			await turns.ended();
		},
	};
}

/** Acts with a signal that is aborted with the given one, or where it takes too long: a camera may hang for ever. */
async function inTime<Result>(
	clock: Clock,
	signal: AbortSignal,
	act: (bounded: AbortSignal) => Promise<Result>,
): Promise<Result> {
	const bounded = new AbortController();
	const leave = (): void => bounded.abort(signal.reason);
	signal.addEventListener('abort', leave, { once: true });
	const timer = clock.after(STILL_WITHIN_MS, () =>
		bounded.abort(programFailed('the camera', `no picture within ${STILL_WITHIN_MS / 1_000} s`)),
	);
	try {
		signal.throwIfAborted();
		return await act(bounded.signal);
	} finally {
		timer.cancel();
		signal.removeEventListener('abort', leave);
	}
}

/** Shows frames to a call until it stops, at most so many a second: each whole, the newest where it takes not all. */
async function watch(
	stream: SharedProgram<Buffer>,
	call: Call,
	clock: Clock,
	line: readonly string[],
	rate: number,
): Promise<object> {
	let [frames, leftOut] = [0, 0];
	let nextMs = Number.NEGATIVE_INFINITY;
	const look = (picture: Buffer): void => {
		const nowMs = clock.monotonicMs();
		if (nowMs < nextMs) return;
		// A little early counts as in time, or every second one would be left out.
		nextMs = nowMs + 900 / rate;
		if (show(call, picture, nowMs, frames)) frames += 1;
		else leftOut += 1;
	};
	await stream.follow(line, look, call.signal);
	return { frames, leftOut };
}

/** A picture larger than a message goes in pieces, each of which says where it belongs. */
function show(call: Call, picture: Uint8Array, nowMs: number, frame: number): boolean {
	for (let at = 0; at < picture.length; at += call.chunkBytes) {
		const facts = { frame, at, of: picture.length };
		if (!call.offer(picture.subarray(at, at + call.chunkBytes), nowMs, facts)) return false;
	}
	return true;
}

async function sendPicture(call: Call, bytes: Uint8Array): Promise<object> {
	for (let at = 0; at < bytes.length; at += call.chunkBytes) await call.send(bytes.subarray(at, at + call.chunkBytes));
	return { sizeBytes: bytes.length, type: 'image/jpeg' };
}

const galleryOperations = (gallery: Gallery): Operations => ({
	'camera.gallery': operation(
		z.strictObject({ before: z.optional(name), limit: z._default(z.int().check(z.gte(1), z.lte(200)), 24) }),
		async (_, { before, limit }) => gallery.page(before, limit),
		{ audited: false },
	),
	'camera.picture': operation(
		z.strictObject({ name }),
		async (call, { name: asked }) => sendPicture(call, await gallery.picture(asked)),
		{ audited: false },
	),
});
