// The device gateway and the broker in one process on one core; 2,000 devices, each with a message a second, on another.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { machineSecret, silentLog, systemClock } from '@pilotwire/runtime';
import { createTemporaryDirectory } from '@pilotwire/test/temporary';
import { startOn } from '../broker/generator.ts';
import type { Figure } from '../figure.ts';

const HOST = '127.0.7.3';
const DEVICES = 2_000;
const SECONDS = 30;
const WITHIN_MS = 600_000;
const GOAL_MS = 50;
const fromSource = ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'];

interface Result {
	readonly devices: number;
	readonly sent: number;
	readonly heard: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
	readonly maxMs: number;
}

/** `npm run bench -- devices` */
export async function run(): Promise<Figure[]> {
	const folder = createTemporaryDirectory();
	const dataDir = join(folder.path, 'data');
	const accountsFile = join(folder.path, 'accounts.json');
	const config = join(folder.path, 'house.yaml');
	try {
		console.error(`${DEVICES} accounts are made`);
		writeFileSync(accountsFile, JSON.stringify(await addDevices(dataDir)), { mode: 0o600 });
		writeFileSync(
			config,
			JSON.stringify({ dataDir, broker: { host: HOST }, deviceGateway: { host: HOST }, log: { level: 'warn' } }),
		);
		const up = ['packages/cli/src/main.ts', 'up', '--config', config, '--only', 'broker,device-gateway'];
		const house = startOn('broker', [process.execPath, ...fromSource, ...up]);
		await untilHeard();
		const words = [`ws://${HOST}:8765`, `mqtt://${HOST}:1883`, 'terminal', machineSecret(dataDir, 'terminal')];
		const crowd = startOn('generator', [
			...[process.execPath, ...fromSource, 'test/support/device-crowd.ts'],
			...[...words, accountsFile, String(SECONDS)],
		]);
		const { text } = await crowd.line(/^\{"devices"/, { withinMs: WITHIN_MS });
		await crowd.ended;
		await house.kill('SIGTERM', 30_000);
		const result = JSON.parse(text) as Result;
		return figures(result);
	} finally {
		folder.remove();
	}
}

async function addDevices(dataDir: string): Promise<[string, string][]> {
	const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
	const made: [string, string][] = [];
	for (let index = 0; index < DEVICES; index += 1) {
		const name = `box-${index}`;
		made.push([name, (await accounts.addMachine('device', name, 'box')).secret]);
	}
	await accounts.close();
	return made;
}

/** Both ports answer. */
async function untilHeard(): Promise<void> {
	for (let tries = 0; tries < 600; tries += 1) {
		// Any answer will do: it says that it is no page.
		const answer = await fetch(`http://${HOST}:8765`).catch(() => undefined);
		if (answer?.status === 426) return;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error('the gateway does not listen');
}

function figures({ devices, sent, heard, p50Ms, p99Ms, maxMs }: Result): Figure[] {
	const note = `${sent} messages in ${SECONDS} s`;
	return [
		{ name: 'devices', value: devices, unit: '' },
		{ name: 'from a device to a subscriber, p50', value: p50Ms, unit: 'ms', note },
		{
			...{ name: 'from a device to a subscriber, p99', value: p99Ms, unit: 'ms' },
			goal: { op: '<=', value: GOAL_MS },
		},
		{ name: 'longest', value: maxMs, unit: 'ms' },
		{ name: 'heard of those sent', value: (100 * heard) / sent, unit: '%', goal: { op: '>=', value: 99.9 } },
	];
}
