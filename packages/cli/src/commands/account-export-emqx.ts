import { join } from 'node:path';
import { type AccountSummary, emqxRights, emqxUsers, hashSecret, isEmqxText } from '@pilotwire/accounts';
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

const files = { users: 'pilotwire-users.json', rights: 'pilotwire-acl.conf', config: 'pilotwire.hocon' } as const;

/**
 * Writes for EMQX 5.8 the users that it takes into its built-in database, an ACL file with their rights, and the
 * configuration of both. `hashes`: SHA-256 (hex) of machines' secrets, by name. Throws `EXPORT_NOT_WRITTEN`,
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
		return hash === undefined ? [] : [{ name: entry.name, hash }];
	});
	const rights = entries.flatMap(({ name, principals }) => [...emqxRights(name, filtersOfAll(house, principals)), '']);
	writeExport(folder, files.users, emqxUsers(users));
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

/** Where EMQX's packages for Linux keep their configuration. */
const home = '/etc/emqx';

/**
 * The keys are those of EMQX's `emqx_authn_mnesia_schema` (`bootstrap_file`, from 5.7.2), `emqx_authz_file_schema`,
 * `emqx_schema` (`mqtt.clientid_override`, from 5.8.3) and `emqx_retainer_schema`.
 */
const configText = `# Accounts of Pilotwire and their rights, for EMQX 5.8.3 and later.
authentication = [
  {
    mechanism = password_based
    backend = built_in_database
    user_id_type = username
    password_hash_algorithm { name = sha256, salt_position = disable }
    bootstrap_file = "${home}/${files.users}"
    bootstrap_type = hash
  }
]
authorization {
  no_match = deny
  sources = [
    { type = file, enable = true, path = "${home}/${files.rights}" }
  ]
}
# A client id is its account's: nobody ends another's connection, or takes over its session, by its id.
mqtt.clientid_override = "concat([username, ':', clientid])"
# By default, of more than 1,000 retained messages a second the rest is delivered and not kept.
retainer.max_publish_rate = infinity
# Who reads many houses gets bursts. By default a connection 1,000 messages behind is ended, and 1,000 wait for one.
force_shutdown { max_mailbox_size = 20000, max_heap_size = 64MB }
mqtt.max_mqueue_len = 20000
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
		'Then, on the machine of EMQX (5.8.3 or later):',
		`  sudo install -o emqx -g emqx -m 600 ${Object.values(files).map(file).join(' ')} ${home}/`,
		`  grep -q ${files.config} ${home}/emqx.conf || echo 'include "${home}/${files.config}"' | sudo tee -a ${home}/emqx.conf`,
		'  sudo systemctl restart emqx',
		'EMQX takes accounts that are new. A secret that has changed is changed, and an account that is gone is deleted, in its',
		`dashboard (Access Control, Authentication), which also imports ${files.users} (as hashes) over what is there.`,
	].join('\n');
}
