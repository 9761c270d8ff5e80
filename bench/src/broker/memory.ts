import { setTimeout as wait } from 'node:timers/promises';
import type { Figure } from '../figure.ts';
import { statusOf } from '../footprint/proc.ts';
import type { Target } from './brokers.ts';
import { startGenerator } from './generator.ts';

/** Connections that are open before it counts: what the first ones need is not what one more needs. */
const BEFORE = 100;
const AFTER = 900;
/** kB that a connection may cost more than in Aedes alone. */
const MORE_KB = 4;
const SETTLE_MS = 500;

/** Resident memory once garbage is collected, kB (1000 bytes). */
async function residentKB({ process }: Target, collects: boolean): Promise<number> {
	await wait(SETTLE_MS);
	if (collects) {
		const mark = process.mark();
		globalThis.process.kill(process.pid, 'SIGUSR2');
		await process.line('collected', { from: mark });
	}
	return statusOf(process.pid).residentMB * 1_000;
}

/** What one more idle connection with one subscription takes, kB. */
async function perConnectionKB(target: Target, collects: boolean): Promise<number> {
	const clients = startGenerator(['idle', ...target.reach('TCP')]);
	const open = async (count: number): Promise<number> => {
		clients.write(`${count}\n`);
		await clients.line(`${count} open`, { withinMs: 30_000 });
		return residentKB(target, collects);
	};
	try {
		const before = await open(BEFORE);
		return ((await open(AFTER)) - before) / (AFTER - BEFORE);
	} finally {
		clients.endInput();
		await clients.ended;
	}
}

/** Memory of idle connections, of brokers that were just started. */
export async function memoryFigures(ours: Target, aedes: Target, mosquitto: Target | undefined): Promise<Figure[]> {
	const aedesKB = await perConnectionKB(aedes, true);
	const value = await perConnectionKB(ours, true);
	const note = [
		`Aedes alone ${aedesKB.toFixed(1)} kB`,
		...(mosquitto === undefined ? [] : [`Mosquitto ${(await perConnectionKB(mosquitto, false)).toFixed(1)} kB`]),
		`connections ${BEFORE} to ${AFTER}`,
	].join(', ');
	const goal = { op: '<=', value: aedesKB + MORE_KB } as const;
	return [{ name: 'memory of an idle connection', value, unit: 'kB', goal, note }];
}
