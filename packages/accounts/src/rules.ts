import { isHouseName, type Principal } from './principal.ts';
import { home, integratorAnywhere, integratorAtHome } from './rules/houses.ts';
import { covers, isFilter, isWord, levelsOf } from './rules/levels.ts';
import { device, guest, people } from './rules/people.ts';
import type { Rights } from './rules/rights.ts';
import { anyService, services } from './rules/services.ts';

/** The services that have a row: each has an account of its own on the embedded broker. */
export const serviceNames: readonly string[] = Object.keys(services);

/** Whether a principal may publish to a topic, be it a message, a retained state, its clearing, or a will. */
export function mayPublish(site: string, principal: Principal, topic: string): boolean {
	return rightsOf(site, principal).mayPublish(topic);
}

/**
 * Whether a principal may subscribe to a filter: only if every topic that the filter could match may be read. A topic
 * is a filter too: this also says whether a message may be forwarded. Shared subscriptions are refused.
 */
export function maySubscribe(site: string, principal: Principal, filter: string): boolean {
	return rightsOf(site, principal).maySubscribe(filter);
}

/** The rules for one principal, made ready for many questions. */
export interface PrincipalRights {
	readonly mayPublish: (topic: string) => boolean;
	readonly maySubscribe: (filter: string) => boolean;
	/** Whether it may join channels, where the broker has them. */
	readonly mayUseChannels: boolean;
}

/** Topics outside the house's own branch that a configuration names, exact names without wildcards. */
export interface ForeignRights {
	readonly publish: readonly string[];
	readonly read: readonly string[];
}

/**
 * Rights of one principal in one house. `foreign`: by service, the topics of devices which its configuration names, such
 * as `zigbee2mqtt/boiler/set`; a right to these exact names is added to its row.
 */
export function rightsOf(
	site: string,
	principal: Principal,
	foreign: Readonly<Record<string, ForeignRights>> = {},
): PrincipalRights {
	const rows = rowsOf(site, principal);
	const named = foreignOf(principal, foreign);
	const [foreignPublish, foreignRead] = [namesOf(named?.publish), namesOf(named?.read)];
	const { publish, read } = levelsOfAll(rows, principal);
	return {
		mayPublish: (topic) => {
			const asked = topic.split('/');
			return foreignPublish.has(topic) || (asked.every(isWord) && publish.some((right) => covers(right, asked)));
		},
		maySubscribe: (filter) => {
			const asked = filter.split('/');
			return foreignRead.has(filter) || (isFilter(asked) && read.some((right) => covers(right, asked)));
		},
		mayUseChannels: rows.some(({ rights }) => rights.channels === true),
	};
}

/** Rights as MQTT topic filters. */
export type Filters = ForeignRights;

/**
 * The rights of one principal as filters, for a broker that has filters only. Wider than the rules in two points: where
 * these want the random id of a caller, a filter has `+`; and rules know words of ASCII letters alone.
 */
export function filtersOf(
	site: string,
	principal: Principal,
	foreign: Readonly<Record<string, ForeignRights>> = {},
): Filters {
	const { publish, read } = levelsOfAll(rowsOf(site, principal), principal);
	const named = foreignOf(principal, foreign);
	const filters = (rights: readonly string[][]): string[] =>
		rights.map((levels) => levels.join('/').replaceAll('{call}', '+')).filter((filter) => !filter.includes('{'));
	return {
		publish: [...filters(publish), ...namesOf(named?.publish)],
		read: [...filters(read), ...namesOf(named?.read)],
	};
}

function foreignOf(principal: Principal, foreign: Readonly<Record<string, ForeignRights>>): ForeignRights | undefined {
	return principal.kind === 'service' && Object.hasOwn(foreign, principal.name) ? foreign[principal.name] : undefined;
}

/** The names that a configuration may give: none of the broker's own or the house's branch, and no wildcard. */
function namesOf(names: readonly string[] = []): ReadonlySet<string> {
	return new Set(names.filter((name) => !/^(\$|\/?(pilotwire|channels)(\/|$))|[+#]/.test(name)));
}

/** A row of the table, and the house that it is for. */
interface Row {
	readonly site: string;
	readonly rights: Rights;
}

function rowsOf(site: string, principal: Principal): readonly Row[] {
	const here = (...rows: readonly Rights[]): Row[] => rows.map((rights) => ({ site, rights }));
	switch (principal.kind) {
		case 'person':
			return here(people[principal.role]);
		case 'service': {
			const own = Object.hasOwn(services, principal.name) ? services[principal.name] : undefined;
			return own === undefined ? here(anyService) : here(anyService, own);
		}
		case 'device':
			return here(device);
		case 'guest':
			return here(guest);
		case 'home':
			return isHouseName(principal.house) ? [{ site: principal.house, rights: home }] : [];
		case 'integrator':
			return [
				{ site: '+', rights: integratorAnywhere },
				...principal.houses.filter(isHouseName).map((house) => ({ site: house, rights: integratorAtHome })),
			];
	}
}

function levelsOfAll(rows: readonly Row[], { name }: Principal): { publish: string[][]; read: string[][] } {
	const levels = (which: 'publish' | 'read'): string[][] =>
		rows.flatMap(({ site, rights }) => rights[which].map((right) => levelsOf(right, site, name)));
	return { publish: levels('publish'), read: levels('read') };
}
