/** Whom programmes, rules and absences are for. */
import type { CircuitState, Order, PlanTarget, Programme } from '@pilotwire/contract';

/** A circuit as the bus tells of it. */
export interface KnownCircuit {
	readonly id: string;
	readonly kind: CircuitState['kind'];
	readonly room?: string | undefined;
	/** Its order while the planner says nothing of it; undefined while that isn't known. */
	readonly standing?: Order | undefined;
}

/** A named group of rooms and circuits. */
export interface Zone {
	readonly id: string;
	readonly name: string;
	readonly rooms: readonly string[];
	readonly circuits: readonly string[];
}

/** Whether it warms a room: a freezer's plug does not, and nothing that is for the whole house touches it. */
export function heats({ kind, room }: KnownCircuit): boolean {
	return kind === 'radiator' || room !== undefined;
}

/** Whether an absence lowers it: what heats rooms, and water heaters. */
export function restsInAbsence(circuit: KnownCircuit): boolean {
	return heats(circuit) || circuit.kind === 'water_heater';
}

/** Whether a programme or rule for this target is for the circuit. */
export function covers(target: Programme['for'], circuit: KnownCircuit, zones: readonly Zone[]): boolean {
	if (target === 'house') return heats(circuit);
	if ('circuit' in target) return target.circuit === circuit.id;
	if ('room' in target) return target.room === circuit.room;
	if ('thermostat' in target) return false;
	const zone = zones.find(({ id }) => id === target.zone);
	if (zone === undefined) return false;
	return zone.circuits.includes(circuit.id) || (circuit.room !== undefined && zone.rooms.includes(circuit.room));
}

/** The programme that a circuit follows: its own, otherwise its room's, its first zone's, the house's. */
export function programmeOf(
	circuit: KnownCircuit,
	programmes: readonly Programme[],
	zones: readonly Zone[],
): Programme | undefined {
	const candidates = programmes.filter(
		({ enabled, for: target }) => enabled !== false && covers(target, circuit, zones),
	);
	return candidates.sort((one, other) => nearness(one.for, zones) - nearness(other.for, zones))[0];
}

/** Smaller is nearer to the circuit; zones in the order of the configuration. */
function nearness(target: Programme['for'], zones: readonly Zone[]): number {
	if (target === 'house') return Number.MAX_SAFE_INTEGER;
	if ('circuit' in target || 'thermostat' in target) return 0;
	if ('room' in target) return 1;
	return 2 + zones.findIndex(({ id }) => id === target.zone);
}

/** One text for each target: two programmes for the same one would contradict each other. */
export function targetKey(target: Programme['for'] | PlanTarget): string {
	if (target === 'house') return 'house';
	const [[kind, id] = ['', '']] = Object.entries(target);
	return `${kind} ${id}`;
}
