import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { HostFigures } from '@pilotwire/contract';
import { throttlingOf, wearOf } from '../core/firmware.ts';

/** Thermal zones of the processor, the best first: a Pi's, an ARM board's, a PC's. */
const ZONES = [/^cpu-thermal$/, /cpu|soc/, /^x86_pkg_temp$/, /./];

/** What the kernel says below /sys (`root` but in tests). Whatever a machine lacks is undefined. */
export class Sysfs {
	readonly #root: string;

	constructor(root = '/sys') {
		this.#root = root;
	}

	/** °C of the processor. */
	async temperatureC(): Promise<number | undefined> {
		const zones = await this.#list('class/thermal', /^thermal_zone\d+$/);
		const found = await Promise.all(
			zones.map(async (zone) => ({
				type: ((await this.#read(`${zone}/type`)) ?? '').trim(),
				milli: Number((await this.#read(`${zone}/temp`)) ?? 'none'),
			})),
		);
		const sane = found.filter(({ milli }) => milli > -55_000 && milli < 150_000);
		const [best] = ZONES.flatMap((wanted) => sane.filter(({ type }) => wanted.test(type)));
		return best === undefined ? undefined : Math.round(best.milli / 100) / 10;
	}

	/** What a Raspberry Pi's firmware says of its supply; its place moved with the models. */
	async throttling(): Promise<HostFigures['throttling']> {
		const platform = await this.#list('devices/platform', /^soc|firmware/);
		const below = await Promise.all(platform.map((place) => this.#list(place, /firmware/)));
		for (const place of [...platform, ...below.flat()]) {
			const text = await this.#read(`${place}/get_throttled`);
			if (text !== undefined) return throttlingOf(text);
		}
		return undefined;
	}

	/** How worn the medium of `/dev/mmcblk0p2` is, percent. */
	async wearPercent(device: string): Promise<number | undefined> {
		const card = /^mmcblk\d+/.exec(basename(device))?.[0];
		const text = card === undefined ? undefined : await this.#read(`block/${card}/device/life_time`);
		return text === undefined ? undefined : wearOf(text);
	}

	async #list(place: string, names: RegExp): Promise<string[]> {
		const found = await readdir(join(this.#root, place)).catch(() => []);
		return found
			.filter((name) => names.test(name))
			.sort()
			.map((name) => join(place, name));
	}

	#read(place: string): Promise<string | undefined> {
		return readFile(join(this.#root, place), 'utf8').catch(() => undefined);
	}
}
