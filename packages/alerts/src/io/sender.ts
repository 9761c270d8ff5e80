import type { Message } from '../core/message.ts';

/** Carries messages to people. */
export interface Sender {
	/** Resolves once it was taken. Rejects with `ALERT_NOT_DELIVERED`, or with `PhoneGone` where nobody is there any more. */
	send(message: Message, signal: AbortSignal): Promise<void>;
	/** Throws what is wrong with its settings, before there is anything to send. A house without alerts is still a house. */
	check?(): void;
}

/** What every sender says of the house. */
export interface SenderFacts {
	readonly site: string;
	/** The dashboard from outside, where a tap leads. */
	readonly url: string | undefined;
}
