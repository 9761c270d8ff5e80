import { basename } from 'node:path';
import type { HouseFileAnswer, HouseSections } from '@pilotwire/contract';
import { type Clock, entriesIn, messageOf, readConfigFile, withEntries } from '@pilotwire/runtime';
import type { HouseFile } from '@pilotwire/web';
import type { ConfigOptions } from './commands/options.ts';
import { type House, readHouse } from './config.ts';
import { configurationChanged, configurationReadOnly } from './errors.ts';
import { partLists, partsOf, starterFile } from './house-parts.ts';
import { replaceFile, restoreFile, versionOf } from './io/configuration-text.ts';

/** The answer to a page goes out before its service stops. Milliseconds. */
const TAKEN_UP_AFTER_MS = 300;

const names = Object.keys(partLists) as (keyof HouseSections)[];

/** The configuration's file as pages change it, for as long as this process lives. */
export class ConfigurationFile implements HouseFile {
	readonly #options: ConfigOptions;
	readonly #clock: Clock;
	readonly #restarts: boolean;
	#house: House;
	/** The version that the services run with. */
	#used: string;
	/** A change of which nothing runs yet, and which is taken back if nothing can. */
	#tried: string | undefined;
	#takenBack: string | undefined;
	#changed: (() => void) | undefined;
	#work: Promise<unknown> = Promise.resolve();

	/** `restarts`: whether this process starts its services again after a change; see `nextChange`. */
	constructor(options: ConfigOptions, house: House, clock: Clock, restarts: boolean) {
		this.#options = options;
		this.#clock = clock;
		this.#restarts = restarts;
		this.#house = house;
		this.#used = this.#versionNow();
	}

	async read(): Promise<HouseFileAnswer> {
		const { config } = this.#options;
		const text = config === undefined ? undefined : readConfigFile(config);
		const kind = text === undefined ? 'none' : this.#isSimulated(text) ? 'simulated' : 'file';
		const version = text === undefined ? 'none' : versionOf(text);
		return {
			kind,
			...(config === undefined ? {} : { name: basename(config) }),
			version,
			sections: kind === 'file' && text !== undefined ? sectionsOf(text) : partsOf(this.#house),
			waits: version !== this.#used,
			restarts: this.#restarts,
			...(this.#takenBack === undefined ? {} : { takenBack: this.#takenBack }),
		};
	}

	/** One change after the other. */
	change(sections: HouseSections, version: string): Promise<HouseFileAnswer> {
		const next = this.#work.then(() => this.#change(sections, version));
		this.#work = next.catch(() => undefined);
		return next;
	}

	starter(): string {
		return starterFile;
	}

	/** Settles once a page has changed the file, and its answer has had time to go out. */
	nextChange(): Promise<void> {
		return new Promise((resolve) => {
			this.#changed = resolve;
		});
	}

	/** The services run with this house. */
	runsWith(house: House): void {
		this.#house = house;
		this.#used = this.#versionNow();
		this.#tried = undefined;
	}

	/**
	 * Puts the former file back where the services can't run with what a page changed; false where nothing was tried, or
	 * somebody has changed the file since.
	 */
	async takeBack(why: unknown): Promise<boolean> {
		const { config } = this.#options;
		if (config === undefined || this.#tried === undefined || this.#versionNow() !== this.#tried) return false;
		await restoreFile(config);
		this.#tried = undefined;
		this.#takenBack = messageOf(why);
		return true;
	}

	async #change(sections: HouseSections, version: string): Promise<HouseFileAnswer> {
		const { config } = this.#options;
		if (config === undefined) throw configurationReadOnly('no file');
		const text = readConfigFile(config);
		if (this.#isSimulated(text)) throw configurationReadOnly('a file of a simulated house');
		if (versionOf(text) !== version) throw configurationChanged(config);
		const changed = withEntries(
			text,
			names.map((name) => ({ list: partLists[name], entries: sections[name] })),
		);
		if (changed === text) return this.read();
		await replaceFile(config, text, changed, async (draft) => {
			await readHouse({ ...this.#options, config: draft });
		});
		this.#takenBack = undefined;
		if (this.#restarts) {
			this.#tried = versionOf(changed);
			this.#clock.after(TAKEN_UP_AFTER_MS, () => this.#changed?.());
		}
		return this.read();
	}

	/** A file that names no boards and radiators runs those of the simulated house, which stand in no file. */
	#isSimulated(text: string): boolean {
		const { boards, radiators } = sectionsOf(text);
		return this.#house.simulated !== undefined && boards.length === 0 && radiators.length === 0;
	}

	#versionNow(): string {
		const { config } = this.#options;
		return config === undefined ? 'none' : versionOf(readConfigFile(config));
	}
}

function sectionsOf(text: string): HouseSections {
	const sections = Object.fromEntries(names.map((name) => [name, entriesIn(text, partLists[name])]));
	return sections as unknown as HouseSections;
}
