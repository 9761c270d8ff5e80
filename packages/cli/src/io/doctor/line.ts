import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Line, lineOf, type MeterSettings, parseSource } from '@pilotwire/meter-reader';
import { createContext, PilotwireError, silentLog, systemClock } from '@pilotwire/runtime';
import { TicDecoder } from '@pilotwire/teleinfo';
import type { Heard, LineFacts } from '../../doctor/serial.ts';
import type { Live } from './live.ts';

/** How long each setting of a port is listened to; a group comes every 0.4 s at 1200 bd. Milliseconds. */
const LISTEN_MS = 2_500;
/** So many right groups say enough. */
const ENOUGH_GROUPS = 5;
/** The speeds of the two modes, bauds (CPT_54E section 5). */
const SPEEDS = [9_600, 1_200] as const;

/** What is known of a meter's line: what the running house says of it, or what is heard there. `root` and `listenMs` are for tests. */
export async function lineFacts(
	settings: MeterSettings,
	house: { readonly dataDir: string },
	live: Pick<Live, 'online' | 'links'> | undefined,
	{ root = '/', listenMs = LISTEN_MS } = {},
): Promise<LineFacts> {
	const source = parseSource(settings.source);
	const name = source?.kind === 'serial' ? source.path : settings.source;
	const known = { meter: settings.id, name, wanted: settings, heard: [] };
	const user = source?.kind === 'serial' ? await consoleOn(source.path, root) : undefined;
	const facts = user === undefined ? known : { ...known, console: user };
	const link = live?.online.has('meter-reader') === true ? live.links.get(settings.id) : undefined;
	if (link !== undefined) {
		const { mode, groupsGood: good, groupsBad: bad, problem } = link;
		return { ...facts, reader: { mode, good, bad, ...(problem === undefined ? {} : { problem }) } };
	}
	try {
		return { ...facts, heard: await listen(settings, house.dataDir, listenMs) };
	} catch (error) {
		if (!(error instanceof PilotwireError)) throw error;
		if (error.code === 'LOCK_HELD') return { ...facts, isTaken: true };
		return { ...facts, problem: { code: error.code, found: `${name}: ${error.received}`, todo: error.action } };
	}
}

/** Listens in the configured format first, and where no group is right in the other one too. */
async function listen(settings: MeterSettings, dataDir: string, listenMs: number): Promise<Heard[]> {
	const first = settings.format === '8n1' ? '8n1' : '7e1';
	const heard: Heard[] = [];
	for (const format of [first, first === '7e1' ? '8n1' : '7e1'] as const) {
		for (const baud of SPEEDS) {
			const context = createContext('doctor', silentLog, systemClock, () => undefined);
			// The first try is the configuration's own, to the letter.
			const asWanted = heard.length < SPEEDS.length;
			const line = lineOf(
				{ ...settings, record: undefined, mode: 'auto', format: asWanted ? settings.format : format },
				{ ...context, dataDir },
			);
			const one = await listenAt(line, { baud, format, listenMs });
			context.end();
			heard.push(one);
			// A recording or a server has neither speed nor format.
			if (one.groups > 0 || !line.hasSpeed) return heard;
		}
	}
	return heard;
}

interface Setting extends Pick<Heard, 'format'> {
	readonly baud: number;
	readonly listenMs: number;
}

async function listenAt(line: Line, { baud, format, listenMs }: Setting): Promise<Heard> {
	let [bytes, groups, odd, legible] = [0, 0, 0, 0];
	let enough: (() => void) | undefined;
	const decoder = new TicDecoder({
		onEvent: ({ type }) => {
			if (type !== 'group') return;
			groups += 1;
			if (groups >= ENOUGH_GROUPS) enough?.();
		},
	});
	const over = new Promise<void>((resolve) => {
		enough = resolve;
	});
	await line.open(baud, {
		bytes: (chunk) => {
			bytes += chunk.length;
			for (const byte of chunk) {
				if (isOdd(byte)) odd += 1;
				if (isLegible(byte & 0x7f)) legible += 1;
			}
			decoder.push(chunk);
		},
		closed: () => enough?.(),
	});
	const late = systemClock.after(listenMs, () => enough?.());
	await over;
	late.cancel();
	await line.close();
	return { ...(line.hasSpeed ? { baud } : {}), format, bytes, groups, odd, legible, mode: decoder.mode };
}

function isOdd(byte: number): boolean {
	let ones = 0;
	for (let rest = byte; rest > 0; rest &= rest - 1) ones += 1;
	return ones % 2 === 1;
}

/** STX, ETX, HT, LF, CR and what is printed. */
const isLegible = (code: number): boolean => [2, 3, 9, 10, 13].includes(code) || (code >= 0x20 && code < 0x7f);

/** What the system itself does with a serial port: the kernel's console, or a login prompt. */
async function consoleOn(path: string, root: string): Promise<LineFacts['console']> {
	const names = new Set([basename(path), basename(await realpath(path).catch(() => path))]);
	const commandLine = await readFile(join(root, 'proc/cmdline'), 'utf8').catch(() => '');
	for (const [, console = ''] of commandLine.matchAll(/(?:^|\s)console=([^,\s]+)/g)) {
		const real = basename(await realpath(join(root, 'dev', console)).catch(() => console));
		if (names.has(console) || names.has(real)) return 'kernel';
	}
	// Where systemd puts the prompts that it starts, by itself or because somebody wanted them.
	for (const folder of ['run/systemd/generator', 'etc/systemd/system']) {
		const units = await readdir(join(root, folder, 'getty.target.wants')).catch(() => []);
		const ports = units.map((unit) => /^serial-getty@(.+)\.service$/.exec(unit)?.[1] ?? '');
		if (ports.some((port) => names.has(port))) return 'login';
	}
	return undefined;
}
