import { randomBytes } from 'node:crypto';
import type { Database, SqlRow } from '@pilotwire/runtime';
import { isHouseName, type Principal, type Role } from './principal.ts';

/** Schema of accounts.db; only ever append. */
export const migrations = [
	`CREATE TABLE accounts (
		name TEXT PRIMARY KEY,
		kind TEXT NOT NULL CHECK (kind IN ('person', 'service', 'device')),
		role TEXT CHECK ((kind = 'person') = (role IS NOT NULL) AND role IN ('admin', 'resident', 'viewer')),
		secret TEXT NOT NULL,
		stamp TEXT NOT NULL,
		created_at INTEGER NOT NULL
	) STRICT;
	CREATE TABLE token_keys (key BLOB NOT NULL) STRICT;
	INSERT INTO token_keys (key) VALUES (randomblob(32));`,
	`ALTER TABLE accounts ADD COLUMN type TEXT CHECK (type IS NULL OR kind = 'device');
	CREATE TABLE api_tokens (
		name TEXT PRIMARY KEY,
		role TEXT NOT NULL CHECK (role IN ('admin', 'resident', 'viewer')),
		hash TEXT NOT NULL UNIQUE,
		created_at INTEGER NOT NULL
	) STRICT;`,
	// Whole houses and integrators; a CHECK can't be changed otherwise.
	`CREATE TABLE accounts_with_houses (
		name TEXT PRIMARY KEY,
		kind TEXT NOT NULL CHECK (kind IN ('person', 'service', 'device', 'home', 'integrator')),
		role TEXT CHECK ((kind = 'person') = (role IS NOT NULL) AND role IN ('admin', 'resident', 'viewer')),
		secret TEXT NOT NULL,
		stamp TEXT NOT NULL,
		created_at INTEGER NOT NULL,
		type TEXT CHECK (type IS NULL OR kind = 'device'),
		houses TEXT CHECK ((houses IS NOT NULL) = (kind IN ('home', 'integrator')))
	) STRICT;
	INSERT INTO accounts_with_houses SELECT name, kind, role, secret, stamp, created_at, type, NULL FROM accounts;
	DROP TABLE accounts;
	ALTER TABLE accounts_with_houses RENAME TO accounts;`,
];

/** An account as it is kept. */
export interface StoredAccount {
	readonly principal: Principal;
	/**
	 * A person's argon2id hash (PHC string), or the SHA-256 of a machine's secret (hex). Of those who were imported with a
	 * password: its bcrypt hash until the next sign-in, then argon2id, devices too.
	 */
	readonly secret: string;
	/** What a device is, such as `box`. */
	readonly type: string | undefined;
	/** Another one with each change of secret or role. */
	readonly stamp: string;
	/** Wall clock, ms. */
	readonly createdMs: number;
}

type Row = SqlRow & {
	name: string;
	kind: Exclude<Principal['kind'], 'guest'>;
	role: Role | null;
	secret: string;
	stamp: string;
} & {
	created_at: number;
	type: string | null;
	/** Of a home or an integrator, separated by spaces. */
	houses: string | null;
};

type TokenRow = SqlRow & { name: string; role: Role; created_at: number };

/** A program that may use the HTTP interface, and as whom. */
export interface ApiToken {
	readonly name: string;
	readonly role: Role;
}

const columns = 'name, kind, role, houses, secret, stamp, created_at';
const onlyAdmin = `(role IS 'admin' AND (SELECT count(*) FROM accounts WHERE role = 'admin') = 1)`;

/** The statements on accounts.db. Each is one transaction: other processes read and write the file as well. */
export class AccountStore {
	readonly #database: Database;

	constructor(database: Database) {
		this.#database = database;
	}

