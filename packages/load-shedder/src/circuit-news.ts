import type { CircuitState, ProbeState } from '@pilotwire/contract';
import type { CircuitEvent } from '@pilotwire/shedding';
import type { Moment } from './view.ts';

/** Wireless probes speak at least once an hour; one silent for longer than this knows nothing. Milliseconds. */
const FRESH_MS = 90 * 60_000;

interface Probe {
	readonly room: string;
	/** °C. */
	readonly temperatureC: number;
	/** When it was true, on the monotonic clock. */
	readonly atMs: number;
}

/** What actuators and probes say of circuits, put together. */
export class CircuitNews {
	readonly #circuits = new Map<string, CircuitState>();
	readonly #probes = new Map<string, Probe>();

	circuit(id: string, state: CircuitState): CircuitEvent {
		this.#circuits.set(id, state);
		return this.#event(id, state);
	}

	/** A circuit as it stands now; undefined while nobody has said anything of it. */
	known(id: string): CircuitEvent | undefined {
		const state = this.#circuits.get(id);
		return state && this.#event(id, state);
	}

	circuitGone(id: string): void {
		this.#circuits.delete(id);
	}

	/**
	 * Takes what a probe says; a copy that the broker kept is as old as it says. One that failed says nothing more.
	 * @returns the circuits of the probe's room, as they stand now
	 */
	probe(id: string, { room, temperatureC, at }: ProbeState, retained: boolean, now: Moment): CircuitEvent[] {
		const ageMs = retained ? Math.max(0, now.wallMs - Date.parse(at)) : 0;
		const silent = room === undefined || temperatureC === undefined || ageMs > FRESH_MS;
		if (silent) return this.probeGone(id);
		const before = this.#probes.get(id);
		this.#probes.set(id, { room, temperatureC, atMs: now.monotonicMs - ageMs });
		if (before?.room === room && before.temperatureC === temperatureC) return [];
		return this.#inRooms([before?.room, room]);
	}

	/** @returns the circuits of the probe's room, as they stand without it */
	probeGone(id: string): CircuitEvent[] {
		const before = this.#probes.get(id);
		this.#probes.delete(id);
		return before === undefined ? [] : this.#inRooms([before.room]);
	}

	/** @returns the circuits of rooms whose probe has said nothing for too long, as they stand without it */
	expired(nowMs: number): CircuitEvent[] {
		const silent = [...this.#probes].filter(([, { atMs }]) => nowMs - atMs > FRESH_MS);
		for (const [id] of silent) this.#probes.delete(id);
		return silent.length === 0 ? [] : this.#inRooms(silent.map(([, { room }]) => room));
	}

	#inRooms(rooms: readonly (string | undefined)[]): CircuitEvent[] {
		const concerned = [...this.#circuits].filter(([, { room }]) => room !== undefined && rooms.includes(room));
		return concerned.map(([circuit, news]) => this.#event(circuit, news));
	}

	#event(id: string, state: CircuitState): CircuitEvent {
		const { phase, powerW, learnedPowerW, priority, wanted, inForce, controllable, frostGuard, minOnS, minOffS } =
			state;
		const roomC = this.#roomC(state.room);
		return {
			...{ kind: 'circuit', id, phase, powerW, priority, wanted, inForce, controllable: controllable ?? true },
			reachable: state.reason !== 'unreachable',
			...(learnedPowerW === undefined ? {} : { learnedPowerW }),
			...(frostGuard === undefined ? {} : { frostGuard }),
			...(minOnS === undefined ? {} : { minOnS }),
			...(minOffS === undefined ? {} : { minOffS }),
			...(state.maxWaitS === undefined ? {} : { maxWaitS: state.maxWaitS }),
			...(roomC === undefined ? {} : { roomC }),
		};
	}

	/** The coldest that a probe of the room says. */
	#roomC(room: string | undefined): number | undefined {
		if (room === undefined) return undefined;
		const said = [...this.#probes.values()].filter((probe) => probe.room === room);
		return said.length === 0 ? undefined : Math.min(...said.map(({ temperatureC }) => temperatureC));
	}
}
