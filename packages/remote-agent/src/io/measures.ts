import { readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import type { AgentLog } from '@pilotwire/contract';

/** The kernel's files are in thousandths. */
const THOUSAND = 1_000;

/** What this machine measures without a program; what it lacks is left out. `root`: `/` but in tests. */
export class Measures {
	readonly #disk: string;
	readonly #sensor: string | undefined;
	readonly #root: string;
	#cores = coreTimes();

	constructor(disk: string, sensor: string | undefined, root = '/') {
		this.#disk = disk;
		this.#sensor = sensor;
		this.#root = root;
	}

	async read(): Promise<Omit<AgentLog, 'at'>> {
		const sensor = `sys/bus/iio/devices/${this.#sensor}`;
		const [temperatureC, humidityPercent, cpuTemperatureC, disk] = await Promise.all([
			this.#sensor === undefined ? undefined : this.#thousandths(`${sensor}/in_temp_input`, -60, 200),
			this.#sensor === undefined ? undefined : this.#thousandths(`${sensor}/in_humidityrelative_input`, 0, 100),
			this.#thousandths('sys/class/thermal/thermal_zone0/temp', -60, 200),
			statfs(this.#disk).catch(() => undefined),
		]);
		const before = this.#cores;
		this.#cores = coreTimes();
		const [busy, all] = [this.#cores.busy - before.busy, this.#cores.all - before.all];
		return {
			...(temperatureC === undefined ? {} : { temperatureC }),
			...(humidityPercent === undefined ? {} : { humidityPercent }),
			...(cpuTemperatureC === undefined ? {} : { cpuTemperatureC }),
			...(all > 0 ? { cpuPercent: Math.round(Math.min(Math.max(busy / all, 0), 1) * 1_000) / 10 } : {}),
			memory: { totalBytes: totalmem(), usedBytes: totalmem() - freemem() },
			...(disk === undefined
				? {}
				: { disk: { totalBytes: disk.blocks * disk.bsize, usedBytes: (disk.blocks - disk.bfree) * disk.bsize } }),
		};
	}

	/** A figure of the kernel's; undefined where there is none, or one that can't be. */
	async #thousandths(path: string, least: number, most: number): Promise<number | undefined> {
		const text = await readFile(join(this.#root, path), 'utf8').catch(() => '');
		const value = Number(text) / THOUSAND;
		return text.trim() !== '' && value >= least && value <= most ? value : undefined;
	}
}

function coreTimes(): { readonly busy: number; readonly all: number } {
	let [busy, idle] = [0, 0];
	for (const { times } of cpus()) {
		busy += times.user + times.nice + times.sys + times.irq;
		idle += times.idle;
	}
	return { busy, all: busy + idle };
}
