import * as z from 'zod/mini';
import type { TelevisionConfig } from '../config.ts';
import { wholeInput } from '../core/call.ts';
import { type Operations, operation } from '../core/calls.ts';
import type { Feature } from '../core/feature.ts';
import { Turns } from '../core/turns.ts';
import { programFailed, tooLong } from '../errors.ts';
import { outputOf } from '../io/program.ts';
import { withTemporaryFile } from '../io/temporary-file.ts';

const MOST_PICTURE_BYTES = 32 * 1024 * 1024;
const LONGEST_TEXT = 500;
const LONGEST_SHOWN_S = 3_600;
/** A program that shows something is ended so long after its time. Milliseconds. */
const LATE_MS = 10_000;
/** Characters of a line on the screen. */
const LINE = 40;

const shownFor = z._default(z.number().check(z.positive(), z.lte(LONGEST_SHOWN_S)), 15);

/** A program, and what it reads. */
interface Step {
	readonly line: readonly string[];
	readonly input?: string;
}

/** What an agent does with a television over HDMI. */
export function televisionFeature(config: TelevisionConfig): Feature {
	const turns = new Turns();
	const switches = (['on', 'off', 'source'] as const).filter(
		(what) => config[what] !== undefined || config.cec !== 'none',
	);
	const canText = config.text !== undefined || config.picture !== undefined;
	const operations: Operations = {
		...Object.fromEntries(
			switches.map((what) => [
				`television.${what}`,
				operation(z.strictObject({}), (call) =>
					turns.take(async () => {
						const { line, input } = await stepOf(config, what, call.signal);
						await outputOf(line, call.signal, input === undefined ? {} : { input });
						return {};
					}, call.signal),
				),
			]),
		),
		...(canText ? textOperation(config, turns) : {}),
		...(config.picture === undefined ? {} : pictureOperation(config.picture, turns)),
	};
	const shows = [
		...(canText ? (['text'] as const) : []),
		...(config.picture === undefined ? [] : (['picture'] as const)),
	];
	return { can: { television: [...switches, ...shows] }, operations, stop: () => turns.ended() };
}

/** What switches it. */
async function stepOf(config: TelevisionConfig, what: 'on' | 'off' | 'source', signal: AbortSignal): Promise<Step> {
	const own = config[what];
	if (own !== undefined) return { line: own };
	if (config.cec === 'cec-client')
		return { line: ['cec-client', '-s', '-d', '1'], input: { on: 'on 0\n', off: 'standby 0\n', source: 'as\n' }[what] };
	const control = ['cec-ctl', '-d', config.device, '--playback'];
	if (what !== 'source') return { line: [...control, '--to', '0', what === 'on' ? '--image-view-on' : '--standby'] };
	const told = (await outputOf(control, signal)).toString();
	const [, address] = /Physical Address\s*:\s*([0-9a-f.]+)/i.exec(told) ?? [];
	if (address === undefined) throw programFailed('cec-ctl', 'no physical address: is the cable plugged in?');
	return { line: [...control, '--active-source', `phys-addr=${address}`] };
}

const filled = (line: readonly string[], values: Readonly<Record<string, string>>): string[] =>
	line.map((part) => part.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole));

/** Runs what shows something; whoever still shows it after its time is ended, and that is no fault. */
async function show(line: readonly string[], seconds: number, signal: AbortSignal): Promise<void> {
	const over = AbortSignal.timeout(seconds * 1_000 + LATE_MS);
	try {
		await outputOf(line, AbortSignal.any([signal, over]));
	} catch (error) {
		signal.throwIfAborted();
		if (!over.aborted) throw error;
	}
}

function pictureOperation(picture: readonly string[], turns: Turns): Operations {
	return {
		'television.picture': operation(z.strictObject({ seconds: shownFor }), async (call, { seconds }) => {
			const bytes = await wholeInput(call, MOST_PICTURE_BYTES, tooLong('a picture', `${MOST_PICTURE_BYTES} bytes`));
			await turns.take(
				() =>
					withTemporaryFile(bytes, 'picture', (file) =>
						show(filled(picture, { file, seconds: String(seconds) }), seconds, call.signal),
					),
				call.signal,
			);
			return {};
		}),
	};
}

function textOperation({ text: textProgram, picture, chime }: TelevisionConfig, turns: Turns): Operations {
	const asked = z.strictObject({
		text: z.string().check(z.minLength(1), z.maxLength(LONGEST_TEXT)),
		seconds: shownFor,
	});
	return {
		'television.text': operation(asked, async (call, { text, seconds }) => {
			const { signal } = call;
			const shown = async (file: string): Promise<void> => {
				const values = { file, seconds: String(seconds) };
				if (textProgram !== undefined) return show(filled(textProgram, values), seconds, signal);
				const drawn = await outputOf(drawing(file), signal);
				await withTemporaryFile(drawn, 'text.png', (path) =>
					show(filled(picture ?? [], { ...values, file: path }), seconds, signal),
				);
			};
			const sounded = async (): Promise<void> => {
				if (chime !== undefined) await outputOf(chime, signal);
			};
			await turns.take(
				() => withTemporaryFile(wrapped(text), 'text.txt', (file) => Promise.all([shown(file), sounded()])),
				signal,
			);
			return {};
		}),
	};
}

/** Draws the text of a file onto a picture. */
function drawing(file: string): string[] {
	const place = 'x=(w-text_w)/2:y=(h-text_h)/2:fontsize=72:fontcolor=white:line_spacing=24';
	const filter = `drawtext=textfile=${file}:expansion=none:${place}`;
	const source = ['-f', 'lavfi', '-i', 'color=c=black:s=1920x1080', '-frames:v', '1', '-vf', filter];
	return [
		'ffmpeg',
		'-nostdin',
		'-hide_banner',
		'-loglevel',
		'error',
		...source,
		'-c:v',
		'png',
		'-f',
		'image2pipe',
		'-',
	];
}

/** A text in lines that fit on the screen. */
function wrapped(text: string): string {
	const lines = text.split('\n').flatMap((line) => {
		const parts: string[] = [''];
		for (const word of line.split(' ')) {
			const last = parts.at(-1) ?? '';
			if (last !== '' && last.length + 1 + word.length > LINE) parts.push(word);
			else parts[parts.length - 1] = last === '' ? word : `${last} ${word}`;
		}
		return parts;
	});
	return lines.join('\n');
}
