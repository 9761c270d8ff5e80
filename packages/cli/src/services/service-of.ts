import type { ServiceFactory } from '@pilotwire/runtime';
import type { HouseFile } from '@pilotwire/web';
import type { House } from '../config.ts';
import type { HouseAccounts } from '../house-accounts.ts';

/** What a service may need besides its house. */
export interface Surroundings {
	/** Of this house, shared by the services of a process. */
	readonly accounts: HouseAccounts;
	/** Where the house is configured. */
	readonly file: HouseFile;
	/** All services of the house, wherever they run. */
	readonly services: readonly string[];
}

/** What makes a service of a house; each service's module beside this one exports it as `serviceOf`. */
export type ServiceOf = (house: House, surroundings: Surroundings) => ServiceFactory;
