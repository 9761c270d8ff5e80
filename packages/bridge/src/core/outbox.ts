/** One message on its way out, payload as text. */
export interface Outgoing {
	readonly name: string;
	readonly payload: string;
	readonly qos: 0 | 1;
	readonly retain: boolean;
}

/** Sends now, or says false; `landed` once it needs no room any more. */
export type Send = (message: Outgoing, landed: () => void) => boolean;

/** Retained topics that are kept up outside: a house has some hundreds. */
export const MOST_STATES = 5_000;
/** Events that wait while there is no way out; the oldest go. */
export const MOST_EVENTS = 1_000;
/** The same in characters. */
export const MOST_EVENT_CHARACTERS = 2_000_000;

interface State {
	readonly message: Outgoing;
	/** Whether it may wait for the next beat. */
	readonly periodic: boolean;
}

/**
 * What is to go out. Of each retained topic the newest is kept and nothing else, so that an outage costs no more than the
 * house has topics; events wait in order, within bounds.
 */
export class Outbox {
	readonly #states = new Map<string, State>();
	/** Names of states whose newest isn't outside yet. */
	readonly #due = new Set<string>();
	/** Periodic ones, until the next beat. */
	readonly #resting = new Set<string>();
	#events: Outgoing[] = [];
	#eventCharacters = 0;
	/** Events that were handed over, until the other side has them. */
	readonly #flying = new Set<Outgoing>();
	/** What was known before the house was heard anew, and hasn't come again. */
	#unconfirmed = new Set<string>();
	#eventIsNext = false;
	#dropped = 0;

	/** Messages that were dropped for want of room. */
	get dropped(): number {
		return this.#dropped;
	}

	get waiting(): number {
		return this.#due.size + this.#resting.size + this.#events.length;
	}

	/** Whether the house has this state; the name is the one outside. */
	has(name: string): boolean {
		return this.#states.has(name);
	}

	/** The newest of a retained topic. An empty payload: the house cleared it. */
	state(message: Outgoing, periodic: boolean): void {
		const { name, payload } = message;
		this.#unconfirmed.delete(name);
		if (payload === '') {
			if (this.#states.delete(name)) this.clear(name);
			return;
		}
		const known = this.#states.get(name);
		if (known === undefined && this.#states.size >= MOST_STATES) {
			this.#dropped += 1;
			return;
		}
		this.#states.set(name, { message, periodic });
		if (periodic && !this.#due.has(name)) this.#resting.add(name);
		else this.#due.add(name);
	}

	/** Clears a retained topic outside. */
	clear(name: string): void {
		this.#states.delete(name);
		this.#resting.delete(name);
		this.#due.add(name);
	}

	event(message: Outgoing): void {
		this.#events.push(message);
		this.#eventCharacters += message.payload.length;
		while (this.#events.length > MOST_EVENTS || this.#eventCharacters > MOST_EVENT_CHARACTERS) {
			this.#eventCharacters -= this.#events.shift()?.payload.length ?? 0;
			this.#dropped += 1;
		}
	}

	/** Periodic states may go now. */
	beat(): void {
		for (const name of this.#resting) this.#due.add(name);
		this.#resting.clear();
	}

	/** A new connection: nobody knows what of the last one arrived. All states go again, and events that were on their way. */
	again(): void {
		this.#resting.clear();
		for (const name of this.#states.keys()) this.#due.add(name);
		const flying = [...this.#flying];
		this.#flying.clear();
		this.#events = [...flying, ...this.#events];
		this.#eventCharacters += flying.reduce((sum, { payload }) => sum + payload.length, 0);
	}

	/** The house is heard anew: what doesn't come again until `forgetUnconfirmed` is no longer there. */
	doubt(): void {
		this.#unconfirmed = new Set(this.#states.keys());
	}

	forgetUnconfirmed(): void {
		for (const name of this.#unconfirmed) this.clear(name);
		this.#unconfirmed.clear();
	}

	/** Hands over as much as is taken; states and events in turn, so that neither waits for all of the other. */
	pump(send: Send): void {
		for (;;) {
			const name = this.#due.values().next().value;
			const event = this.#events[0];
			if (name === undefined && event === undefined) return;
			const takesEvent = event !== undefined && (this.#eventIsNext || name === undefined);
			if (!(takesEvent ? this.#sendEvent(event, send) : this.#sendState(name as string, send))) return;
			this.#eventIsNext = !takesEvent;
		}
	}

	#sendState(name: string, send: Send): boolean {
		const message = this.#states.get(name)?.message ?? { name, payload: '', qos: 1, retain: true };
		if (!send(message, () => undefined)) return false;
		this.#due.delete(name);
		return true;
	}

	#sendEvent(event: Outgoing, send: Send): boolean {
		this.#flying.add(event);
		if (!send(event, () => this.#flying.delete(event))) {
			this.#flying.delete(event);
			return false;
		}
		this.#events.shift();
		this.#eventCharacters -= event.payload.length;
		return true;
	}
}
