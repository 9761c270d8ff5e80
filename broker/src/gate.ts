import { isToken, type Principal, type PrincipalRights, type Role, rightsOf, serviceNames } from '@pilotwire/accounts';
import { type Logger, messageOf } from '@pilotwire/runtime';
import type { AuthenticateError } from 'aedes';
import { AccountBook } from './accounts.ts';
import type { BrokerOptions, Directory } from './options.ts';
import { Pass } from './pass.ts';

/** Return codes of CONNACK (MQTT 3.1.1 section 3.2.2.3). */
const idRejected = 2;
const serverUnavailable = 3;
const badNameOrPassword = 4;
const notAuthorized = 5;

type Decision =
	| { readonly accepted: true; readonly pass: Pass }
	| { readonly accepted: false; readonly returnCode: number; readonly why: string };

const refused = (returnCode: number, why: string): Decision => ({ accepted: false, returnCode, why });

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
	readonly #anonymous: Role | undefined;
	readonly #rights: (principal: Principal) => PrincipalRights;
	readonly #log: Logger;
	#directory: Directory | undefined;

	constructor({ accounts = [], anonymous, rights, log, clock }: BrokerOptions) {
		this.#book = new AccountBook(accounts, clock);
		this.#anonymous = anonymous;
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
		if (decision.accepted && isOthersId(id, decision.pass.principal)) {
			return refused(idRejected, `the client id ${JSON.stringify(id)} is kept for a service of this house`);
		}
		// A will is a publish; who may not say it is told now, and not when nobody listens any more.
		if (!decision.accepted || will === undefined || decision.pass.mayPublish(will)) return decision;
		return refused(notAuthorized, `its last will is for ${JSON.stringify(will)}, where it may not publish`);
	}

	async #identify({ name, secret = Buffer.alloc(0), address }: Caller): Promise<Decision> {
		if (name === undefined) return this.#nameless();
		const found = isToken(secret.toString()) ? undefined : this.#book.find(name, secret, address);
		if (found?.kind === 'known') return this.#accepted(found.principal, false);
		if (found?.kind === 'too_many') return tooMany;
		if (this.#directory === undefined) return wrong;
		try {
			const result = await this.#directory.authenticate(name, secret.toString(), address);
			if (result.kind === 'signed_in') return this.#accepted(result.principal, true);
			return result.kind === 'too_many' ? tooMany : wrong;
		} catch (error) {
			this.#log.error({ err: error }, `Accounts can't be checked: ${messageOf(error)}`);
			return refused(serverUnavailable, 'accounts could not be checked');
		}
	}

	#nameless(): Decision {
		if (this.#anonymous !== undefined) {
			return this.#accepted({ kind: 'person', name: 'anonymous', role: this.#anonymous }, false);
		}
		return refused(notAuthorized, 'no name and password given, and anonymous clients are not let in');
	}

	#accepted(principal: Principal, revocable: boolean): Decision {
		return { accepted: true, pass: new Pass(principal, this.#rights(principal), revocable) };
	}
}

/** A client that takes another's id throws that one out: ids that begin with a service's name are that service's. */
function isOthersId(id: string, principal: Principal): boolean {
	const owner = serviceNames.find((name) => id === name || id.startsWith(`${name}-`));
	return owner !== undefined && !(principal.kind === 'service' && principal.name === owner);
}

const wrong = refused(badNameOrPassword, 'wrong name or password');
const tooMany = refused(serverUnavailable, 'too many wrong passwords, or too many at once');

/** What a refusal looks like to the broker core. */
export function authenticateError(returnCode: number, why: string): AuthenticateError {
	return Object.assign(new Error(why), { returnCode });
}

/** A topic that breaks the protocol, with the reason. MQTT 3.1.1 sections 1.5.3, 3.3.2.1 and 4.7.3. */
export function topicFault(topic: string): string | undefined {
	if (topic === '') return 'an empty topic';
	if (/[+#]/.test(topic)) return 'a topic with a wildcard';
	if (topic.includes('\0')) return 'a topic with a NUL';
	return undefined;
}
