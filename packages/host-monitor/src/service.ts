import { type HostLog, type HostSet, type HostState, topicName, topics, WATCH_LEASE_S } from '@pilotwire/contract';
import { type Bus, instantOf, messageOf, type Service, type ServiceContext, type Timer } from '@pilotwire/runtime';
import { type HostMonitorConfig, hostId, hostName } from './config.ts';
import { CpuMeter } from './core/cpu-use.ts';
import { metricsOf } from './core/metrics.ts';
import { Watchers } from './core/watchers.ts';
import type { Identity, Machine } from './io/machine.ts';
import type { Activity, ReadActivity } from './io/processes.ts';

/** One sample this often while nobody watches. Milliseconds. */
const RESTING_MS = 60_000;
/** How often leases are looked at. Milliseconds. */
const LEASES_MS = 1_000;
/** The wall clock was set where it differs by more from what it should show. Milliseconds. */
const STEP_MS = 5_000;

/** What the service touches of the machine. */
export interface Outside {
	readonly machine: Machine;
	readonly readActivity: ReadActivity;
}

/** The topic on which a machine says that it is there: it may be one of several on a bus. */
export function hostPresence(site: string, config: HostMonitorConfig): string {
	return topicName(site, topics.hostStatus, { host: hostId(config) });
}

/** The machine itself on the bus: once a minute for everybody, live for those who watch. */
export class HostMonitor implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: HostMonitorConfig;
	readonly #outside: Outside;
	readonly #parameters: { readonly host: string };
	readonly #watchers = new Watchers();
	/** Two meters: what watchers see must not cut the minutes short. */
	readonly #minuteCpu = new CpuMeter();
	readonly #watchCpu = new CpuMeter();
	#identity: Identity | undefined;
	/** The machine's start: by the monotonic clock, and by the other one, which may be set later. Milliseconds. */
	#bootedMs = { monotonic: 0, wall: Number.NaN };
	#timers: Timer[] = [];
	#live: { readonly timer: Timer; readonly everyS: number } | undefined;
	#watched = 0;
	#sampling = false;
	#state: HostState | undefined;

	constructor(context: ServiceContext, bus: Bus, config: HostMonitorConfig, outside: Outside) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#outside = outside;
		this.#parameters = { host: hostId(config) };
	}

	async start(): Promise<void> {
		const { clock } = this.#context;
		this.#context.measure(metricsOf(() => this.#state));
		this.#identity = await this.#outside.machine.identity();
		this.#bootedMs.monotonic = clock.monotonicMs() - this.#identity.upS * 1_000;
		this.#bus.on(topics.hostSet, this.#parameters, (command) => this.#command(command));
		this.#timers = [
			clock.every(
				RESTING_MS,
				this.#context.guard(() => this.#rest()),
			),
			clock.every(LEASES_MS, () => this.#follow()),
		];
		await this.#rest();
		this.#bus.start();
	}

	async stop(): Promise<void> {
		for (const timer of this.#timers.splice(0)) timer.cancel();
		this.#live?.timer.cancel();
		await this.#bus.stop();
	}

	#command(command: HostSet): void {
		const { clock, log } = this.#context;
		if ('unwatch' in command) this.#watchers.unwatch(command.unwatch.by);
		else if (!this.#watchers.watch(command.watch.by, command.watch.everyS, clock.monotonicMs()))
			log.warn({}, `a watcher was refused: ${this.#watchers.count} watch already, each for ${WATCH_LEASE_S} s more`);
		this.#follow();
	}

	/** Samples at the rhythm that the watchers ask for, and not at all without them. */
	#follow(): void {
		const { clock } = this.#context;
		this.#watchers.expire(clock.monotonicMs());
		const { count, everyS } = this.#watchers;
		if (everyS === this.#live?.everyS && count === this.#watched) return;
		this.#watched = count;
		if (everyS !== this.#live?.everyS) this.#sampleEvery(everyS);
		void this.#rest().catch((error: unknown) => this.#context.fail(error));
	}

	#sampleEvery(everyS: number | undefined): void {
		this.#live?.timer.cancel();
		this.#live = undefined;
		if (everyS !== undefined) {
			// The first look of anybody begins here; before, the cores' time is nobody's.
			this.#watchCpu.use(this.#outside.machine.cores());
			const sample = this.#context.guard(() => this.#sample(everyS));
			this.#live = { timer: this.#context.clock.every(everyS * 1_000, sample), everyS };
		}
	}

	/** The state for everybody. */
	async #rest(): Promise<void> {
		const { machine } = this.#outside;
		const figures = await machine.figures();
		const identity = this.#identity;
		if (identity === undefined) return;
		const { model, system, architecture, cores } = identity;
		const { count: watchers, everyS } = this.#watchers;
		const state: HostState = {
			at: instantOf(this.#context.clock.wallMs()),
			name: hostName(this.#config),
			...(model === undefined ? {} : { model }),
			...{ system, architecture, cores, bootedAt: instantOf(this.#booted()), history: this.#config.host.history },
			...(everyS === undefined ? {} : { watch: { watchers, everyS } }),
			cpuPercent: this.#minuteCpu.use(machine.cores()).cpuPercent,
			...figures,
		};
		this.#state = state;
		this.#bus.publish(topics.host, this.#parameters, state);
	}

	/** When the machine started, by the wall clock as it is now; the same each time unless that was set. */
	#booted(): number {
		const { clock } = this.#context;
		const wallMs = clock.wallMs() - (clock.monotonicMs() - this.#bootedMs.monotonic);
		if (!(Math.abs(wallMs - this.#bootedMs.wall) < STEP_MS)) this.#bootedMs.wall = wallMs;
		return this.#bootedMs.wall;
	}

	/** One sample for all who watch; a machine that can't keep the rhythm leaves some out. */
	async #sample(everyS: number): Promise<void> {
		if (this.#sampling || !this.#bus.connected) return;
		this.#sampling = true;
		try {
			const { machine } = this.#outside;
			const [figures, activity] = await Promise.all([machine.figures(), this.#activity()]);
			const sample: HostLog = {
				at: instantOf(this.#context.clock.wallMs()),
				everyS,
				...this.#watchCpu.use(machine.cores()),
				...figures,
				...activity,
			};
			// They may all have left meanwhile.
			if (this.#watchers.count > 0) this.#bus.publish(topics.hostLog, this.#parameters, sample);
		} finally {
			this.#sampling = false;
		}
	}

	async #activity(): Promise<Activity & Pick<HostLog, 'problem'>> {
		try {
			return await this.#outside.readActivity(this.#config.host.processes);
		} catch (error) {
			return { network: [], processes: [], processCount: 0, problem: messageOf(error).slice(0, 200) };
		}
	}
}
