/** What a person may do: run the house, live in it, or look at it. */
export type Role = 'admin' | 'resident' | 'viewer';

/** The roles, from the one that may most to the one that may least. */
export const roles = ['admin', 'resident', 'viewer'] as const satisfies readonly Role[];

/** A person with an account. */
export type Person = { kind: 'person'; name: string; role: Role };

/** A whole house on a broker that several share: what its own broker sends there (`pilotwire bridge`). */
export type Home = { kind: 'home'; name: string; house: string };

/** Somebody who looks after houses on such a broker: reads all of them, and has the rights of a resident in those it is given. */
export type Integrator = { kind: 'integrator'; name: string; houses: readonly string[] };

/** Who stands behind a connection; a guest is anybody, on a broker that has channels for everybody. */
export type Principal =
	| Person
	| { kind: 'service'; name: string }
	| { kind: 'device'; name: string }
	| Home
	| Integrator
	| { kind: 'guest'; name: 'anonymous' };

/** Who gives neither name nor password, where such clients are let in. */
export function nameless(role: Role | 'guest'): Principal {
	return role === 'guest' ? { kind: 'guest', name: 'anonymous' } : { kind: 'person', name: 'anonymous', role };
}

/** A name that signs in: it may stand in a topic. */
const namePattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** The account that the pages of people with a role have on an outside broker. */
export function pagesAccount(role: Role): string {
	return `pages-${role}`;
}

/** Names that mean something else: `all` in topics, `anonymous` for a connection without a name. */
const reservedNames: readonly string[] = ['all', 'anonymous', ...roles.map(pagesAccount)];

/** A house's name as it stands in topics. */
export function isHouseName(name: string): boolean {
	return /^[a-z0-9-]{1,64}$/.test(name) && name !== 'all';
}

/** Whether an account may have this name. */
export function isAccountName(name: string): boolean {
	return namePattern.test(name) && !reservedNames.includes(name);
}
