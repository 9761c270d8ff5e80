import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { accountsAway } from '../errors.ts';
import type { Principal, Role } from '../principal.ts';
import type { AccountKeeper, ApiToken, StoredAccount } from '../store.ts';

/** The Redis that the brokers of a cluster share. */
export interface RedisAddress {
	/** `redis://`, `rediss://`, or the path of a socket. */
	readonly url: string;
	readonly password?: string | undefined;
}

/** All keys begin so. */
const prefix = 'pilotwire:';
/** How long Redis has to answer, ms. */
const answerMs = 5000;
/** How often a change is tried again whose account somebody else has just changed. */
const mostTries = 20;

/**
 * Changes one account where it still is as it was read. ARGV: prefix, name, before, after (empty: there is none), and what
 * must hold besides: `first`, no administrator yet; `other`, another one. Gives 1 where it did, 0 where that does not hold,
 * -1 where it is not as it was.
 */
const changeScript = `
local accounts = ARGV[1] .. 'accounts'
local name, before, after, rule = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if (redis.call('HGET', accounts, name) or '') ~= before then return -1 end
if rule ~= '' then
	local admins = 0
	local all = redis.call('HGETALL', accounts)
	for at = 1, #all, 2 do
		if all[at] ~= name and cjson.decode(all[at + 1]).principal.role == 'admin' then admins = admins + 1 end
	end
	if (rule == 'first') ~= (admins == 0) then return 0 end
end
if after == '' then redis.call('HDEL', accounts, name) else redis.call('HSET', accounts, name, after) end
redis.call('INCR', ARGV[1] .. 'accounts-version')
return 1
`;

/** Adds or takes out an API token. ARGV: prefix, name, the token (empty: it goes). Gives whether it did. */
const tokenScript = `
local tokens, hashes = ARGV[1] .. 'api-tokens', ARGV[1] .. 'api-token-hashes'
local name, token = ARGV[2], ARGV[3]
local present = redis.call('HGET', tokens, name)
if (token == '') ~= (present and true or false) then return 0 end
if token == '' then
	redis.call('HDEL', hashes, cjson.decode(present).hash)
	return redis.call('HDEL', tokens, name)
end
redis.call('HSET', hashes, cjson.decode(token).hash, token)
return redis.call('HSET', tokens, name, token)
`;

/** An API token as it is kept. */
interface StoredToken extends ApiToken {
	readonly hash: string;
	readonly createdMs: number;
}

type Rule = '' | 'first' | 'other';

/** The accounts of a cluster of brokers, in its Redis. What is asked rejects with `ACCOUNTS_AWAY` where that does not answer. */
export class RedisAccounts implements AccountKeeper {
	readonly #redis: Redis;
	readonly #url: string;

