import type { CircuitState, ProbeState } from '@pilotwire/contract';
import type { CircuitEvent } from '@pilotwire/shedding';

/** What actuators and probes say of circuits, put together. */
export class CircuitNews {
	readonly #circuits = new Map<string, CircuitState>();
	/** Temperature by probe, with its room, °C. */
	readonly #probes = new Map<string, { room: string; temperatureC: number }>();

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

	/** @returns the circuits of the probe's room, as they stand now; a probe that failed, or is gone, says nothing more */
	probe(id: string, state?: ProbeState): CircuitEvent[] {
		const before = this.#probes.get(id);
		const { room, temperatureC } = state ?? {};
		const known = room === undefined || temperatureC === undefined ? undefined : { room, temperatureC };
		if (before?.room === known?.room && before?.temperatureC === known?.temperatureC) return [];
		if (known === undefined) this.#probes.delete(id);
		else this.#probes.set(id, known);
		const concerned = [...this.#circuits].filter(
			([, circuit]) => circuit.room !== undefined && [before?.room, known?.room].includes(circuit.room),
		);
		return concerned.map(([circuit, news]) => this.#event(circuit, news));
	}

	#event(id: string, state: CircuitState): CircuitEvent {
		const { phase, powerW, learnedPowerW, priority, wanted, inForce, controllable, frostGuard, minOnS, minOffS } =
			state;
		const roomC = this.#roomC(state.room);
		return {
			...{ kind: 'circuit', id, phase, powerW, priority, wanted, inForce, controllable: controllable ?? true },
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
