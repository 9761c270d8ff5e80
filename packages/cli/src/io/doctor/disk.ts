import { readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Sysfs } from '@pilotwire/host-monitor';
import { messageOf, systemCodeOf } from '@pilotwire/runtime';
import type { DiskFacts } from '../../doctor/disk.ts';

/** The disk that a folder lies on, or would. `root`: `/` but in tests. */
export async function diskFacts(folder: string, root = '/'): Promise<DiskFacts> {
	const there = await nearest(folder);
	const { bsize, bavail, blocks } = await statfs(there);
	const device = await deviceOf(there, root);
	const wearPercent = device === undefined ? undefined : await new Sysfs(join(root, 'sys')).wearPercent(device);
	const counted =
		device === undefined ? undefined : await number(join(root, `sys/fs/ext4/${basename(device)}/errors_count`));
	return {
		folder,
		writable: await isWritable(there),
		...{ freeBytes: bavail * bsize, totalBytes: blocks * bsize, device, wearPercent, errors: counted },
	};
}

/** The folder, or the one above where it isn't there yet. */
async function nearest(folder: string): Promise<string> {
	for (let place = folder; ; place = dirname(place)) {
		if ((await stat(place).catch(() => undefined))?.isDirectory() === true || place === dirname(place)) return place;
	}
}

/** Tries it, since permissions alone say nothing of a disk that is full or read-only. */
async function isWritable(folder: string): Promise<true | string> {
	const file = join(folder, `.doctor-${process.pid}`);
	try {
		await writeFile(file, 'x');
		return true;
	} catch (error) {
		return systemCodeOf(error) || messageOf(error);
	} finally {
		await rm(file, { force: true }).catch(() => undefined);
	}
}

/** The block device of the mount that a path lies on (proc(5), mountinfo: the major and minor number are its own). */
async function deviceOf(path: string, root: string): Promise<string | undefined> {
	const { dev } = await stat(path);
	// As the kernel packs it for userspace: 12 bits of major above 8 of minor, the rest of minor above.
	const wanted = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
	const text = await readFile(join(root, 'proc/self/mountinfo'), 'utf8').catch(() => '');
	for (const line of text.split('\n')) {
		const [before = '', after = ''] = line.split(' - ');
		const device = after.split(' ')[1];
		if (before.split(' ')[2] === wanted && device?.startsWith('/dev/')) return device;
	}
	return undefined;
}

async function number(path: string): Promise<number | undefined> {
	const text = await readFile(path, 'utf8').catch(() => '');
	return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
