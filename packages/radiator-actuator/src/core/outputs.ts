import type { Order } from '@pilotwire/contract';
import { pulseOffset } from '@pilotwire/pilot-wire';
import type { Clock, Logger } from '@pilotwire/runtime';
import { type BoardsConfig, pinMapOf } from '../config.ts';
import { BoardKeeper } from './board-keeper.ts';
import { type BusPort, BusQueue } from './bus-queue.ts';
import type { Radiator } from './radiator.ts';

/** What the outputs need from their surroundings. */
export interface OutputsContext {
	readonly clock: Clock;
	readonly log: Logger;
	/** Something known about a board has changed. */
	changed(): void;
	/** A transfer hangs in the kernel; returns what to do when it came back. */
	hung(): () => void;
}

/** Name of the bus in ids and sentences: its number, or `simulator`. */
export function busName(boards: BoardsConfig): string {
	return typeof boards.bus === 'number' ? String(boards.bus) : 'simulator';
}

/** All boards of one bus: puts orders on their wires and says what stands there. */
export class Outputs {
	readonly keepers: readonly BoardKeeper[];
	readonly #context: OutputsContext;
	readonly #radiators: readonly Radiator[];
	readonly #keeperAt: ReadonlyMap<number, BoardKeeper>;
	readonly #radiatorsAt: ReadonlyMap<number, readonly Radiator[]>;
	readonly #queue: BusQueue;
	readonly #told = new Map<string, string>();
	#comeBack: (() => void) | undefined;
	#verifying = false;

	constructor(port: BusPort, boards: BoardsConfig, radiators: readonly Radiator[], context: OutputsContext) {
		this.#context = context;
		this.#radiators = radiators;
		this.#queue = new BusQueue(port, context.clock, { hung: () => this.#hung(), free: () => this.#free() });
		const events = {
			changed: (keeper: BoardKeeper) => this.#changed(keeper),
			found: (_: BoardKeeper, what: string) => context.log.warn({}, what),
		};
		this.keepers = boards.modules.map((module) => {
			const place = { bus: busName(boards), address: module.address, map: pinMapOf(module) };
			const offsetOf = (wire: number): number => this.#pulseOffset(module.address, wire);
			return new BoardKeeper(this.#queue, { ...place, offsetOf }, context.clock, events);
		});
		this.#keeperAt = new Map(this.keepers.map((keeper) => [keeper.address, keeper]));
		this.#radiatorsAt = new Map(
			this.keepers.map(({ address }) => [address, radiators.filter(({ board }) => board === address)]),
		);
	}

	/** Orders are on their way to a chip; the end of that is told by `changed`. */
	get pending(): boolean {
		return this.keepers.some(({ pending }) => pending);
	}

	/** A transfer hangs. */
	get hung(): boolean {
		return this.#queue.hung;
	}

	/** Reads what stands on all wires; settles when every board has answered or failed. */
	async look(): Promise<void> {
		await Promise.all(this.keepers.map((keeper) => keeper.look()));
	}

	/**
	 * Puts an order on each radiator's wire, touching only boards where something changes; the writes are issued before
	 * this returns. Settles once they stand or have failed; never rejects.
	 */
	show(orderOf: (radiator: Radiator) => Order, again = false): Promise<void> {
		const shown: Promise<void>[] = [];
		for (const keeper of this.keepers) {
			const mine = this.#radiatorsAt.get(keeper.address) ?? [];
			const orders = new Map(mine.map((radiator) => [radiator.wire, orderOf(radiator)]));
			const same = [...orders].every(([wire, order]) => keeper.wanted.get(wire) === order);
			if (again || !same) shown.push(keeper.show(orders));
		}
		return Promise.all(shown).then(() => undefined);
	}

	/** Reads all boards back, one after the other. Never rejects. */
	async verify(): Promise<void> {
		if (this.#verifying) return;
		this.#verifying = true;
		for (const keeper of this.keepers) await keeper.verify();
		this.#verifying = false;
	}

	/** The board of a radiator. */
	keeperOf(radiator: Radiator): BoardKeeper {
		const keeper = this.#keeperAt.get(radiator.board);
		if (keeper === undefined) throw new RangeError(`expected a configured board, got ${radiator.board}`);
		return keeper;
	}

	/** No timer runs any more; the wires stay as they are. */
	stop(): void {
		for (const keeper of this.keepers) keeper.stop();
	}

	#pulseOffset(board: number, wire: number): number {
		const index = this.#radiators.findIndex((radiator) => radiator.board === board && radiator.wire === wire);
		return pulseOffset(Math.max(0, index), this.#radiators.length);
	}

	/** Says a problem once: not again while it lasts, and once for all boards that have the very same. */
	#changed(keeper: BoardKeeper): void {
		const problem = keeper.trouble()?.problem;
		const told = this.#told.get(keeper.id);
		if (problem === undefined) {
			if (this.#told.delete(keeper.id))
				this.#context.log.info({ board: keeper.id }, `board ${keeper.id} is right again`);
		} else if (problem !== told) {
			const known = [...this.#told.values()].includes(problem);
			this.#told.set(keeper.id, problem);
			if (!known) this.#context.log.error({ board: keeper.id }, problem);
		}
		this.#context.changed();
	}

	#hung(): void {
		this.#comeBack = this.#context.hung();
	}

	/** The transfer that hung may have reached its chip just now, and the chips may have lost anything meanwhile. */
	#free(): void {
		this.#comeBack?.();
		this.#comeBack = undefined;
		for (const keeper of this.keepers) void keeper.renew();
	}
}
