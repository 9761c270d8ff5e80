import type { Order } from '@pilotwire/circuit';

/** A radiator as the twin's controllers and actuators know it. */
export interface TwinCircuit {
	readonly id: string;
	readonly phase: number;
	readonly powerW: number;
	/** 1 is the most important. */
	readonly priority: number;
}

/** What a controller says of one moment, by circuit. Its arrays live as long as the controller and are changed in place. */
export interface Verdict {
	/** 1: must wait. */
	readonly shed: Uint8Array;
	/** The highest order that may reach the wire although it raises the load; undefined: nothing that raises. */
	readonly admitted: (Order | undefined)[];
	/** What a circuit that must wait gets. */
	readonly shedOrder: 'off' | 'frost_protection';
}

/** Decides who waits: this project's shedder, a rival's rule, or nobody. Times are its own monotonic clock, ms. */
export interface Controller {
	readonly verdict: Verdict;
	/**
	 * A phase's load, as the meter says it.
	 * @param amps the current the meter says, rounded as it rounds, A
	 * @returns whether the verdict may have changed
	 */
	load(phase: number, apparentPowerVA: number, limitVA: number, amps: number, nowMs: number): boolean;
	/** Once a second. */
	tick(nowMs: number): boolean;
	/** What is wanted of a circuit and what is on its wire, whenever one of them changes. */
	circuit(index: number, wanted: Order, inForce: Order, nowMs: number): boolean;
	/** What a probe says of a circuit's room, once a minute. */
	room?(index: number, temperatureC: number, nowMs: number): boolean;
	/** It starts anew and remembers nothing. */
	restart?(nowMs: number): void;
}

/** Lets everything pass. */
export function noController(count: number): Controller {
	const verdict = permissive(count, 'off');
	const unchanged = (): boolean => false;
	return { verdict, load: unchanged, tick: unchanged, circuit: unchanged };
}

/** A verdict by which nobody waits and nobody needs an admission. */
export function permissive(count: number, shedOrder: Verdict['shedOrder']): Verdict {
	return { shed: new Uint8Array(count), admitted: new Array<Order>(count).fill('comfort'), shedOrder };
}
