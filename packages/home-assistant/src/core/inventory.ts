import type { CircuitState, HostState, ProbeState, ThermostatState } from '@pilotwire/contract';
import { type Naming, type Thing, thingId } from './thing.ts';
import { boardThing } from './things/board.ts';
import { type CircuitShape, circuitShape, circuitThing } from './things/circuit.ts';
import { type HostShape, hostShape, hostThing } from './things/host.ts';
import { type HubShape, hubThing } from './things/hub.ts';
import { type MeterShape, meterThing } from './things/meter.ts';
import { type ProbeShape, probeShape, probeThing } from './things/probe.ts';
import { type ThermostatShape, thermostatShape, thermostatThing } from './things/thermostat.ts';

/** A table of shapes that knows whether anything in it is new. */
class Shapes<Shape> {
	readonly #shapes = new Map<string, { readonly shape: Shape; readonly text: string }>();
	readonly #changed: () => void;

	constructor(changed: () => void) {
		this.#changed = changed;
	}

	set(id: string, shape: Shape): void {
		const text = JSON.stringify(shape);
		if (this.#shapes.get(id)?.text === text) return;
		this.#shapes.set(id, { shape, text });
		this.#changed();
	}

	delete(id: string): void {
		if (this.#shapes.delete(id)) this.#changed();
	}

	/** By id, so that the same house is always said the same way. */
	all(): [string, Shape][] {
		return [...this.#shapes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, { shape }]) => [id, shape]);
	}

	has(id: string): boolean {
		return this.#shapes.has(id);
	}
}

/** What of the house is announced, as far as it has been heard. */
export class Inventory {
	readonly #naming: Naming;
	readonly #hub: Omit<HubShape, 'phases'>;
	/** The ids of the meters, the house's first. */
	readonly #meterIds: readonly string[];
	readonly #meters: Shapes<MeterShape>;
	readonly #circuits: Shapes<CircuitShape & { readonly board?: string | undefined }>;
	readonly #boards: Shapes<true>;
	readonly #probes: Shapes<ProbeShape>;
	readonly #thermostats: Shapes<ThermostatShape>;
	readonly #hosts: Shapes<HostShape>;
	readonly #shedder: Shapes<number>;

	/** @param changed called where the announcements are to be made anew */
	constructor(naming: Naming, hub: Omit<HubShape, 'phases'>, meterIds: readonly string[], changed: () => void) {
		this.#naming = naming;
		this.#hub = hub;
		this.#meterIds = meterIds;
		this.#meters = new Shapes(changed);
		this.#circuits = new Shapes(changed);
		this.#boards = new Shapes(changed);
		this.#probes = new Shapes(changed);
		this.#thermostats = new Shapes(changed);
		this.#hosts = new Shapes(changed);
		this.#shedder = new Shapes(changed);
	}

	meter(id: string, shape: MeterShape): void {
		this.#meters.set(id, shape);
	}

	circuit(id: string, state: CircuitState): void {
		this.#circuits.set(id, { ...circuitShape(state), board: state.board });
	}

	circuitGone(id: string): void {
		this.#circuits.delete(id);
	}

	board(id: string): void {
		this.#boards.set(id, true);
	}

	boardGone(id: string): void {
		this.#boards.delete(id);
	}

	/** A figure that is missing once, of a probe that had it, takes no entity away. */
	probe(id: string, state: ProbeState): void {
		const before = this.#probes.all().find(([known]) => known === id)?.[1];
		const now = probeShape(state);
		this.#probes.set(id, {
			...now,
			hasHumidity: now.hasHumidity || before?.hasHumidity === true,
			hasPressure: now.hasPressure || before?.hasPressure === true,
			hasBattery: now.hasBattery || before?.hasBattery === true,
			hasLinkQuality: now.hasLinkQuality || before?.hasLinkQuality === true,
		});
	}

	probeGone(id: string): void {
		this.#probes.delete(id);
	}

	thermostat(id: string, state: ThermostatState): void {
		this.#thermostats.set(id, thermostatShape(state));
	}

	thermostatGone(id: string): void {
		this.#thermostats.delete(id);
	}

	host(id: string, state: HostState): void {
		this.#hosts.set(id, hostShape(state));
	}

	hostGone(id: string): void {
		this.#hosts.delete(id);
	}

	/** The number of phases that the shedder sees. */
	shedder(phases: number): void {
		this.#shedder.set('shedder', phases);
	}

	/** All things, the hub first: others hang on it. */
	things(): Thing[] {
		const naming = this.#naming;
		const [phases = 0] = this.#shedder.all().map(([, count]) => count);
		const probes = this.#probes.all();
		const meters = this.#meters.all().filter(([id]) => this.#meterIds.includes(id));
		return [
			hubThing(naming, { ...this.#hub, phases }),
			...this.#boards.all().map(([id]) => boardThing(naming, id)),
			...meters.map(([id, shape]) => {
				const place = { isOnly: this.#meterIds.length === 1, saysTariff: id === this.#meterIds[0] };
				return meterThing(naming, { id, ...place, everyS: this.#hub.everyS }, shape);
			}),
			...this.#circuits.all().map(([id, { board, ...shape }]) =>
				circuitThing(naming, id, shape, {
					board: board !== undefined && this.#boards.has(board) ? thingId(naming, 'board', board) : undefined,
					probe: probes.find(([, { room }]) => room !== undefined && room === shape.room)?.[0],
				}),
			),
			...probes.map(([id, shape]) => probeThing(naming, id, shape)),
			...this.#thermostats.all().map(([id, shape]) => thermostatThing(naming, id, shape)),
			...this.#hosts.all().map(([id, shape]) => hostThing(naming, id, shape)),
		];
	}
}
