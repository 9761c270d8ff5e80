import { isDeepStrictEqual } from 'node:util';
import {
	isToken,
	nameless,
	type Principal,
	type PrincipalRights,
	type Role,
	rightsOf,
	serviceNames,
} from '@pilotwire/accounts';
import { type Logger, messageOf } from '@pilotwire/runtime';
import { AccountBook } from './accounts.ts';
import { isOfChannel } from './channels/names.ts';
import { type Reason, reasons } from './edge/wire/reasons.ts';
import type { BrokerOptions, Directory } from './options.ts';
import { Pass } from './pass.ts';

/** Whether a client comes in; if not, as a reason code of MQTT 5 and in words. */
export type Decision =
	| { readonly accepted: true; readonly pass: Pass }
	| { readonly accepted: false; readonly reason: Reason; readonly why: string };

const refused = (reason: Reason, why: string): Decision => ({ accepted: false, reason, why });

/** A client that asks to come in. */
export interface Caller {
	/** Its client id. */
	readonly id: string;
	readonly name: string | undefined;
	readonly secret: Buffer | undefined;
	/** IP address. */
	readonly address: string;
	/** Topic of its last will. */
	readonly will: string | undefined;
}

/** Who comes in, and with which rights. */
export class Gate {
	readonly #book: AccountBook;
	readonly #anonymous: Role | 'guest' | undefined;
	readonly #hasChannels: boolean;
	/** Whether there is no house behind it, and so no service whose client id could be taken. */
	readonly #isHub: boolean;
	readonly #rights: (principal: Principal) => PrincipalRights;
	readonly #log: Logger;
	#directory: Directory | undefined;

	constructor({ accounts = [], anonymous, channels, rights, log, clock }: BrokerOptions) {
		this.#book = new AccountBook(accounts, clock);
		this.#anonymous = anonymous;
		this.#hasChannels = channels !== undefined;
		this.#isHub = anonymous === 'guest' && accounts.length === 0;
		this.#rights = rights ?? ((principal) => rightsOf('home', principal));
		this.#log = log;
	}

	/** From now on this one is asked as well. */
	ask(directory: Directory): void {
		this.#directory = directory;
	}

	/** Whether a client may come in. Never rejects. */
	async decide(caller: Caller): Promise<Decision> {
		const decision = await this.#identify(caller);
		const { id, will } = caller;
		if (decision.accepted && !this.#isHub && isOthersId(id, decision.pass.principal)) {
			return refused(reasons.idNotValid, `the client id ${JSON.stringify(id)} is kept for a service of this house`);
		}
		// A will is a publish; who may not say it is told now, and not when nobody listens any more.
		if (!decision.accepted || will === undefined) return decision;
		if (this.#hasChannels && isOfChannel(will)) {
			// Whether it is a member there is seen when the will is to be said. The log learns no name of a channel.
			if (decision.pass.mayUseChannels) return decision;
			return refused(reasons.notAuthorized, 'its last will is for a channel, and it may not use these');
		}
		if (decision.pass.mayPublish(will)) return decision;
		return refused(reasons.notAuthorized, `its last will is for ${JSON.stringify(will)}, where it may not publish`);
	}

	async #identify({ name, secret = Buffer.alloc(0), address }: Caller): Promise<Decision> {
		if (name === undefined) return this.#nameless();
		const found = isToken(secret.toString()) ? undefined : this.#book.find(name, secret, address);
		if (found?.kind === 'known') return this.#accepted(found.principal);
		if (found?.kind === 'too_many') return tooMany;
		if (this.#directory === undefined) return wrong;
		try {
			const result = await this.#directory.authenticate(name, secret.toString(), address);
			if (result.kind === 'signed_in') return this.#accepted(result.principal, result.stamp);
			return result.kind === 'too_many' ? tooMany : wrong;
		} catch (error) {
			this.#log.error({ err: error }, `Accounts can't be checked: ${messageOf(error)}`);
			return refused(reasons.serverUnavailable, 'accounts could not be checked');
		}
	}

	#nameless(): Decision {
		if (this.#anonymous !== undefined) {
			return this.#accepted(nameless(this.#anonymous));
		}
		return refused(reasons.notAuthorized, 'no name and password given, and anonymous clients are not let in');
	}

	/**
	 * What an account may do that left something behind; nothing where it is not what it was then. `stamp`: of its account
	 * then, where that may change. Rejects with `DATABASE_*`.
	 */
	async recall(principal: Principal, stamp: string | undefined): Promise<Pass | undefined> {
		const holds =
			stamp === undefined ? this.#isKnown(principal) : (await this.#directory?.stampOf(principal.name)) === stamp;
		return holds ? this.#passOf(principal, stamp) : undefined;
	}

	#isKnown(principal: Principal): boolean {
		if (this.#book.has(principal)) return true;
		return this.#anonymous !== undefined && isDeepStrictEqual(principal, nameless(this.#anonymous));
	}

	#accepted(principal: Principal, stamp?: string): Decision {
		return { accepted: true, pass: this.#passOf(principal, stamp) };
	}

	#passOf(principal: Principal, stamp: string | undefined): Pass {
		return new Pass(principal, this.#rights(principal), stamp);
	}
}

/** A client that takes another's id throws that one out: ids that begin with a service's name are that service's. */
function isOthersId(id: string, principal: Principal): boolean {
	const owner = serviceNames.find((name) => id === name || id.startsWith(`${name}-`));
	return owner !== undefined && !(principal.kind === 'service' && principal.name === owner);
}

const wrong = refused(reasons.badNameOrPassword, 'wrong name or password');
const tooMany = refused(reasons.serverUnavailable, 'too many wrong passwords, or too many at once');
