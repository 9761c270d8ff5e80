import {
	type AccountSummary,
	type Filters,
	filtersOf,
	type Principal,
	pagesAccount,
	roles,
	serviceNames,
} from '@pilotwire/accounts';
import { machineSecret, readSecret } from '@pilotwire/runtime';
import type { House } from '../config.ts';
import { foreignRights } from '../foreign-rights.ts';

/** Someone who may sign in at an outside broker. */
export interface Entry {
	readonly name: string;
	/** Whose rights it has; several where one account stands for several services. */
	readonly principals: readonly Principal[];
	/** Absent where this machine knows a hash alone. */
	readonly secret?: string | undefined;
	/** Whether a person chose the secret: then it isn't random bits. */
	readonly chosen?: boolean;
}

/** All who may sign in, each name once. Throws `SECRET_UNREADABLE` or `DATA_DIR_UNUSABLE`. */
export function exportEntries(house: House, accounts: readonly AccountSummary[]): Entry[] {
	return merged([...ownEntries(house), ...accounts.map(({ principal }) => entryOf(principal))]);
}

/** What principals may do together, as filters. */
export function filtersOfAll(house: House, principals: readonly Principal[]): Filters {
	const foreign = foreignRights(house);
	const all = principals.map((principal) => filtersOf(house.site, principal, foreign));
	return { publish: all.flatMap(({ publish }) => publish), read: all.flatMap(({ read }) => read) };
}

/** Those whose secrets lie on this machine: the house's services, its pages, and who stands in the configuration. */
function ownEntries(house: House): Entry[] {
	const { dataDir, broker, mqtt, web } = house;
	const named = (name: string): Principal => ({ kind: 'service', name });
	const services = serviceNames.map((name) => ({
		...{ name, principals: [named(name)], secret: machineSecret(dataDir, name) },
	}));
	const pages = roles.map((role) => {
		const own = web.brokerAccounts?.[role];
		const name = own?.username ?? pagesAccount(role);
		const secret = own === undefined ? machineSecret(dataDir, name) : readSecret(own);
		return { name, principals: [{ kind: 'person', name, role } as const], secret, chosen: own !== undefined };
	});
	const people = broker.accounts.map((account) => ({
		name: account.name,
		principals: [{ kind: 'person', name: account.name, role: account.role } as const],
		...{ secret: readSecret(account), chosen: true },
	}));
	const { username } = mqtt;
	const common =
		username === undefined
			? []
			: [{ name: username, principals: serviceNames.map(named), secret: readSecret(mqtt), chosen: true }];
	return [...services, ...pages, ...people, ...common];
}

function entryOf(principal: Principal): Entry {
	return { name: principal.name, principals: [principal] };
}

/** One entry a name: whoever comes first has the secret, all of them add their rights. */
function merged(entries: readonly Entry[]): Entry[] {
	const byName = new Map<string, Entry>();
	for (const entry of entries) {
		const first = byName.get(entry.name);
		const principals = [...(first?.principals ?? []), ...entry.principals];
		byName.set(entry.name, first === undefined ? entry : { ...first, principals });
	}
	return [...byName.values()];
}
