import { readFile } from 'node:fs/promises';

/** What Linux calls this life of the machine, or undefined on another system. */
export async function bootId(): Promise<string | undefined> {
	try {
		return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
	} catch {
		return undefined;
	}
}
