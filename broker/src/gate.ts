import type { Logger } from '@pilotwire/runtime';
import { messageOf } from '@pilotwire/runtime';
import type { AuthenticateError } from 'aedes';
import { AccountBook } from './accounts.ts';
import type { BrokerOptions } from './options.ts';

/** Return codes of CONNACK (MQTT 3.1.1 section 3.2.2.3). */
const serverUnavailable = 3;
const badNameOrPassword = 4;
const notAuthorized = 5;

type Decision =
	| { readonly accepted: true }
	| { readonly accepted: false; readonly returnCode: number; readonly why: string };

const refused = (returnCode: number, why: string): Decision => ({ accepted: false, returnCode, why });

/** Who comes in, and what may pass. */
export class Gate {
	readonly #book: AccountBook;
	readonly #options: Pick<BrokerOptions, 'anonymous' | 'authenticate'>;
	readonly #log: Logger;

	constructor(options: Pick<BrokerOptions, 'accounts' | 'anonymous' | 'authenticate'>, log: Logger) {
		this.#book = new AccountBook(options.accounts ?? []);
		this.#options = options;
		this.#log = log;
	}

	/** Whether a client with this name and secret may come in. Never rejects. */
	async decide(name: string | undefined, secret: Buffer | undefined): Promise<Decision> {
		if (name === undefined) {
			if (this.#options.anonymous === true) return { accepted: true };
			return refused(notAuthorized, 'no name and password given, and anonymous clients are not let in');
		}
		const password = secret ?? Buffer.alloc(0);
		try {
			const known = this.#book.accepts(name, password);
			const accepted =
				known || (!this.#book.has(name) && (await this.#options.authenticate?.(name, password)) === true);
			return accepted ? { accepted } : refused(badNameOrPassword, 'wrong name or password');
		} catch (error) {
			this.#log.error({ err: error }, `Accounts can't be checked: ${messageOf(error)}`);
			return refused(serverUnavailable, 'accounts could not be checked');
		}
	}
}

/** What a refusal looks like to the broker core. */
export function authenticateError(returnCode: number, why: string): AuthenticateError {
	return Object.assign(new Error(why), { returnCode });
}

/** A topic that no client may publish to, with the reason. MQTT 3.1.1 sections 1.5.3, 3.3.2.1 and 4.7.2. */
export function topicFault(topic: string): string | undefined {
	if (topic === '') return 'an empty topic';
	if (topic.startsWith('$SYS')) return '$SYS is the broker’s own';
	if (/[+#]/.test(topic)) return 'a topic with a wildcard';
	if (topic.includes('\0')) return 'a topic with a NUL';
	return undefined;
}

/** Shared subscriptions are not served: refused, since a granted one would never deliver. */
export function maySubscribe(filter: string): boolean {
	return !filter.startsWith('$share/') && !filter.includes('\0');
}
