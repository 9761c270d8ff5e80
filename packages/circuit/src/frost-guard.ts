/** The frost guard: a room colder than its guard temperature gets heat, whatever was ordered for it. */
import type { Order } from './order.ts';

/** A room that a probe may stand in. */
export interface GuardedRoom {
	readonly id: string;
	/** What comfort means there, °C, where that is known. */
	readonly wantedC?: number | undefined;
	/** Below this the guard asks for heat, °C; undefined where it never does. */
	readonly guardC?: number | undefined;
}

/** What a probe says; `atMs` is when it was true, on the monotonic clock. */
export interface ProbeFigure {
	readonly room?: string | undefined;
	/** °C; undefined while it has no right figure. */
	readonly temperatureC?: number | undefined;
	readonly atMs: number;
}

/** What survives a restart. */
interface FrostGuardMemory {
	/** By room. */
	readonly asked: Readonly<Record<string, Order>>;
	/** The room of each probe that stands in one of those. */
	readonly probes: Readonly<Record<string, string>>;
}

/** The guard ends this far above the temperature at which it begins, K. */
const HYSTERESIS_K = 0.5;
/** Eco is this far below comfort (GIFAM), K. */
const ECO_BELOW_K = 3.5;
/** Eco is enough for the guard where it keeps the room at least this far above the guard temperature, K. */
const ECO_MARGIN_K = 1;
/** This far below the guard temperature eco has not been enough, whatever it should keep, K. */
const ECO_FAILED_K = 1;
/** Wireless probes speak at least once an hour; one silent for longer than this knows nothing. Milliseconds. */
const FRESH_MS = 90 * 60_000;
/** Probes remembered; more than any house has. */
const MOST_PROBES = 500;

/** Knows how warm rooms are, and asks for heat where one is about to freeze. */
export class FrostGuard {
	readonly #rooms: ReadonlyMap<string, GuardedRoom>;
	readonly #probes = new Map<string, ProbeFigure>();
	/** What the guard asks for in each room where it does. */
	readonly #asked = new Map<string, Order>();

	constructor(rooms: readonly GuardedRoom[]) {
		this.#rooms = new Map(rooms.map((room) => [room.id, room]));
	}

	/** Takes what a probe says; undefined where it is gone. Of rooms that nobody configured nothing is kept. */
	probe(id: string, figure: ProbeFigure | undefined): void {
		this.#probes.delete(id);
		if (figure?.room === undefined || !this.#rooms.has(figure.room)) return;
		if (this.#probes.size < MOST_PROBES) this.#probes.set(id, figure);
	}

	/** The room's temperature, °C: its coldest probe's, of those that are fresh; undefined where none is. */
	temperatureC(room: string | undefined, nowMs: number): number | undefined {
		let coldest: number | undefined;
		for (const { room: where, temperatureC, atMs } of this.#probes.values()) {
			if (where !== room || temperatureC === undefined || nowMs - atMs > FRESH_MS) continue;
			coldest = Math.min(coldest ?? Infinity, temperatureC);
		}
		return coldest;
	}

	/**
	 * The least order that the room needs; undefined where it is warm enough. Eco where that keeps the room above its guard
	 * temperature, otherwise comfort. A probe that died begins nothing, and ends nothing: where the guard was heating it goes
	 * on until a figure says that it is warm, or the last probe of the room was taken away.
	 */
	order(room: string | undefined, nowMs: number): Order | undefined {
		const known = room === undefined ? undefined : this.#rooms.get(room);
		if (known?.guardC === undefined) return undefined;
		const temperatureC = this.temperatureC(known.id, nowMs);
		const former = this.#hasProbe(known.id) ? this.#asked.get(known.id) : undefined;
		const asked = temperatureC === undefined ? former : next(known, known.guardC, temperatureC, former);
		if (asked === undefined) this.#asked.delete(known.id);
		else this.#asked.set(known.id, asked);
		return asked;
	}

	/** For a file: what the guard asks for, by room, and the probes of those rooms. */
	memory(): FrostGuardMemory {
		const probes = [...this.#probes].filter(([, { room }]) => room !== undefined && this.#asked.has(room));
		return {
			asked: Object.fromEntries([...this.#asked].sort()),
			probes: Object.fromEntries(probes.map(([id, { room }]) => [id, room as string]).sort()),
		};
	}

	/**
	 * Takes back what `memory` gave; anything else is left out. How cold it was is not remembered: until a probe speaks, the
	 * guard goes on where it was heating.
	 */
	recall(memory: unknown): void {
		const { asked, probes } = (memory ?? {}) as { readonly [Key in keyof FrostGuardMemory]?: unknown };
		for (const [room, order] of entriesOf(asked)) {
			const isGuarded = this.#rooms.get(room)?.guardC !== undefined;
			if (isGuarded && (order === 'eco' || order === 'comfort')) this.#asked.set(room, order);
		}
		for (const [id, room] of entriesOf(probes)) {
			if (typeof room !== 'string' || !this.#asked.has(room) || this.#probes.has(id)) continue;
			this.probe(id, { room, atMs: Number.NEGATIVE_INFINITY });
		}
	}

	#hasProbe(room: string): boolean {
		return [...this.#probes.values()].some((probe) => probe.room === room);
	}
}

function next(
	{ wantedC }: GuardedRoom,
	guardC: number,
	temperatureC: number,
	former: Order | undefined,
): Order | undefined {
	if (temperatureC >= guardC + (former === undefined ? 0 : HYSTERESIS_K)) return undefined;
	const ecoKeepsC = wantedC === undefined ? Number.NEGATIVE_INFINITY : wantedC - ECO_BELOW_K;
	const isEnough = ecoKeepsC >= guardC + ECO_MARGIN_K && temperatureC >= guardC - ECO_FAILED_K;
	return isEnough && former !== 'comfort' ? 'eco' : 'comfort';
}

function entriesOf(value: unknown): [string, unknown][] {
	return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
