import { randomBytes } from 'node:crypto';
import type { Database, SqlRow } from '@pilotwire/runtime';
import type { Principal, Role } from './principal.ts';

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
];

/** An account as it is kept. */
export interface StoredAccount {
	readonly principal: Principal;
	/** A person's argon2id hash (PHC string), or the SHA-256 of a machine's secret (hex). */
	readonly secret: string;
	/** Another one with each change of secret or role. */
	readonly stamp: string;
	/** Wall clock, ms. */
	readonly createdMs: number;
}

type Row = SqlRow & { name: string; kind: Principal['kind']; role: Role | null; secret: string; stamp: string } & {
	created_at: number;
};

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

	/** False where the name is taken. */
	add(principal: Principal, secret: string, wallMs: number): Promise<boolean> {
		return this.#changed('INSERT OR IGNORE INTO accounts VALUES (?, ?, ?, ?, ?, ?)', [
			...valuesOf(principal, secret),
			wallMs,
		]);
	}

	/** The same, where no administrator exists yet. */
	addFirstAdmin(principal: Principal, secret: string, wallMs: number): Promise<boolean> {
		return this.#changed(
			`INSERT OR IGNORE INTO accounts SELECT ?, ?, ?, ?, ?, ?
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

function newStamp(): string {
	return randomBytes(12).toString('base64url');
}

function valuesOf(principal: Principal, secret: string): (string | null)[] {
	return [principal.name, principal.kind, principal.kind === 'person' ? principal.role : null, secret, newStamp()];
}

function accountOf({ name, kind, role, secret, stamp, created_at }: Row): StoredAccount {
	const principal: Principal = kind === 'person' ? { kind, name, role: role ?? 'viewer' } : { kind, name };
	return { principal, secret, stamp, createdMs: Number(created_at) };
}
