import { createHash } from 'node:crypto';
import type { DeviceOutcome } from '@pilotwire/contract';
import type { Clock } from '@pilotwire/runtime';
import { type CommandRefusal, commandRefusals } from '../errors.ts';

/** A command as it is to be carried out at one device. */
export interface Order {
	readonly id: string;
	/** Whoever gave the command gave its id too, and may give it again. */
	readonly repeatable: boolean;
	readonly command: string;
	readonly value: string | undefined;
	/** Not carried out after this moment; wall clock, ms. */
	readonly untilMs: number | undefined;
	/** It came on the device's own topic, where a device that speaks MQTT has heard it by itself. */
	readonly overheard: boolean;
	/** How long new telemetry is waited for once the device has it, ms. */
	readonly waitMs: number;
}

/** What became of a command. */
export type Outcome = Omit<DeviceOutcome, 'device'>;

/** The marks of commands that outlive the process: none is carried out twice. */
export interface Marks {
	/** Of earlier lives: what became of each, undefined where it was under way when the process ended. */
	find(key: string): { readonly digest: string; readonly outcome: Outcome | undefined } | undefined;
	/** Before it is sent. Throws where it can't be kept. */
	begin(key: string, digest: string): void;
	end(key: string, outcome: Outcome): void;
}

/** What commands are carried out with. */
export interface CommandParts {
	readonly clock: Clock;
	readonly marks: Marks;
	readonly isKnown: (device: string) => boolean;
	/** Sends it at once; settles when the device has it for certain, or is gone. Undefined where it is not there. */
	readonly wayTo: (device: string, order: Order) => (() => Promise<boolean>) | undefined;
	/** A command came to its end, once for each. */
	readonly ended: (device: string, order: Order, outcome: Outcome) => void;
}

interface Remembered {
	readonly digest: string;
	readonly outcome: Promise<Outcome>;
	readonly sinceMs: number;
}

interface Waiter {
	/** The device has the command. */
	confirmed: boolean;
	/** It said something other than before since the command was sent. */
	heard: () => void;
}

/** A command's id is remembered this long. */
export const REMEMBERED_MS = 24 * 3_600_000;
const MOST_REMEMBERED = 20_000;
/** Commands that one device has not confirmed yet. */
const MOST_UNCONFIRMED = 16;

/** Commands on their way to devices: each is carried out at most once, and comes to one outcome. */
export class Commands {
	readonly #parts: CommandParts;
	readonly #remembered = new Map<string, Remembered>();
	/** By device. */
	readonly #waiters = new Map<string, Set<Waiter>>();

	constructor(parts: CommandParts) {
		this.#parts = parts;
	}

	/** Carries it out, or says what became of it the first time. */
	carryOut(device: string, order: Order): Promise<Outcome> {
		const key = `${device} ${order.id}`;
		const digest = digestOf(order);
		const known = this.#remembered.get(key);
		if (known !== undefined) return known.digest === digest ? known.outcome : Promise.resolve(refused('idUsed'));
		const earlier = order.repeatable ? this.#parts.marks.find(key) : undefined;
		if (earlier !== undefined) {
			const repeated = earlier.digest === digest ? (earlier.outcome ?? refused('uncertain')) : refused('idUsed');
			return Promise.resolve(repeated);
		}
		this.#makeRoom();
		const outcome = this.#begin(device, order, key, digest);
		this.#remembered.set(key, { digest, outcome, sinceMs: this.#parts.clock.monotonicMs() });
		return outcome;
	}

	/** A device said something; `other`: than before. */
	heard(device: string, other: boolean): void {
		for (const waiter of this.#waiters.get(device) ?? []) if (waiter.confirmed || other) waiter.heard();
	}

	/** What was never sent may come again under the same id. */
	async #begin(device: string, order: Order, key: string, digest: string): Promise<Outcome> {
		const outcome = this.#sent(device, order, key, digest);
		const settled = outcome instanceof Promise ? await outcome : outcome;
		if (!(outcome instanceof Promise)) {
			// Once it stands among the remembered.
			await Promise.resolve();
			this.#remembered.delete(key);
		} else if (order.repeatable) this.#parts.marks.end(key, settled);
		this.#parts.ended(device, order, settled);
		return settled;
	}

	/** A promise once it is on its way; what hinders it otherwise. */
	#sent(device: string, order: Order, key: string, digest: string): Outcome | Promise<Outcome> {
		const { clock, marks, isKnown, wayTo } = this.#parts;
		if (!isKnown(device)) return refused('unknown');
		if (order.untilMs !== undefined && clock.wallMs() > order.untilMs) return refused('expired');
		const send = wayTo(device, order);
		if (send === undefined) return { outcome: 'offline', ...commandRefusals.away };
		const waiters = this.#waiters.get(device) ?? new Set();
		if (unconfirmed(waiters) >= MOST_UNCONFIRMED) return refused('tooMany');
		if (order.repeatable) {
			try {
				marks.begin(key, digest);
			} catch {
				return refused('notKept');
			}
		}
		this.#waiters.set(device, waiters);
		return this.#confirmed(send, order, waiters).finally(() => {
			if (waiters.size === 0 && this.#waiters.get(device) === waiters) this.#waiters.delete(device);
		});
	}

	async #confirmed(send: () => Promise<boolean>, { waitMs }: Order, waiters: Set<Waiter>): Promise<Outcome> {
		let isHeard = false;
		let settle = (): void => {};
		const waiter: Waiter = {
			confirmed: false,
			heard: () => {
				isHeard = true;
				settle();
			},
		};
		waiters.add(waiter);
		try {
			if (!(await send())) return { outcome: 'offline', ...commandRefusals.lost };
			waiter.confirmed = true;
			if (!isHeard && waitMs > 0) {
				await new Promise<void>((resolve) => {
					const timer = this.#parts.clock.after(waitMs, resolve);
					settle = () => {
						timer.cancel();
						resolve();
					};
				});
			}
			return { outcome: isHeard ? 'acknowledged' : 'delivered' };
		} finally {
			waiters.delete(waiter);
		}
	}

	#makeRoom(): void {
		const nowMs = this.#parts.clock.monotonicMs();
		for (const [key, { sinceMs }] of this.#remembered) {
			if (this.#remembered.size < MOST_REMEMBERED && nowMs - sinceMs < REMEMBERED_MS) return;
			this.#remembered.delete(key);
		}
	}
}

function refused(name: keyof typeof commandRefusals): Outcome {
	const { code, why }: CommandRefusal = commandRefusals[name];
	return { outcome: 'refused', code, why };
}

function unconfirmed(waiters: ReadonlySet<Waiter>): number {
	return [...waiters].filter(({ confirmed }) => !confirmed).length;
}

function digestOf({ command, value }: Order): string {
	return createHash('sha256')
		.update(JSON.stringify([command, value ?? null]))
		.digest('hex')
		.slice(0, 16);
}
