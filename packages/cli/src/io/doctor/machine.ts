import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { machine, release, type as systemType } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clockIsSynchronised, systemZone } from '@pilotwire/runtime';
import type { ClockFacts } from '../../doctor/clock.ts';
import type { MachineFacts } from '../../doctor/machine.ts';
import { version } from '../../version.ts';

const run = promisify(execFile);

/** What this program runs on. `root`: `/` but in tests. */
export async function machineFacts(root = '/'): Promise<MachineFacts> {
	const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8').catch(() => '');
	const model = (await text('proc/device-tree/model')).replaceAll('\0', '').trim();
	const distribution = /^PRETTY_NAME="?([^"\n]*)/m.exec(await text('etc/os-release'))?.[1];
	return {
		version,
		node: process.version,
		machine: machine(),
		...(model === '' ? {} : { model }),
		system: [distribution, `${systemType()} ${release()}`].filter((part) => part !== undefined).join(', '),
	};
}

/** What is known of this machine's time. `root`: `/` but in tests. */
export async function clockFacts(houseZone: string | undefined, root = '/'): Promise<ClockFacts> {
	const timesync = join(root, 'run/systemd/timesync');
	return {
		wallMs: Date.now(),
		synchronised: (await clockIsSynchronised(timesync, join(timesync, 'synchronized'))) ?? (await asTimedateSays()),
		systemZone: systemZone(),
		houseZone,
	};
}

/** Any program that sets the clock tells the kernel, and timedated asks it; undefined where there is none. */
async function asTimedateSays(): Promise<boolean | undefined> {
	try {
		const { stdout } = await run('timedatectl', ['show', '--property=NTPSynchronized', '--value'], { timeout: 5_000 });
		return { yes: true, no: false }[stdout.trim()];
	} catch {
		return undefined;
	}
}
