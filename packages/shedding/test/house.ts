import { type Order, raises } from '@pilotwire/circuit';
import {
	type Action,
	decide,
	emptyState,
	type SheddingEvent,
	type SheddingSettings,
	type SheddingState,
	shedSet,
	snapshot,
} from '@pilotwire/shedding';

/** A radiator that draws its power while its order lets it, `delayS` after the order. */
export interface Radiator {
	readonly id: string;
	readonly powerW: number;
	readonly priority?: number;
	readonly phase?: number;
	readonly wanted?: Order;
	readonly inForce?: Order;
	readonly controllable?: boolean;
	readonly frostGuard?: boolean;
	readonly delayS?: number;
	/** Its thermostat: whether it draws at a time. */
	readonly thermostat?: (second: number) => boolean;
	/** It keeps its order whatever it is told. */
	readonly deaf?: boolean;
}

export interface Switching {
	readonly second: number;
	readonly id: string;
	readonly to: Order;
}

interface Output {
	readonly radiator: Radiator;
	wanted: Order;
	inForce: Order;
	/** Orders in force in the last seconds, newest last. */
	past: Order[];
	draws: boolean;
}

/** Radiators, a background load and a meter that says each second a coarse figure and a finer one; all obey honestly. */
export class House {
	state: SheddingState;
	second = 0;
	readonly actions: (Action & { second: number })[] = [];
	readonly switchings: Switching[] = [];
	readonly loads: number[] = [];
	/** Whether a radiator began to draw in the present second. */
	began = false;
	/** Called around each decision. */
	watch: (before: SheddingState, event: SheddingEvent, after: SheddingState, actions: readonly Action[]) => void =
		() => {};
	readonly #outputs: Output[];
	readonly #limitVA: number;
	readonly #background: (second: number) => number;

	constructor(
		limitVA: number,
		background: (second: number) => number,
		radiators: readonly Radiator[],
		settings: Partial<SheddingSettings> = {},
	) {
		this.#limitVA = limitVA;
		this.#background = background;
		this.state = emptyState(settings);
		this.#outputs = radiators.map((radiator) => {
			const inForce = radiator.inForce ?? 'comfort';
			return { radiator, wanted: radiator.wanted ?? 'comfort', inForce, past: [inForce], draws: false };
		});
		for (const output of this.#outputs) this.#tell(output);
	}

	want(id: string, order: Order): void {
		for (const output of this.#outputs) if (output.radiator.id === id) output.wanted = order;
	}

	/** Lets seconds pass. */
	run(seconds: number, meter = true): this {
		for (let step = 0; step < seconds; step++) {
			this.second++;
			for (const output of this.#outputs) this.#obey(output);
			this.#draw();
			const load = this.load();
			this.loads.push(load);
			const event = { kind: 'load', phase: 1, limitVA: this.#limitVA } as const;
			if (meter) {
				this.send({ ...event, apparentPowerVA: Math.round(load / 230) * 230 });
				this.send({ ...event, apparentPowerVA: load });
			}
			this.send({ kind: 'tick' });
		}
		return this;
	}

	send(event: SheddingEvent): void {
		const before = this.state;
		const { state, actions } = decide(before, event, this.second * 1000);
		this.state = state;
		this.actions.push(...actions.map((action) => ({ ...action, second: this.second })));
		this.watch(before, event, state, actions);
	}

	load(): number {
		let total = this.#background(this.second);
		for (const { radiator, draws } of this.#outputs) if (draws) total += radiator.powerW;
		return total;
	}

	heating(): string[] {
		return this.#outputs.filter((output) => output.inForce === output.wanted).map((output) => output.radiator.id);
	}

	kinds(): string[] {
		return this.actions.map((action) => `${action.kind} ${action.id ?? ''}`.trim());
	}

	predictedVA(): number {
		return snapshot(this.state).phases[0]?.predictedVA ?? 0;
	}

	/** What an actuator does: lower at once, raise only what is admitted. */
	#obey(output: Output): void {
		const { radiator } = output;
		const { shed, admitted } = shedSet(this.state);
		let target = shed.includes(radiator.id) ? 'off' : output.wanted;
		const may = admitted[radiator.id];
		if (raises(output.inForce, target) && (may === undefined || raises(may, target))) target = output.inForce;
		const before = output.inForce;
		if (radiator.deaf !== true) output.inForce = target;
		if (before !== output.inForce) this.switchings.push({ second: this.second, id: radiator.id, to: output.inForce });
		output.past = [...output.past, output.inForce].slice(-1 - (radiator.delayS ?? 2));
		this.#tell(output);
	}

	#draw(): void {
		this.began = false;
		for (const output of this.#outputs) {
			const order = output.past[0] ?? 'off';
			const heats = order !== 'off' && order !== 'frost_protection';
			const draws = heats && (output.radiator.thermostat?.(this.second) ?? true);
			this.began ||= draws && !output.draws;
			output.draws = draws;
		}
	}

	#tell({ radiator, wanted, inForce }: Output): void {
		const { id, powerW, priority = 1, phase = 1, controllable = true, frostGuard = false } = radiator;
		this.send({ kind: 'circuit', id, phase, powerW, priority, wanted, inForce, controllable, frostGuard });
	}
}
