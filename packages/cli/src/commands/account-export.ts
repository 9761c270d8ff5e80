import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	type AccountSummary,
	isMosquittoName,
	mosquittoPassword,
	mosquittoRights,
	nameless,
} from '@pilotwire/accounts';
import { systemCodeOf } from '@pilotwire/runtime';
import type { House } from '../config.ts';
import { notWritten, writeExport as write } from '../io/export-files.ts';
import { type Entry, exportEntries, filtersOfAll } from './export-entries.ts';

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
	const all = exportEntries(house, accounts);
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

function rightsText(house: House, entries: readonly Entry[]): string {
	const { anonymous, anonymousRole: role } = house.broker;
	const unnamed = anonymous ? [mosquittoRights(undefined, filtersOfAll(house, [nameless(role)]))] : [];
	const blocks = [
		...unnamed,
		...entries.map(({ name, principals }) => mosquittoRights(name, filtersOfAll(house, principals))),
	];
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
