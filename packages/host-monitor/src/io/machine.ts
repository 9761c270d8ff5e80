import type { StatsFs } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { arch, cpus, freemem, loadavg, release, type as systemType, totalmem, uptime } from 'node:os';
import { join } from 'node:path';
import type { HostFigures } from '@pilotwire/contract';
import type { CoreTimes } from '../core/cpu-use.ts';
import { mountsOf } from '../core/mounts.ts';
import { swapOf } from '../core/swap.ts';
import type { Sysfs } from './sysfs.ts';

/** A disk that takes longer is left out, and not asked again before it has answered. Milliseconds. */
const ANSWERS_WITHIN_MS = 5_000;

/** The size of the file system at a place; asks the disk. */
type AskDisk = (mount: string) => Promise<Pick<StatsFs, 'bsize' | 'blocks' | 'bfree'>>;

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
	readonly #askDisk: AskDisk;
	readonly #answersWithinMs: number;
	/** Questions that disks have not answered yet, and those among them that are late already. */
	readonly #asked = new Map<string, ReturnType<AskDisk>>();
	readonly #late = new Set<string>();

	constructor(sysfs: Sysfs, root = '/', askDisk: AskDisk = statfs, answersWithinMs = ANSWERS_WITHIN_MS) {
		this.#sysfs = sysfs;
		this.#root = root;
		this.#askDisk = askDisk;
		this.#answersWithinMs = answersWithinMs;
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
					const size = await this.#sizeOf(mount);
					if (size === undefined) return [];
					const { bsize, blocks, bfree } = size;
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

	/** Undefined where the disk doesn't answer: each question to a dead one holds one of the few threads that all files have. */
	async #sizeOf(mount: string): Promise<Awaited<ReturnType<AskDisk>> | undefined> {
		if (this.#late.has(mount)) return undefined;
		const answer = this.#asked.get(mount) ?? this.#ask(mount);
		let timer: NodeJS.Timeout | undefined;
		const silence = new Promise<undefined>((resolve) => {
			timer = setTimeout(() => {
				this.#late.add(mount);
				resolve(undefined);
			}, this.#answersWithinMs);
		});
		return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
	}

	#ask(mount: string): ReturnType<AskDisk> {
		const answer = this.#askDisk(mount).finally(() => {
			this.#asked.delete(mount);
			this.#late.delete(mount);
		});
		this.#asked.set(mount, answer);
		return answer;
	}

	#read(path: string): Promise<string | undefined> {
		return readFile(join(this.#root, path), 'utf8').catch(() => undefined);
	}
}
