import type { Filters } from './rules.ts';

/** Whether EMQX's files can hold a name or a topic: text that needs no escape and stands for nothing else. */
export function isEmqxText(text: string): boolean {
	return text.length > 0 && text.trim() === text && !/["\\,\p{Cc}]|\$\{/u.test(text);
}

/** The first line of the file of users that EMQX 5 imports into its built-in database. */
export const emqxUsersHead = 'user_id,password_hash,salt,is_superuser';

/** A line of that file. `hash`: SHA-256 of a machine's secret, hex; without salt, for 256 random bits need none. */
export function emqxUser(name: string, hash: string): string {
	return `${name},${hash},,false`;
}

/**
 * The rules of EMQX 5's `acl.conf` that give an account its rights. EMQX takes `a/#` for a topic that the right `a/+` covers
 * (`emqx_topic:match/2`), so that such filters are refused first, by name.
 */
export function emqxRights(name: string, { publish, read }: Filters): string[] {
	const [mayPublish, mayRead] = [publish, read].map((filters) => [...new Set(filters)].filter(isEmqxText));
	const wide = (mayRead ?? [])
		.filter((filter) => filter.endsWith('/+'))
		.map((filter) => `${filter.slice(0, -1)}#`)
		.filter((filter) => mayRead?.includes(filter) !== true);
	const rule = (word: string, action: string, topics: readonly string[]): string[] =>
		topics.length === 0 ? [] : [`{${word}, {username, "${name}"}, ${action}, [${topics.join(', ')}]}.`];
	return [
		...rule(
			'deny',
			'subscribe',
			wide.map((filter) => `{eq, "${filter}"}`),
		),
		...rule(
			'allow',
			'publish',
			(mayPublish ?? []).map((filter) => `"${filter}"`),
		),
		...rule(
			'allow',
			'subscribe',
			(mayRead ?? []).map((filter) => `"${filter}"`),
		),
	];
}
