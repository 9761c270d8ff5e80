import { join } from 'node:path';
import { type AccountSummary, emqxRights, emqxUser, emqxUsersHead, hashSecret, isEmqxText } from '@pilotwire/accounts';
import type { House } from '../config.ts';
import { writeExport } from '../io/export-files.ts';
import { type Entry, exportEntries, filtersOfAll } from './export-entries.ts';

/** What became of an export. */
interface Exported {
	readonly folder: string;
	/** Who is among the users. */
	readonly complete: readonly string[];
	/** Whose password is to be typed there. */
	readonly toType: readonly string[];
	/** Names that the files can't hold. */
	readonly impossible: readonly string[];
}

const files = { users: 'pilotwire-users.csv', rights: 'pilotwire-acl.conf', config: 'pilotwire.hocon' } as const;

/**
 * Writes for EMQX 5 the users to import into its built-in database, an ACL file with their rights, and the configuration of
 * both, from its documentation. `hashes`: SHA-256 (hex) of machines' secrets, by name. Throws `EXPORT_NOT_WRITTEN`,
 * `SECRET_UNREADABLE` or `DATA_DIR_UNUSABLE`.
 */
export function exportToEmqx(
	house: House,
	accounts: readonly AccountSummary[],
	hashes: ReadonlyMap<string, string>,
	folder: string,
): Exported {
	const all = exportEntries(house, accounts);
	const entries = all.filter(({ name }) => isEmqxText(name));
	const users = entries.flatMap((entry) => {
		const hash = hashOf(entry, hashes);
		return hash === undefined ? [] : [{ name: entry.name, line: emqxUser(entry.name, hash) }];
	});
	const rights = entries.flatMap(({ name, principals }) => [...emqxRights(name, filtersOfAll(house, principals)), '']);
	writeExport(folder, files.users, `${[emqxUsersHead, ...users.map(({ line }) => line)].join('\n')}\n`);
	writeExport(folder, files.rights, `${[...rights, '{deny, all}.'].join('\n')}\n`);
	writeExport(folder, files.config, configText);
	const complete = users.map(({ name }) => name);
	return {
		...{ folder, complete },
		toType: entries.filter(({ name }) => !complete.includes(name)).map(({ name }) => name),
		impossible: all.filter(({ name }) => !isEmqxText(name)).map(({ name }) => name),
	};
}

/** A secret of random bits is known by its hash alone; a password that somebody chose deserves a slower one, typed there. */
function hashOf({ name, secret, chosen = false }: Entry, hashes: ReadonlyMap<string, string>): string | undefined {
	if (secret === undefined) return hashes.get(name);
	return chosen ? undefined : hashSecret(secret).toString('hex');
}

const configText = `# Accounts of Pilotwire and their rights: goes to the end of /etc/emqx/base.hocon or emqx.conf.
authentication = [
  {
    mechanism = password_based
    backend = built_in_database
    user_id_type = username
    password_hash_algorithm { name = sha256, salt_position = disable }
  }
]
authorization {
  no_match = deny
  sources = [
    { type = file, enable = true, path = "/etc/emqx/${files.rights}" }
  ]
}
`;

/** What a person is told of it, and does next. */
export function emqxReport({ folder, complete, toType, impossible }: Exported): string {
	const file = (name: string): string => join(folder, name);
	return [
		`Written: ${file(files.users)} (${complete.length} accounts), ${file(files.rights)}, ${file(files.config)}`,
		...(toType.length === 0
			? []
			: ['', `To be added by hand in EMQX's dashboard, with their passwords: ${toType.join(', ')}`]),
		...(impossible.length === 0
			? []
			: [
					'',
					`Left out, because the files can't hold these names: ${impossible.map((name) => JSON.stringify(name)).join(', ')}`,
				]),
		'',
		'Then, on the machine of EMQX:',
		`  sudo install -o emqx -g emqx -m 600 ${file(files.rights)} /etc/emqx/`,
		`  sudo sh -c 'cat ${file(files.config)} >> /etc/emqx/base.hocon' && sudo systemctl restart emqx`,
		`  import ${file(files.users)} on its dashboard: Access Control, Authentication, Users`,
	].join('\n');
}
