import type { HouseFileAnswer, HouseSections } from '@pilotwire/contract';

/** The house's configuration, as pages of administrators read and change it; whoever starts the service gives it. */
export interface HouseFile {
	/** The parts that a page may change, as they stand now. Rejects with `CONFIGURATION_*`. */
	read(): Promise<HouseFileAnswer>;
	/**
	 * Replaces these parts, where `version` is still that of the file: the whole change or nothing of it. Rejects with
	 * `CONFIGURATION_*`; a `ConfigurationInvalid` names every fault.
	 */
	change(sections: HouseSections, version: string): Promise<HouseFileAnswer>;
	/** A file to start from. */
	starter(): string;
}
