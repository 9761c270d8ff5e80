import type { Clock, Logger } from '@pilotwire/runtime';
import { checkName } from './account-checks.ts';
import { apiTokenExists, apiTokenUnknown } from './errors.ts';
import { hashSecret, newMachineSecret } from './machine-secret.ts';
import type { Role } from './principal.ts';
import type { AccountKeeper, ApiToken } from './store.ts';

/** Every secret of an API token begins so: whoever finds one in a file knows what it is. */
const prefix = 'pwa1.';
/** Longer than any secret, with its prefix. */
const longestSecret = 100;

/** What API tokens are kept with. */
interface Surroundings {
	readonly store: AccountKeeper;
	readonly log: Logger;
	readonly clock: Clock;
}

/** Programs that may use the HTTP interface: a name, a role and a secret, which is kept as a hash. They are no accounts. */
export class ApiTokens {
	readonly #around: Surroundings;

	constructor(around: Surroundings) {
		this.#around = around;
	}

	/** See `Accounts.addApiToken`. */
	async add(name: string, role: Role): Promise<{ secret: string }> {
		const { store, log, clock } = this.#around;
		checkName(name);
		const secret = `${prefix}${newMachineSecret()}`;
		const hash = hashSecret(secret).toString('hex');
		if (!(await store.addApiToken({ name, role }, hash, clock.wallMs()))) throw apiTokenExists(name);
		log.info({ audit: 'api_token_added', account: name, role }, `API token ${name} was made, as ${role}`);
		return { secret };
	}

	/** See `Accounts.removeApiToken`. */
	async remove(name: string): Promise<void> {
		const { store, log } = this.#around;
		if (!(await store.removeApiToken(name))) throw apiTokenUnknown(name);
		log.info({ audit: 'api_token_removed', account: name }, `API token ${name} was removed`);
	}

	/** See `Accounts.apiTokenOf`. */
	async withSecret(secret: string): Promise<ApiToken | undefined> {
		if (!secret.startsWith(prefix) || secret.length > longestSecret) return undefined;
		return this.#around.store.apiToken(hashSecret(secret).toString('hex'));
	}
}
