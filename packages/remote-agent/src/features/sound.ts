import type { Clock } from '@pilotwire/runtime';
import * as z from 'zod/mini';
import type { SoundConfig } from '../config.ts';
import { type Call, wholeInput } from '../core/call.ts';
import { type Operations, operation } from '../core/calls.ts';
import type { Feature } from '../core/feature.ts';
import { placeOf } from '../core/path.ts';
import { Turns } from '../core/turns.ts';
import { BYTES_PER_S, SAMPLE_RATE, wavHead } from '../core/wav.ts';
import { tooLong } from '../errors.ts';
import { whileOpen } from '../io/folder.ts';
import { outputOf } from '../io/program.ts';
import { type Root, Roots } from '../io/roots.ts';
import { SharedProgram } from '../io/shared-program.ts';
import { withTemporaryFile } from '../io/temporary-file.ts';

const LONGEST_RECORD_S = 600;
const MOST_PLAYED_BYTES = 32 * 1024 * 1024;
const LONGEST_TEXT = 2_000;
/** Live sound goes in pieces of this. Bytes: a tenth of a second. */
const PIECE = BYTES_PER_S / 10;

/** What an agent does with a microphone and a loudspeaker. */
export function soundFeature(clock: Clock, config: SoundConfig, roots: Readonly<Record<string, Root>>): Feature {
	const { record, play, say } = config;
	const turns = new Turns();
	const can = [
		...(record ? (['record', 'listen'] as const) : []),
		...(play ? (['play'] as const) : []),
		...(say ? (['say'] as const) : []),
	];
	return {
		can: { sound: can },
		operations: {
			...(record ? recording(config, clock) : {}),
			...(play ? playing(config, turns, new Roots(roots)) : {}),
			...(say ? saying(config, turns) : {}),
		},
		stop: () => turns.ended(),
	};
}

/** Samples as they come, in pieces of one size. */
function pieces(): (bytes: Buffer) => Buffer[] {
	let rest = Buffer.alloc(0);
	return (bytes) => {
		const all = Buffer.concat([rest, bytes]);
		const whole = Math.floor(all.length / PIECE);
		rest = all.subarray(whole * PIECE);
		return Array.from({ length: whole }, (_, index) => all.subarray(index * PIECE, (index + 1) * PIECE));
	};
}

function recording({ device, recorder }: SoundConfig, clock: Clock): Operations {
	const microphone = new SharedProgram(pieces);
	const format = ['-t', 'raw', '-f', 'S16_LE', '-r', String(SAMPLE_RATE), '-c', '1'];
	const line = recorder ?? ['arecord', '-q', '-D', device, ...format];
	return {
		'sound.record': operation(
			z.strictObject({ seconds: z.number().check(z.positive(), z.lte(LONGEST_RECORD_S)) }),
			(call, { seconds }) => recordOf(call, microphone, line, Math.ceil((seconds * BYTES_PER_S) / PIECE)),
		),
		'sound.listen': operation(z.strictObject({}), async (call) => {
			call.info({ rate: SAMPLE_RATE, format: 's16le' });
			await microphone.follow(line, (bytes) => void call.offer(bytes, clock.monotonicMs()), call.signal);
			return {};
		}),
	};
}

/** So many pieces as a WAV file, sent while it is recorded. */
async function recordOf(
	call: Call,
	microphone: SharedProgram<Buffer>,
	line: readonly string[],
	wanted: number,
): Promise<object> {
	const heard: Buffer[] = [];
	let taken = 0;
	let news: () => void = () => undefined;
	const enough = new AbortController();
	const stop = AbortSignal.any([call.signal, enough.signal]);
	let problem: unknown;
	const following = microphone
		.follow(
			line,
			(bytes) => {
				if (taken === wanted) return;
				taken += 1;
				if (!call.hold(bytes.length)) {
					problem = call.tooMuch;
					enough.abort();
				} else heard.push(bytes);
				if (taken === wanted) enough.abort();
				news();
			},
			stop,
		)
		.catch((error: unknown) => {
			if (!enough.signal.aborted) problem = error;
		})
		.finally(() => {
			enough.abort();
			news();
		});
	try {
		await call.send(wavHead(wanted * PIECE));
		let sent = 0;
		for (;;) {
			const bytes = heard.shift();
			if (bytes !== undefined) {
				await call.send(bytes);
				call.letGo(bytes.length);
				sent += bytes.length;
			} else if (enough.signal.aborted) break;
			else
				await new Promise<void>((resolve) => {
					news = resolve;
				});
		}
		call.signal.throwIfAborted();
		if (problem !== undefined) throw problem;
		return { sizeBytes: sent + wavHead(0).length, type: 'audio/wav', seconds: sent / BYTES_PER_S };
	} finally {
		enough.abort();
		await following;
	}
}

const playerOf = ({ device, player }: SoundConfig, file: string): string[] =>
	(player ?? ['ffmpeg', '-nostdin', '-hide_banner', '-loglevel', 'error', '-i', '{file}', '-f', 'alsa', device]).map(
		(part) => part.replaceAll('{file}', file),
	);

function playing(config: SoundConfig, turns: Turns, roots: Roots): Operations {
	return {
		'sound.play': operation(z.strictObject({}), async (call) => {
			const tooMuch = tooLong('a sound', `${MOST_PLAYED_BYTES} bytes`);
			const bytes = await wholeInput(call, MOST_PLAYED_BYTES, tooMuch);
			await turns.take(
				() => withTemporaryFile(bytes, 'sound', (path) => outputOf(playerOf(config, path), call.signal)),
				call.signal,
			);
			return {};
		}),
		'sound.playFile': operation(z.strictObject({ root: z.string(), path: z.string() }), async (call, at) => {
			const { folder: levels, name } = placeOf(at.path);
			const { hardLinks } = roots.root(at.root, 'read');
			const file = await whileOpen(await roots.folderOf(at.root, levels, 'read'), (folder) =>
				folder.file(name, 'read', hardLinks),
			);
			// The very file that was opened: by its descriptor, whatever its name is by now.
			await whileOpen(file, ({ fd }) =>
				turns.take(() => outputOf(playerOf(config, '/dev/fd/3'), call.signal, { file: fd }), call.signal),
			);
			return {};
		}),
	};
}

function saying(config: SoundConfig, turns: Turns): Operations {
	const speaker = config.speaker ?? ['espeak-ng', '-v', '{voice}', '--stdin', '--stdout'];
	const asked = z.strictObject({
		text: z.string().check(z.minLength(1), z.maxLength(LONGEST_TEXT)),
		voice: z.optional(z.string().check(z.regex(/^[a-z]{2,3}[a-zA-Z0-9+_-]*$/), z.maxLength(32))),
	});
	return {
		'sound.say': operation(asked, async (call, { text, voice = config.voice }) => {
			const line = speaker.map((part) => part.replaceAll('{voice}', voice));
			const wav = await outputOf(line, call.signal, { input: text });
			await turns.take(
				() => withTemporaryFile(wav, 'said.wav', (path) => outputOf(playerOf(config, path), call.signal)),
				call.signal,
			);
			return {};
		}),
	};
}
