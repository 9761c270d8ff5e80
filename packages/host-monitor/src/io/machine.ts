import { readFile, statfs } from 'node:fs/promises';
import { arch, cpus, freemem, loadavg, release, type as systemType, totalmem, uptime } from 'node:os';
import { join } from 'node:path';
import type { HostFigures } from '@pilotwire/contract';
import type { CoreTimes } from '../core/cpu-use.ts';
import { mountsOf } from '../core/mounts.ts';
import { swapOf } from '../core/swap.ts';
import type { Sysfs } from './sysfs.ts';

/** What doesn't change while a machine runs. */
export interface Identity {
	readonly model?: string;
	readonly system: string;
	readonly architecture: string;
	readonly cores: number;
	/** Time since it started, seconds. */
	readonly upS: number;
}

/** The machine's figures that cost next to nothing to read. */
export interface Machine {
	identity(): Promise<Identity>;
	/** What each core has done since the start, milliseconds. */
	cores(): CoreTimes[];
	figures(): Promise<Omit<HostFigures, 'cpuPercent'>>;
}

/** This machine, by Node and the kernel's own files below `root` (`/` but in tests). */
export class ThisMachine implements Machine {
	readonly #sysfs: Sysfs;
	readonly #root: string;

	constructor(sysfs: Sysfs, root = '/') {
		this.#sysfs = sysfs;
		this.#root = root;
	}

	async identity(): Promise<Identity> {
		const model = await this.#read('proc/device-tree/model');
		const text = model?.replaceAll('\0', '').trim().slice(0, 100) ?? '';
		return {
			...(text === '' ? {} : { model: text }),
			system: `${systemType()} ${release()}`,
			architecture: arch(),
			cores: Math.max(cpus().length, 1),
			upS: uptime(),
		};
	}

	cores(): CoreTimes[] {
		return cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({ busy: user + nice + sys + irq, idle }));
	}

	async figures(): Promise<Omit<HostFigures, 'cpuPercent'>> {
		const [swapText, temperatureC, throttling, disks] = await Promise.all([
			this.#read('proc/meminfo'),
			this.#sysfs.temperatureC(),
			this.#sysfs.throttling(),
			this.#disks(),
		]);
		const swap = swapOf(swapText ?? '');
		return {
			load: loadavg()[0] ?? 0,
			memory: { totalBytes: totalmem(), usedBytes: totalmem() - freemem() },
			...(swap === undefined ? {} : { swap }),
			...(temperatureC === undefined ? {} : { temperatureC }),
			...(throttling === undefined ? {} : { throttling }),
			disks,
		};
	}

	async #disks(): Promise<HostFigures['disks']> {
		const mounts = mountsOf((await this.#read('proc/self/mounts')) ?? '');
		const disks = await Promise.all(
			mounts.map(async ({ device, mount }) => {
				try {
					const { bsize, blocks, bfree } = await statfs(mount);
					const wearPercent = await this.#sysfs.wearPercent(device);
					const sizes = { mount, totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize };
					return [wearPercent === undefined ? sizes : { ...sizes, wearPercent }];
				} catch {
					// Not ours to look at, or gone since.
					return [];
				}
			}),
		);
		return disks.flat();
	}

	#read(path: string): Promise<string | undefined> {
		return readFile(join(this.#root, path), 'utf8').catch(() => undefined);
	}
}