	private constructor({ url, password }: RedisAddress) {
		this.#url = url;
		this.#redis = new Redis(url, {
			...(password === undefined ? {} : { password }),
			...{
				lazyConnect: true,
				enableOfflineQueue: false,
				maxRetriesPerRequest: 0,
				autoResendUnfulfilledCommands: false,
			},
			...{ protocol: 2, disableClientInfo: true, connectTimeout: answerMs, commandTimeout: answerMs },
			// A connection whose way is cut would else be waited for until the system gives up, a quarter of an hour.
			socketTimeout: answerMs,
			retryStrategy: (times) => Math.min(times * 50, 1000),
		});
		// Whoever asks meanwhile is told.
		this.#redis.on('error', () => {});
	}

	/** Connects. Rejects with `ACCOUNTS_AWAY`. */
	static async open(address: RedisAddress): Promise<RedisAccounts> {
		const store = new RedisAccounts(address);
		let said: unknown;
		store.#redis.on('error', (error) => {
			said = error;
		});
		try {
			await store.#redis.connect();
			return store;
		} catch (error) {
			await store.close();
			throw accountsAway(address.url, said ?? error);
		}
	}

	async all(): Promise<StoredAccount[]> {
		const found = Object.values(await this.#asked((redis) => redis.hgetall(`${prefix}accounts`)));
		const byName = (one: StoredAccount, other: StoredAccount): number =>
			one.principal.name < other.principal.name ? -1 : 1;
		return found.map(accountOf).sort(byName);
	}

	async get(name: string): Promise<StoredAccount | undefined> {
		const text = await this.#textOf(name);
		return text === '' ? undefined : accountOf(text);
	}

	async add(principal: Principal, secret: string, wallMs: number, type?: string): Promise<boolean> {
		return (await this.#change(principal.name, '', textOf(newAccount(principal, secret, wallMs, type)))) === 1;
	}

	async addFirstAdmin(principal: Principal, secret: string, wallMs: number): Promise<boolean> {
		const text = textOf(newAccount(principal, secret, wallMs));
		return (await this.#change(principal.name, '', text, 'first')) === 1;
	}

	setSecret(name: string, secret: string): Promise<boolean> {
		return this.#update(name, (account) =>
			account.principal.kind === 'person' ? { ...account, secret, stamp: newStamp() } : undefined,
		);
	}

	setMachineSecret(name: string, secret: string): Promise<boolean> {
		return this.#update(name, (account) =>
			account.principal.kind === 'person' ? undefined : { ...account, secret, stamp: newStamp() },
		);
	}

	setHouses(name: string, houses: readonly string[]): Promise<boolean> {
		return this.#update(name, (account) =>
			account.principal.kind === 'integrator'
				? { ...account, principal: { ...account.principal, houses }, stamp: newStamp() }
				: undefined,
		);
	}

	rehash(name: string, before: string, after: string): Promise<boolean> {
		return this.#update(name, (account) => (account.secret === before ? { ...account, secret: after } : undefined));
	}

	setRole(name: string, role: Role): Promise<boolean> {
		return this.#update(
			name,
			({ principal, ...rest }) =>
				principal.kind === 'person' ? { ...rest, principal: { ...principal, role }, stamp: newStamp() } : undefined,
			({ principal }) => (isAdmin(principal) && role !== 'admin' ? 'other' : ''),
		);
	}

	remove(name: string): Promise<boolean> {
		return this.#update(
			name,
			() => 'removed',
			({ principal }) => (isAdmin(principal) ? 'other' : ''),
		);
	}

	addApiToken({ name, role }: ApiToken, hash: string, wallMs: number): Promise<boolean> {
		const token: StoredToken = { name, role, hash, createdMs: wallMs };
		return this.#changeToken(name, JSON.stringify(token));
	}

	removeApiToken(name: string): Promise<boolean> {
		return this.#changeToken(name, '');
	}

	async apiToken(hash: string): Promise<ApiToken | undefined> {
		const text = await this.#asked((redis) => redis.hget(`${prefix}api-token-hashes`, hash));
		if (text === null) return undefined;
		const { name, role } = JSON.parse(text) as StoredToken;
		return { name, role };
	}

	async apiTokens(): Promise<(ApiToken & { createdMs: number })[]> {
		const found = Object.values(await this.#asked((redis) => redis.hgetall(`${prefix}api-tokens`)));
		return found
			.map((text) => JSON.parse(text) as StoredToken)
			.map(({ name, role, createdMs }) => ({ name, role, createdMs }))
			.sort((one, other) => (one.name < other.name ? -1 : 1));
	}

	/** Whoever asks first makes it. */
	async tokenKey(): Promise<Uint8Array> {
		const key = `${prefix}token-key`;
		const present = (): Promise<Buffer | null> => this.#asked((redis) => redis.getBuffer(key));
		const found = await present();
		if (found !== null) return new Uint8Array(found);
		await this.#asked((redis) => redis.setnx(key, randomBytes(32)));
		return new Uint8Array((await present()) ?? randomBytes(32));
	}

	async version(): Promise<number> {
		return Number((await this.#asked((redis) => redis.get(`${prefix}accounts-version`))) ?? 0);
	}

	async close(): Promise<void> {
		this.#redis.disconnect();
	}

	async #textOf(name: string): Promise<string> {
		return (await this.#asked((redis) => redis.hget(`${prefix}accounts`, name))) ?? '';
	}

	/** Changes an account as it is now. `to`: what it becomes, nothing where it may not. */
	async #update(
		name: string,
		to: (account: StoredAccount) => StoredAccount | 'removed' | undefined,
		ruleOf: (account: StoredAccount) => Rule = () => '',
	): Promise<boolean> {
		for (let tries = 0; tries < mostTries; tries += 1) {
			const before = await this.#textOf(name);
			if (before === '') return false;
			const account = accountOf(before);
			const after = to(account);
			if (after === undefined) return false;
			const done = await this.#change(name, before, after === 'removed' ? '' : textOf(after), ruleOf(account));
			if (done >= 0) return done === 1;
		}
		return false;
	}

	async #change(name: string, before: string, after: string, rule: Rule = ''): Promise<number> {
		return Number(await this.#asked((redis) => redis.eval(changeScript, 0, prefix, name, before, after, rule)));
	}

	async #changeToken(name: string, token: string): Promise<boolean> {
		return Number(await this.#asked((redis) => redis.eval(tokenScript, 0, prefix, name, token))) === 1;
	}

	async #asked<Answer>(ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
		try {
			return await ask(this.#redis);
		} catch (error) {
			throw accountsAway(this.#url, error);
		}
	}
}

function isAdmin(principal: Principal): boolean {
	return principal.kind === 'person' && principal.role === 'admin';
}

function newAccount(principal: Principal, secret: string, createdMs: number, type?: string): StoredAccount {
	return { principal, secret, type, stamp: newStamp(), createdMs };
}

function newStamp(): string {
	return randomBytes(12).toString('base64url');
}

function textOf(account: StoredAccount): string {
	return JSON.stringify(account);
}

function accountOf(text: string): StoredAccount {
	return { type: undefined, ...(JSON.parse(text) as Omit<StoredAccount, 'type'>) };
}
