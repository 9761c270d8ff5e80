import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { systemCodeOf } from '@pilotwire/runtime';
import { iioFiles, readIio } from '../core/iio.ts';
import type { Looker } from './one-wire.ts';

/** Where the kernel shows IIO devices (`root` but in tests). */
export const IIO_ROOT = '/sys/bus/iio/devices';

/** A DHT now and then answers garbage or nothing, and the kernel says so. */
const ATTEMPTS = 3;

/** An IIO device by its place (`iio:device0`) or by what its `name` file says (`bme280`, `dht11@4`): places move. */
export function iioLooker(device: string, root = IIO_ROOT): Looker {
	return async () => {
		const folder = await folderOf(device, root).catch(systemCodeOf);
		if (folder === undefined) return { ok: false, fault: 'missing', received: `no ${device} in ${root}` };
		// The place is there, and closed to us.
		if (!isAbsolute(folder)) return { ok: false, fault: 'unreadable', received: `${folder} ${root}` };
		for (let attempt = 1; ; attempt += 1) {
			const files: Record<string, string> = {};
			let refused = '';
			for (const name of iioFiles) {
				try {
					files[name] = await readFile(join(folder, name), 'latin1');
				} catch (error) {
					// Most devices have a part of these only; anything else than a missing file is the sensor's silence.
					const code = systemCodeOf(error);
					if (code !== 'ENOENT') refused = `${code} ${join(folder, name)}`;
				}
			}
			const look = refused === '' ? readIio(files) : undefined;
			if (look?.ok === true) return look;
			if (attempt === ATTEMPTS) return look ?? { ok: false, fault: 'unreadable', received: refused };
		}
	};
}

async function folderOf(device: string, root: string): Promise<string | undefined> {
	const places = (await entriesOf(root)).filter((name) => /^iio:device\d+$/.test(name)).sort();
	if (places.includes(device)) return join(root, device);
	for (const place of places) {
		const name = await readFile(join(root, place, 'name'), 'latin1').catch(() => '');
		if (name.trim() === device) return join(root, place);
	}
	return undefined;
}

/** Nothing where there is no such place: no sensor's driver is loaded then. */
async function entriesOf(root: string): Promise<string[]> {
	try {
		return await readdir(root);
	} catch (error) {
		if (systemCodeOf(error) === 'ENOENT') return [];
		throw error;
	}
}
