import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
	type AccountSummary,
	type Filters,
	filtersOf,
	isMosquittoName,
	mosquittoPassword,
	mosquittoRights,
	nameless,
	type Principal,
	pagesAccount,
	roles,
	serviceNames,
} from '@pilotwire/accounts';
import { exitCodes, machineSecret, messageOf, PilotwireError, readSecret, systemCodeOf } from '@pilotwire/runtime';
import type { House } from '../config.ts';
import { foreignRights } from '../services.ts';

/** Someone who may sign in at Mosquitto. */
interface Entry {
	readonly name: string;
	/** Whose rights it has; several where one account stands for several services. */
	readonly principals: readonly Principal[];
	/** Absent where this machine knows a hash alone that Mosquitto can't use. */
	readonly secret?: string | undefined;
	readonly chosen?: boolean;
}

/** What became of an export. */
interface Exported {
	readonly folder: string;
	/** Who has a line in the password file. */
	readonly complete: readonly string[];
	/** Whose password or secret is to be typed. */
	readonly toType: readonly string[];
	/** Names that Mosquitto's files can't hold. */
	readonly impossible: readonly string[];
}

const files = { passwords: 'pilotwire.passwords', rights: 'pilotwire.acl', config: 'pilotwire.conf' } as const;

/**
 * Writes Mosquitto's password and rights files for a house into a folder, and the lines of its configuration that name
 * them. Passwords that somebody added to the file before stay. Throws `EXPORT_NOT_WRITTEN`, `SECRET_UNREADABLE` or
 * `DATA_DIR_UNUSABLE`.
 */
export function exportToMosquitto(house: House, accounts: readonly AccountSummary[], folder: string): Exported {
	const all = merged([...ownEntries(house), ...accounts.map(({ principal }) => entryOf(principal))]);
	const entries = all.filter(({ name }) => isMosquittoName(name));
	const present = linesByName(join(folder, files.passwords));
	const passwords = entries.flatMap(({ name, secret, chosen = false }) => {
		const line = secret === undefined ? present.get(name) : mosquittoPassword(name, secret, { chosen });
		return line === undefined ? [] : [{ name, line }];
	});
	const complete = passwords.map(({ name }) => name);
	write(folder, files.passwords, `${passwords.map(({ line }) => line).join('\n')}\n`);
	write(folder, files.rights, rightsText(house, entries));
	write(folder, files.config, configText(house));
	return {
		folder,
		complete,
		toType: entries.filter(({ name }) => !complete.includes(name)).map(({ name }) => name),
		impossible: all.filter(({ name }) => !isMosquittoName(name)).map(({ name }) => name),
	};
}

/** What a person is told of it, and does next. */
export function exportReport({ folder, complete, toType, impossible }: Exported): string {
	const file = (name: string): string => join(folder, name);
	return [
		`Written: ${file(files.passwords)} (${complete.length} accounts), ${file(files.rights)}, ${file(files.config)}`,
		...(toType.length === 0
			? []
			: [
					'',
					'Of these only a hash is known here, of a kind that Mosquitto does not take. Type the password or secret of each:',
					...toType.map((name) => `  mosquitto_passwd ${file(files.passwords)} ${name}`),
				]),
		...(impossible.length === 0
			? []
			: [
					'',
					`Left out, because Mosquitto's files can't hold these names: ${impossible.map((name) => JSON.stringify(name)).join(', ')}`,
				]),
		'',
		'Then, on the machine of Mosquitto:',
		`  sudo install -o mosquitto -g mosquitto -m 600 ${file(files.passwords)} ${file(files.rights)} /etc/mosquitto/`,
		`  sudo install -m 644 ${file(files.config)} /etc/mosquitto/conf.d/`,
		'  sudo systemctl restart mosquitto',
		'and in the configuration of Pilotwire:',
		'  mqtt: { url: mqtt://127.0.0.1:1883, ownAccounts: true }',
	].join('\n');
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

function rightsText(house: House, entries: readonly Entry[]): string {
	const foreign = foreignRights(house);
	const filters = (principals: readonly Principal[]): Filters => {
		const all = principals.map((principal) => filtersOf(house.site, principal, foreign));
		return { publish: all.flatMap(({ publish }) => publish), read: all.flatMap(({ read }) => read) };
	};
	const { anonymous, anonymousRole: role } = house.broker;
	const unnamed = anonymous ? [mosquittoRights(undefined, filters([nameless(role)]))] : [];
	const blocks = [...unnamed, ...entries.map(({ name, principals }) => mosquittoRights(name, filters(principals)))];
	return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function configText({ broker }: House): string {
	return [
		'# Accounts of Pilotwire and their rights.',
		`allow_anonymous ${broker.anonymous}`,
		`password_file /etc/mosquitto/${files.passwords}`,
		`acl_file /etc/mosquitto/${files.rights}`,
		'',
	].join('\n');
}

function linesByName(file: string): Map<string, string> {
	let text = '';
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		if (systemCodeOf(error) !== 'ENOENT') throw notWritten(file, error);
	}
	const lines = text.split('\n').filter((line) => line.includes(':'));
	return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line]));
}

/** Whole or not at all, readable by its owner alone. */
function write(folder: string, name: string, text: string): void {
	const file = join(folder, name);
	const draft = `${file}.${process.pid}`;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(draft, text, { mode: 0o600 });
		renameSync(draft, file);
	} catch (error) {
		throw notWritten(file, error);
	} finally {
		rmSync(draft, { force: true });
	}
}

function notWritten(file: string, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'EXPORT_NOT_WRITTEN',
		expected: `to read and write ${resolve(file)}`,
		received: messageOf(cause),
		action: 'Name a folder that this user may write.',
		exitCode: exitCodes.cantCreate,
		cause,
	});
}
