import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '@pilotwire/runtime';
import { type Look, readW1Slave } from '../core/one-wire.ts';

/** Looks at one probe, now. Never rejects: what is wrong is what it saw. */
export type Looker = () => Promise<Look>;

/** Where the kernel shows 1-wire devices (`root` but in tests). */
export const W1_ROOT = '/sys/bus/w1/devices';

/** A disturbed line is asked again: long wires near relays lose a bit now and then. */
const ATTEMPTS = 3;

/** A DS18B20 or one of its kin, by its serial number such as `28-00000a1b2c3d`; each look takes it 0.75 s to measure. */
export function oneWireLooker(serial: string, root = W1_ROOT): Looker {
	return async () => {
		for (let attempt = 1; ; attempt += 1) {
			const look = await lookOnce(join(root, serial, 'w1_slave'));
			if (!look.ok && look.fault === 'missing') return { ...look, received: await found(root) };
			if (look.ok || attempt === ATTEMPTS || (look.fault !== 'checksum' && look.fault !== 'unreadable')) return look;
		}
	};
}

/** What there is instead: a serial number is long, and easily mistyped. */
async function found(root: string): Promise<string> {
	const probes = await oneWireProbes(root);
	return probes.length === 0 ? 'a bus without a thermometer' : `only ${probes.slice(0, 5).join(', ')}`;
}

async function lookOnce(path: string): Promise<Look> {
	try {
		return readW1Slave(await readFile(path, 'latin1'));
	} catch (error) {
		const code = systemCodeOf(error);
		return { ok: false, fault: code === 'ENOENT' ? 'missing' : 'unreadable', received: `${code} ${path}` };
	}
}

/** The thermometers on the 1-wire bus now, by serial number; families 10, 22, 28, 3b and 42 measure temperature. */
export async function oneWireProbes(root = W1_ROOT): Promise<string[]> {
	const names = await readdir(root).catch(() => []);
	return names.filter((name) => /^(10|22|28|3b|42)-[0-9a-f]{12}$/.test(name)).sort();
}