	async all(): Promise<StoredAccount[]> {
		return (await this.#database.all<Row>('SELECT * FROM accounts ORDER BY name')).map(accountOf);
	}

	async get(name: string): Promise<StoredAccount | undefined> {
		const [row] = await this.#database.all<Row>('SELECT * FROM accounts WHERE name = ?', [name]);
		return row === undefined ? undefined : accountOf(row);
	}

	/** False where the name is taken. `type`: what a device is. */
	add(principal: Principal, secret: string, wallMs: number, type?: string): Promise<boolean> {
		return this.#changed(`INSERT OR IGNORE INTO accounts (${columns}, type) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, [
			...valuesOf(principal, secret),
			wallMs,
			type ?? null,
		]);
	}

	/** The same, where no administrator exists yet. */
	addFirstAdmin(principal: Principal, secret: string, wallMs: number): Promise<boolean> {
		return this.#changed(
			`INSERT OR IGNORE INTO accounts (${columns}) SELECT ?, ?, ?, ?, ?, ?, ?
				WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE role = 'admin')`,
			[...valuesOf(principal, secret), wallMs],
		);
	}

	/** False where there is no such person. */
	setSecret(name: string, secret: string): Promise<boolean> {
		return this.#changed(`UPDATE accounts SET secret = ?, stamp = ? WHERE name = ? AND kind = 'person'`, [
			secret,
			newStamp(),
			name,
		]);
	}

	/** False where there is no such device or service. */
	setMachineSecret(name: string, secret: string): Promise<boolean> {
		return this.#changed(`UPDATE accounts SET secret = ?, stamp = ? WHERE name = ? AND kind <> 'person'`, [
			secret,
			newStamp(),
			name,
		]);
	}

	/** Gives an integrator other houses. False where there is none of this name. */
	setHouses(name: string, houses: readonly string[]): Promise<boolean> {
		return this.#changed(`UPDATE accounts SET houses = ?, stamp = ? WHERE name = ? AND kind = 'integrator'`, [
			houses.join(' '),
			newStamp(),
			name,
		]);
	}

	/** The same password under another hash: what is open stays open. False where it has changed meanwhile. */
	rehash(name: string, before: string, after: string): Promise<boolean> {
		return this.#changed('UPDATE accounts SET secret = ? WHERE name = ? AND secret = ?', [after, name, before]);
	}

	/** False where there is no such person, or it is the only administrator. */
	setRole(name: string, role: Role): Promise<boolean> {
		return this.#changed(
			`UPDATE accounts SET role = ?1, stamp = ?2 WHERE name = ?3 AND kind = 'person' AND (?1 = 'admin' OR NOT ${onlyAdmin})`,
			[role, newStamp(), name],
		);
	}

	/** False where there is no such account, or it is the only administrator. */
	remove(name: string): Promise<boolean> {
		return this.#changed(`DELETE FROM accounts WHERE name = ? AND NOT ${onlyAdmin}`, [name]);
	}

	/** False where the name is taken. `hash`: of its secret, hex. */
	addApiToken({ name, role }: ApiToken, hash: string, wallMs: number): Promise<boolean> {
		return this.#changed('INSERT OR IGNORE INTO api_tokens VALUES (?, ?, ?, ?)', [name, role, hash, wallMs]);
	}

	/** The token whose secret has this hash. */
	async apiToken(hash: string): Promise<ApiToken | undefined> {
		const [row] = await this.#database.all<TokenRow>('SELECT * FROM api_tokens WHERE hash = ?', [hash]);
		return row === undefined ? undefined : { name: row.name, role: row.role };
	}

	/** All of them, by name. */
	async apiTokens(): Promise<(ApiToken & { createdMs: number })[]> {
		const rows = await this.#database.all<TokenRow>('SELECT * FROM api_tokens ORDER BY name');
		return rows.map(({ name, role, created_at }) => ({ name, role, createdMs: Number(created_at) }));
	}

	/** False where there is none of this name. */
	removeApiToken(name: string): Promise<boolean> {
		return this.#changed('DELETE FROM api_tokens WHERE name = ?', [name]);
	}

	/** The key that signs tokens. */
	async tokenKey(): Promise<Uint8Array> {
		const [row] = await this.#database.all<{ key: Uint8Array }>(
			'SELECT key FROM token_keys ORDER BY rowid DESC LIMIT 1',
		);
		return row?.key ?? new Uint8Array(randomBytes(32));
	}

	/** Another number when another process has written. */
	async version(): Promise<number> {
		const [row] = await this.#database.all<{ data_version: number }>('PRAGMA data_version');
		return row?.data_version ?? 0;
	}

	close(): Promise<void> {
		return this.#database.close();
	}

	async #changed(sql: string, values: readonly (string | number | null)[]): Promise<boolean> {
		return (await this.#database.run(sql, values)).changes > 0;
	}
}

/** Where accounts are kept: in accounts.db, or with what the brokers of a cluster share. */
export type AccountKeeper = Pick<AccountStore, keyof AccountStore>;

function newStamp(): string {
	return randomBytes(12).toString('base64url');
}

function valuesOf(principal: Principal, secret: string): (string | null)[] {
	const role = principal.kind === 'person' ? principal.role : null;
	return [principal.name, principal.kind, role, housesOf(principal)?.join(' ') ?? null, secret, newStamp()];
}

function housesOf(principal: Principal): readonly string[] | undefined {
	if (principal.kind === 'integrator') return principal.houses;
	return principal.kind === 'home' ? [principal.house] : undefined;
}

function accountOf({ secret, stamp, created_at, type, ...row }: Row): StoredAccount {
	return { principal: principalOf(row), secret, stamp, type: type ?? undefined, createdMs: Number(created_at) };
}

function principalOf({ name, kind, role, houses }: Pick<Row, 'name' | 'kind' | 'role' | 'houses'>): Principal {
	const named = (houses ?? '').split(' ').filter(isHouseName);
	switch (kind) {
		case 'person':
			return { kind, name, role: role ?? 'viewer' };
		case 'home':
			return { kind, name, house: named[0] ?? '' };
		case 'integrator':
			return { kind, name, houses: named };
		default:
			return { kind, name };
	}
}
