import { type CommissioningState, topics } from '@pilotwire/contract';
import { Bus, type Clock, createContext, MqttTransport, RpcClient, silentLog, systemClock } from '@pilotwire/runtime';
import { busAddress, readHouse } from '../config.ts';
import { connected } from '../connected.ts';
import { asTheServiceSaid, commissioningLost } from '../errors.ts';
import { untilAskedToStop } from '../until-stopped.ts';
import { announcement, progressLine, report, triedLine } from '../view/commission-view.ts';
import type { ConfigOptions } from './options.ts';

interface CommissionOptions extends ConfigOptions {
	readonly json?: true;
}

interface Begun {
	readonly run: string;
	readonly total: number;
	readonly expectedS: number;
	readonly atMostS: number;
}

const SERVICE = 'load-shedder';
/** The run ends this long after this process was last heard of. Seconds. */
const LEASE_S = 30;
const KEEP_MS = 10_000;
/** As one whom Ctrl-C ended. */
const INTERRUPTED = 130;

/** `pilotwire commission [CIRCUITS]`: tries each circuit in turn, and says which are not as configured. */
export async function commission(circuits: readonly string[], options: CommissionOptions): Promise<void> {
	const house = await readHouse(options);
	const address = busAddress(house, 'cli');
	const context = createContext('cli', silentLog, systemClock, () => undefined);
	const bus = new Bus(context, house.site, new MqttTransport(address, 'cli', context.log));
	const rpc = new RpcClient(bus, context.clock);
	const isQuiet = options.json === true;
	const progress = new Progress(isQuiet);
	const states = new States(bus, (state) => progress.show(state));
	const stopped = untilAskedToStop();
	try {
		await connected(bus, context.clock, address.url);
		const parameters = { leaseS: LEASE_S, ...(circuits.length === 0 ? {} : { circuits }) };
		const begun = (await rpc.call(SERVICE, 'commission', parameters).catch((error: unknown) => {
			throw asTheServiceSaid(error);
		})) as Begun;
		if (!isQuiet) console.log(`${announcement(begun)}\n`);
		const ended = states.end(begun.run);
		const interrupted = stopped.then(() => rpc.call(SERVICE, 'stopCommissioning', { run: begun.run }));
		// A stop that comes as the run ends finds it over.
		interrupted.catch(() => undefined);
		const end = await Promise.race([ended, kept(rpc, context.clock, begun.run)]);
		progress.clear();
		console.log(isQuiet ? JSON.stringify(end, undefined, 2) : `\n${report(end)}`);
		if (end.state === 'stopped') process.exitCode = INTERRUPTED;
		else if (end.findings.length > 0) process.exitCode = 1;
	} finally {
		progress.clear();
		await bus.stop();
		context.end();
	}
	process.exit();
}

/** Keeps the run for as long as this process lives. Rejects with `COMMISSIONING_LOST` once it can't. */
function kept(rpc: RpcClient, clock: Clock, run: string): Promise<never> {
	return new Promise((_, reject) => {
		let failures = 0;
		clock.every(KEEP_MS, () => {
			rpc.call(SERVICE, 'keepCommissioning', { run }).then(
				() => {
					failures = 0;
				},
				(error: unknown) => {
					failures += 1;
					if (failures > 1) reject(commissioningLost(error));
				},
			);
		});
	});
}

/** What the bus says of runs; what comes before it is known which one is meant is kept. */
class States {
	#run: string | undefined;
	#last: CommissioningState | undefined;
	#ended: ((state: CommissioningState) => void) | undefined;
	readonly #show: (state: CommissioningState) => void;

	constructor(bus: Bus, show: (state: CommissioningState) => void) {
		this.#show = show;
		bus.on(topics.commissioning, {}, (state) => {
			this.#last = state;
			this.#tell();
		});
	}

	/** The last state of a run. */
	end(run: string): Promise<CommissioningState> {
		return new Promise((resolve) => {
			this.#run = run;
			this.#ended = resolve;
			this.#tell();
		});
	}

	#tell(): void {
		const state = this.#last;
		if (state === undefined || state.run !== this.#run) return;
		this.#show(state);
		if (state.state !== 'running') this.#ended?.(state);
	}
}

/** A line for each attempt; in a terminal, below them, what is done now. */
class Progress {
	readonly #isQuiet: boolean;
	readonly #tries = new Map<string, number>();
	#shown = false;

	constructor(isQuiet: boolean) {
		this.#isQuiet = isQuiet;
	}

	show(state: CommissioningState): void {
		if (this.#isQuiet) return;
		for (const tried of state.circuits) {
			if (tried.tries === (this.#tries.get(tried.circuit) ?? 0)) continue;
			this.#tries.set(tried.circuit, tried.tries);
			this.clear();
			console.log(triedLine(tried));
		}
		const line = progressLine(state);
		if (!process.stdout.isTTY || line === '') return;
		process.stdout.write(`\r\u001B[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
		this.#shown = true;
	}

	clear(): void {
		if (this.#shown) process.stdout.write('\r\u001B[K');
		this.#shown = false;
	}
}
