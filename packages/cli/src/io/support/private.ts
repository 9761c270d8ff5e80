import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { askRedis, configuredCluster } from '@pilotwire/broker';
import { messageOf, silentLog, systemClock } from '@pilotwire/runtime';
import { namedFiles } from '../../backup/manifest.ts';
import type { House } from '../../config.ts';
import { nodeName } from '../../doctor/nodes.ts';
import { whereAccountsAre } from '../../house-accounts.ts';
import { blanked, type Private } from '../../support/anonymous.ts';

/** A secret's file is small; a certificate is none. Bytes. */
const LARGEST_SECRET = 4_096;
/** What a service keeps among the secrets may be a list. Bytes. */
const LARGEST_LIST = 1_000_000;
/** Keys and addresses within such a list; shorter words are its own. */
const LEAST_KEY = 16;

/** What must not leave a house, as far as it is known. */
export interface KnownPrivate extends Private {
	/** Why nobody can say which names its accounts have; absent where it is known. */
	readonly namesUnknown?: string;
}

/** All of a house that must not leave it. */
export async function privateOf(house: House): Promise<KnownPrivate> {
	const folder = join(house.dataDir, 'secrets');
	const own = await Promise.all(
		(await readdir(folder).catch(() => [])).map((name) => textOf(join(folder, name), LARGEST_LIST)),
	);
	const named = await Promise.all(namedFiles(house).map((path) => textOf(resolve(path), LARGEST_SECRET)));
	const within = [...own, ...named].map(secretsIn);
	const { secrets, accounts, hosts } = blanked(house).found;
	const kept = await accountNames(house).catch((error: unknown) => messageOf(error));
	return {
		secrets: [...secrets, ...within.flatMap((file) => file.secrets)],
		accounts: [...accounts, ...within.flatMap((file) => file.names), ...(typeof kept === 'string' ? [] : kept)],
		hosts: [hostname(), ...hosts, ...(await nodeNames(house))],
		...(typeof kept === 'string' ? { namesUnknown: kept } : {}),
	};
}

/** The other nodes of its cluster, by default named after their machines; nobody where Redis does not say. */
async function nodeNames({ broker }: House): Promise<string[]> {
	try {
		const cluster = configuredCluster(broker);
		const answer = cluster === undefined ? undefined : await askRedis(cluster);
		return answer?.kind === 'accepted' ? answer.facts.nodes.map(nodeName) : [];
	} catch {
		return [];
	}
}

/** What a secret's file holds: lines, such as the first account's `word: value`, or a list as JSON. */
function secretsIn(text: string): { secrets: string[]; names: string[] } {
	const [secrets, names]: [string[], string[]] = [[], []];
	try {
		const list: unknown = JSON.parse(text, (key, value: unknown) => {
			if (typeof value === 'string' && key === 'name') names.push(value);
			else if (typeof value === 'string' && value.length >= LEAST_KEY) secrets.push(value);
			return value;
		});
		if (typeof list === 'object' && list !== null) return { secrets, names };
	} catch {
		// Most are no lists.
	}
	const lines = text.split('\n').map((line) => line.replace(/^\w+: /, '').trim());
	return { secrets: lines.filter((line) => !line.startsWith('-----')), names };
}

async function textOf(path: string, mostBytes: number): Promise<string> {
	try {
		return (await stat(path)).size > mostBytes ? '' : await readFile(path, 'utf8');
	} catch {
		return '';
	}
}

/** Rejects with `DATABASE_*`, or `ACCOUNTS_AWAY` in a cluster, where they can't be read. */
async function accountNames(house: House): Promise<string[]> {
	const where = whereAccountsAre(house);
	if (where.redis === undefined && !existsSync(where.path)) return [];
	const accounts = await Accounts.open({ ...where, log: silentLog, clock: systemClock });
	try {
		return (await accounts.list()).map(({ principal }) => principal.name);
	} finally {
		await accounts.close();
	}
}
