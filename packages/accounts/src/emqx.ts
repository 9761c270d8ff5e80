import type { Filters } from './rules.ts';

/** Whether EMQX's files can hold a name or a topic: text that needs no escape and stands for nothing else. */
export function isEmqxText(text: string): boolean {
	return text.length > 0 && text.trim() === text && !/["\\\p{Cc}]|\$\{|^eq /u.test(text);
}

/** An account of the file of users that EMQX takes into its built-in database. */
interface EmqxUser {
	readonly name: string;
	/** SHA-256 of its secret, hex; without salt, for 256 random bits need none. */
	readonly hash: string;
}

/**
 * That file, as JSON: of a CSV EMQX drops empty fields and breaks names at spaces (`emqx_utils_stream:csv/1`), so that one
 * with an empty salt is refused whole.
 */
export function emqxUsers(users: readonly EmqxUser[]): string {
	const rows = users.map(({ name, hash }) => ({ user_id: name, password_hash: hash, salt: '', is_superuser: false }));
	return `${JSON.stringify(rows, undefined, 2)}\n`;
}

/**
 * The rules of EMQX 5's `acl.conf` that give an account its rights; the first that fits counts (`emqx_authz_rule`). EMQX
 * takes `a/#` for a topic that the right `a/+` covers (`emqx_topic:match/2`), so that such filters are refused first, by name.
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
