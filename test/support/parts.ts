import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** A thing of the real world that a test needs and a machine may lack. */
export interface Part {
	/** What it is, as a reader would call it. */
	readonly name: string;
	/** What to type so that the test runs. */
	readonly obtain: string;
	/** No machine has it by its packages alone: whoever wants the test names it, and without that it is skipped. */
	readonly onRequest?: true;
	/** Looks whether it is there; cheap, called once. */
	readonly present: () => boolean;
}

/** A part that is a program which answers `--version`. */
export function program(name: string, obtain: string): Part {
	return { name, obtain, present: () => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0 };
}

export const gcc: Part = program('gcc', 'apt-get install gcc libc6-dev');

/** InfluxDB 1.x of the distribution; `influxd` has no `--version`. */
export const influxdb: Part = {
	name: 'influxd',
	obtain: 'apt-get install influxdb',
	present: () => spawnSync('influxd', ['version'], { stdio: 'ignore' }).status === 0,
};

/** What lists processes; not even it is in the smallest Debian. */
export const ps: Part = program('ps', 'apt-get install procps');

/** The name of this machine for itself, which the smallest Debian has no file for. */
export const localName: Part = {
	name: 'the name localhost',
	obtain: "echo '127.0.0.1 localhost' >> /etc/hosts",
	present: () => spawnSync('getent', ['hosts', 'localhost'], { stdio: 'ignore' }).status === 0,
};

/** What the nodes of a cluster share. */
export const redis: Part = program('redis-server', 'apt-get install redis-server');

/** Where Debian puts it; the PATH of people other than root does not lead there. */
export const MOSQUITTO = '/usr/sbin/mosquitto';

/** The outside broker; it has no `--version`, and its help ends with 3. */
export const mosquitto: Part = {
	name: 'mosquitto',
	obtain: 'apt-get install mosquitto',
	present: () => spawnSync(MOSQUITTO, ['-h'], { stdio: 'ignore' }).error === undefined,
};

/** Where Debian puts it. */
export const SER2NET = '/usr/sbin/ser2net';

/** The server of serial ports over TCP. */
export const ser2net: Part = {
	name: 'ser2net',
	obtain: 'apt-get install ser2net',
	present: () => spawnSync(SER2NET, ['-v'], { stdio: 'ignore' }).error === undefined,
};

/** Debian's own, which knows Debian's packages. */
export const PYTHON = '/usr/bin/python3';

/** A WebSocket client that shares nothing with this project. */
export const pythonWebsockets: Part = {
	name: "Python's websockets",
	obtain: 'apt-get install python3-websockets',
	present: () => spawnSync(PYTHON, ['-c', 'import websockets'], { stdio: 'ignore' }).status === 0,
};

/** The browser that opens the dashboard, as Debian packages it. */
export const chromium: Part = program('chromium', 'apt-get install chromium');

/** The I2C binding: an optional dependency, built from source at install. */
export const i2cBus: Part = {
	name: 'the i2c-bus addon',
	obtain: 'apt-get install build-essential python3, then npm rebuild i2c-bus',
	present: () => {
		try {
			createRequire(import.meta.url)('i2c-bus');
			return true;
		} catch {
			return false;
		}
	},
};

const looked = new Map<Part, boolean>();

function isPresent(part: Part): boolean {
	const known = looked.get(part) ?? part.present();
	looked.set(part, known);
	return known;
}

/** What the closing report reads: a test, a hook, or the suite that a hook skips as a whole. */
interface Reasoned {
	type?: string;
	title?: string;
	skipReason?: string;
	parent?: Reasoned;
}

/** mocha's `this` in a test or a hook. */
interface Skippable {
	test?: object | undefined;
	currentTest?: object | undefined;
	skip(): never;
}

/** Notes the reason where the report finds it: at the test, or where a `before` hook skips, at its suite. */
function noteReason(context: Skippable, reason: string): void {
	const running = context.test as Reasoned | undefined;
	const inHook = running?.type === 'hook';
	const ofSuite = inHook && running.title?.startsWith('"before all"');
	const skipped = ofSuite ? running.parent : inHook ? (context.currentTest as Reasoned | undefined) : running;
	if (skipped !== undefined) skipped.skipReason = reason;
}

/**
 * Skips the running test or suite hook, by name, where a part is missing.
 * With PILOTWIRE_TEST_ALL=1 a missing part is a failure instead.
 */
export function need(context: Skippable, ...parts: Part[]): void {
	for (const part of parts) {
		if (isPresent(part)) continue;
		const reason = `${part.name} is missing (${part.obtain})`;
		if (process.env['PILOTWIRE_TEST_ALL'] === '1' && part.onRequest !== true)
			throw new Error(`PILOTWIRE_TEST_ALL=1, but ${reason}`);
		noteReason(context, reason);
		context.skip();
	}
}
