import { Circuits, type Decision, type Moment, OwnPast } from '@pilotwire/circuit';
import { type Order, topics } from '@pilotwire/contract';
import { orderFor } from '@pilotwire/pilot-wire';
import {
	type Bus,
	hearCircuits,
	type Lock,
	messageOf,
	type Service,
	type ServiceContext,
	type Timer,
} from '@pilotwire/runtime';
import type { RadiatorActuatorConfig } from './config.ts';
import { busName, Outputs } from './core/outputs.ts';
import { type Radiator, radiatorsOf } from './core/radiator.ts';
import { Reporter } from './core/reporter.ts';
import { type Outside, outsideOf } from './io/outside.ts';

/** Leases, slots and overrides are looked at this often; a shed set is not kept waiting for it. Milliseconds. */
const TICK_MS = 1_000;
/** The broker gets this long to hand over the states from before a restart. Milliseconds. */
const RESTORE_MS = 1_000;
/** What was learned is written this often, and this soon where a power cut would cost much of it: SD cards wear. Milliseconds. */
const REMEMBER_MS = 3_600_000;
const REMEMBER_SOON_MS = 300_000;
/** A disk that doesn't answer keeps nothing waiting for longer. Milliseconds. */
const DISK_LIMIT_MS = 500;

/** Orders -> boards: the only writer of the pilot wires. */
export class RadiatorActuator implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: RadiatorActuatorConfig;
	readonly #outside: Outside;
	readonly #circuits: Circuits<Radiator>;
	readonly #outputs: Outputs;
	readonly #reporter: Reporter;
	/** The boards that this installation has published. */
	readonly #boards: OwnPast;
	#timers: Timer[] = [];
	#stopped = false;
	#lock: Lock | undefined;
	#decision: Decision | undefined;

	constructor(context: ServiceContext, bus: Bus, config: RadiatorActuatorConfig, outside: Outside = outsideOf(config)) {
		const { clock, log } = context;
		const { boards, fallback } = config;
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#outside = outside;
		const radiators = radiatorsOf(boards, config.radiators);
		this.#outputs = new Outputs(outside.port, boards, radiators, {
			clock,
			log,
			changed: context.guard(() => this.#report()),
			hung: () => this.#hung(),
		});
		const keeperOf = (radiator: Radiator) => this.#outputs.keeperOf(radiator);
		const outputs = {
			confirmed: (radiator: Radiator) => keeperOf(radiator).confirmed(radiator.wire),
			inForce: (radiator: Radiator) => keeperOf(radiator).inForce(radiator.wire),
			reachable: (radiator: Radiator) => keeperOf(radiator).reachable,
			trouble: (radiator: Radiator) => keeperOf(radiator).trouble(radiator.wire),
		};
		this.#circuits = new Circuits(radiators, outputs, {
			owner: bus.service,
			rooms: config.rooms ?? [],
			shedderEnabled: config.shedderEnabled,
			fallbackEnabled: fallback.enabled,
			ceilingVA: fallback.limitVA,
			shareOf: config.shareOf,
		});
		this.#boards = new OwnPast(this.#outputs.keepers.map(({ id }) => id));
		this.#reporter = new Reporter({
			bus,
			circuits: this.#circuits,
			outputs: this.#outputs,
			busName: busName(boards),
			phaseOf: (address) => boards.modules.find((module) => module.address === address)?.phase ?? 1,
		});
	}

	/** The fallback stands on the wires, as far as boards answer, before the network is touched. Throws `LOCK_HELD`. */
	async start(): Promise<void> {
		const { clock } = this.#context;
		this.#lock = await this.#outside.lock();
		// A bus that can't be opened fails at each transfer too, and the boards report it and try again.
		await this.#outside.port.open().catch(() => undefined);
		const memory = this.#within(DISK_LIMIT_MS, this.#outside.memory.read());
		await this.#outputs.look();
		this.#recall(await memory);
		if (this.#stopped) return;
		await this.#decide(true);
		if (this.#stopped) return;
		this.#listen();
		this.#timers = [
			clock.every(TICK_MS, () => void this.#decide()),
			clock.every(this.#config.boards.readBackS * 1_000, () => void this.#outputs.verify()),
			clock.every(REMEMBER_MS, () => void this.#remember()),
			clock.every(REMEMBER_SOON_MS, () => this.#rememberMuch()),
		];
		this.#context.measure([
			{
				name: 'pilotwire_radiators_controlled',
				help: '1 while a live lease of the load-shedder decides; 0 in the fallback.',
				type: 'gauge',
				read: () => (this.#decision?.control === 'lease' ? 1 : 0),
			},
			{
				name: 'pilotwire_radiators_circuits',
				help: 'Circuits it switches.',
				type: 'gauge',
				read: () => this.#circuits.all.length,
			},
		]);
		this.#bus.start();
	}

	/** What stands on the wires afterwards needs nobody: no pulse, and within the blind budget. */
	async stop(): Promise<void> {
		this.#stopped = true;
		for (const timer of this.#timers.splice(0)) timer.cancel();
		if (this.#lock !== undefined) {
			const last = this.#config.fallback.enabled ? this.#circuits.last(this.#now()) : this.#decision;
			if (last !== undefined) await this.#apply(last, (order) => orderFor(order, 4));
			await this.#remember();
		}
		this.#outputs.stop();
		await this.#bus.stop();
		if (!this.#outputs.hung) await this.#outside.port.close().catch(() => undefined);
		await this.#lock?.release();
		this.#lock = undefined;
	}

	#listen(): void {
		const { clock } = this.#context;
		hearCircuits(this.#bus, this.#circuits, {
			log: this.#context.log,
			meter: this.#config.meter,
			shedderEnabled: this.#config.shedderEnabled,
			now: () => this.#now(),
			decide: () => void this.#decide(),
		});
		this.#hearBoards();
		this.#bus.onConnection((connected) => {
			if (connected) this.#timers.push(clock.after(RESTORE_MS, () => this.#release()));
		});
	}

	/** Boards that this installation no longer has are cleared, and what somebody else cleared is said again. */
	#hearBoards(): void {
		const [bus, boards] = [this.#bus, this.#boards];
		bus.on(
			topics.board,
			{},
			(_, { board }, { retained }) => {
				if (retained && boards.takeLeftOver(board)) bus.clear(topics.board, { board });
			},
			({ board }) => {
				this.#reporter.forgetBoard(board);
				void this.#decide();
			},
		);
	}

	#release(): void {
		this.#circuits.release();
		this.#report();
	}

	/** Decides and writes, in this order and without waiting; settles when the writes stand. */
	#decide(again = false): Promise<void> {
		// What a stop has left on the wires stays: nobody would take it back.
		if (this.#stopped) return Promise.resolve();
		const decision = this.#circuits.decide(this.#now());
		const before = this.#decision?.control;
		const done = this.#apply(decision, (order) => order, again);
		if (before !== undefined && before !== decision.control) this.#sayControl(decision.control);
		return done;
	}

	#apply(decision: Decision, made: (order: Order) => Order, again = false): Promise<void> {
		this.#decision = decision;
		const orderOf = ({ id }: Radiator): Order => made(decision.wins.get(id)?.target ?? 'off');
		const shown = this.#outputs.show(orderOf, again);
		// The transfer leaves once this turn of the event loop ends: what has to be said can wait until it has come back.
		if (!this.#outputs.pending) this.#report();
		return shown;
	}

	#report(): void {
		if (this.#decision !== undefined) this.#reporter.report(this.#decision, this.#now());
	}

	#sayControl(control: Decision['control']): void {
		const { log } = this.#context;
		if (control === 'lease') log.info({}, 'the load-shedder decides which radiators wait');
		else if (control === 'fallback')
			log.warn({}, 'no live lease of the load-shedder: radiators take turns within the blind budget until it is back');
		else log.warn({}, 'no live lease of the load-shedder and no fallback: orders apply at once');
	}

	#hung(): () => void {
		const { log } = this.#context;
		log.error({}, 'a transfer hangs on the I2C bus: no board can be driven until it comes back');
		const takeBack = this.#outside.killAtExit();
		return () => {
			takeBack();
			log.info({}, 'the I2C bus is back; all boards are set again');
		};
	}

	#now(): Moment {
		const { clock } = this.#context;
		return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
	}

	#memory(): Record<string, unknown> {
		return { ...this.#circuits.memory(), boards: this.#boards.memory() };
	}

	/** Takes back what was remembered; a disk that was too slow to say it is not overwritten at once. */
	#recall(memory: unknown): void {
		const areOthers = this.#circuits.recall(memory);
		this.#boards.recall((memory as { boards?: unknown } | null | undefined)?.boards);
		if (memory !== undefined && areOthers) void this.#remember();
	}

	#rememberMuch(): void {
		if (this.#circuits.isWorthWriting()) void this.#remember();
	}

	async #remember(): Promise<void> {
		try {
			await this.#within(DISK_LIMIT_MS, this.#outside.memory.write(this.#memory()));
		} catch (error) {
			this.#context.log.warn({ err: error }, `what was learned could not be written: ${messageOf(error)}`);
		}
	}

	/** The outcome, or undefined where it takes longer than `limitMs`. */
	async #within<Result>(limitMs: number, pending: Promise<Result>): Promise<Result | undefined> {
		let limit: Timer | undefined;
		const late = new Promise<undefined>((resolve) => {
			limit = this.#context.clock.after(limitMs, () => resolve(undefined));
		});
		try {
			return await Promise.race([pending, late]);
		} finally {
			limit?.cancel();
		}
	}
}
