// The house of `npm start`, as a user has it: the built command, everything in one process, the simulated house.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Process, startProgram } from '@pilotwire/test/processes';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';

const WEB_PORT = 8080;
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** The words of the script `start` in package.json, after `node`: the bench measures what a user starts, with its options. */
function npmStart(): string[] {
	const file = new URL('../../../package.json', import.meta.url);
	const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } };
	const [program, ...words] = scripts.start.split(' ');
	if (program !== 'node') throw new Error(`expected npm start to run node, got: ${scripts.start}`);
	return words;
}

/** A folder and an address of its own; nothing runs yet, so that accounts can be made first. */
export interface Site {
	readonly dataDir: string;
	/** Where the page is. */
	readonly url: string;
	/** Starts it, with options for node before the command, and resolves once the page can be opened. */
	start(nodeOptions?: readonly string[]): Promise<Process>;
}

/**
 * Gives a house at `host`, an address of the loopback network of its own, to `work`; afterwards, or when the bench is
 * asked to leave, its process and its folder are gone.
 */
export async function withHouse<Result>(host: string, work: (site: Site) => Promise<Result>): Promise<Result> {
	const folder = createTemporaryDirectory();
	// The signal's default ends this process without its exit hooks, which kill what it started.
	const leave = (): never => process.exit(1);
	process.once('exit', folder.remove).once('SIGINT', leave).once('SIGTERM', leave);
	const dataDir = join(folder.path, 'data');
	mkdirSync(dataDir);
	const configFile = join(folder.path, 'pilotwire.yaml');
	writeFileSync(configFile, JSON.stringify({ broker: { host }, web: { host, port: WEB_PORT }, dataDir }));
	let running: Process | undefined;
	const start = async (nodeOptions: readonly string[] = []): Promise<Process> => {
		running = startProgram(process.execPath, [...nodeOptions, ...npmStart(), '--config', configFile]);
		await running.line('Web listens', { withinMs: START_WITHIN_MS });
		return running;
	};
	try {
		return await work({ dataDir, url: `http://${host}:${WEB_PORT}`, start });
	} finally {
		await running?.kill('SIGTERM', STOP_WITHIN_MS).catch(() => running?.kill());
		process.off('exit', folder.remove).off('SIGINT', leave).off('SIGTERM', leave);
		folder.remove();
	}
}
