import type { Passing } from '../persistence/waiting.ts';
import type { Membership } from './membership.ts';

/** Bytes on their way that somebody answers for: one member for what it sent, or the broker for all of it. */
export class UnderWay {
	#bytes = 0;
	readonly #most: number;
	#room: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

	constructor(most: number) {
		this.#most = most;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Whether so many more are too many even for one who was told to wait. */
	refuses(more: number): boolean {
		return this.#bytes > 0 && this.#bytes + more > 2 * this.#most;
	}

	add(bytes: number): void {
		this.#bytes += bytes;
	}

	remove(bytes: number): void {
		this.#bytes -= bytes;
		if (this.#bytes <= this.#most) this.release();
	}

	/** Resolves once there is room again; undefined where there is. */
	room(): Promise<void> | undefined {
		if (this.#bytes <= this.#most) return undefined;
		this.#room ??= waiting();
		return this.#room.promise;
	}

	/** Lets go of all who wait. */
	release(): void {
		this.#room?.resolve();
		this.#room = undefined;
	}
}

/** One message on its way to those who acknowledge it. */
export class Flight {
	readonly #bytes: number;
	readonly #answer: readonly UnderWay[];
	/** Receivers that have not taken it, and one more until all are known. */
	#left = 1;

	/** `answer`: who answers for its bytes. */
	constructor(bytes: number, answer: readonly UnderWay[]) {
		this.#bytes = bytes;
		this.#answer = answer;
		for (const one of answer) one.add(bytes);
	}

	/** It goes to one more. */
	to(receiver: Membership): Passing {
		this.#left += 1;
		receiver.waits();
		return new Parcel(receiver, () => this.landed());
	}

	/** One has taken it, or all receivers are known. */
	landed(): void {
		this.#left -= 1;
		if (this.#left > 0) return;
		for (const one of this.#answer) one.remove(this.#bytes);
	}
}

/** A message on its way to one receiver. */
class Parcel implements Passing {
	readonly #receiver: Membership;
	readonly #landed: () => void;
	#settled = false;

	constructor(receiver: Membership, landed: () => void) {
		this.#receiver = receiver;
		this.#landed = landed;
	}

	get isOver(): boolean {
		return this.#receiver.isOver;
	}

	settle(): void {
		if (this.#settled) return;
		this.#settled = true;
		this.#receiver.took();
		this.#landed();
	}
}

function waiting(): { promise: Promise<void>; resolve: () => void } {
	let resolve = (): void => {};
	const promise = new Promise<void>((done) => {
		resolve = done;
	});
	return { promise, resolve };
}
