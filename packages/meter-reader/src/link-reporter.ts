import { type LinkState, topics } from '@pilotwire/contract';
import { type Bus, instantOf, type ServiceContext } from '@pilotwire/runtime';
import type { MeterSettings } from './config.ts';
import type { LinkMonitor } from './link-monitor.ts';

/** How a meter's line is at this moment. */
interface LinkNow {
	/** Of the port. */
	readonly name: string;
	/** That it may be read at, baud. */
	readonly speeds: readonly number[];
	readonly connected: boolean;
	/** Why it is not, in a sentence. */
	readonly problem: string | undefined;
	readonly mode: LinkState['mode'];
	/** Absent where the line has no speed. */
	readonly baud: number | undefined;
	/** That the outbox had to give up. */
	readonly samplesLost: number;
}

/** Says on the bus and in the log how a meter's line does. */
export class LinkReporter {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #settings: Pick<MeterSettings, 'id' | 'source'>;
	readonly #monitor: LinkMonitor;
	readonly #now: () => LinkNow;
	#said = '';
	#saidProblem: string | undefined;

	constructor(
		context: ServiceContext,
		bus: Bus,
		settings: Pick<MeterSettings, 'id' | 'source'>,
		monitor: LinkMonitor,
		now: () => LinkNow,
	) {
		this.#context = context;
		this.#bus = bus;
		this.#settings = settings;
		this.#monitor = monitor;
		this.#now = now;
	}

	/** Publishes how the line does: always, or only where something but its counters changed. */
	publish(always: boolean): void {
		const { clock, log } = this.#context;
		const { id, source } = this.#settings;
		const nowMs = clock.monotonicMs();
		const { name, speeds, connected, problem: trouble, mode, baud, samplesLost } = this.#now();
		const silentMs = this.#monitor.silentSinceMs(nowMs);
		const problem = this.#monitor.problem(nowMs, { name, connected, problem: trouble, speeds });
		const silentSince = silentMs === undefined ? {} : { silentSince: instantOf(clock.wallMs() - (nowMs - silentMs)) };
		const state = { source, connected, mode, ...(baud === undefined ? {} : { baud }), ...silentSince };
		const timeless = problem?.replace(/ for \d+ s/, '');
		const link = JSON.stringify({ ...state, silentSince: silentMs, problem: timeless });
		if (timeless !== this.#saidProblem && connected && problem !== undefined) {
			log.warn({ meter: id }, `meter ${id}: ${problem}`);
		}
		this.#saidProblem = timeless;
		if (!always && link === this.#said) return;
		this.#said = link;
		const counters = {
			groupsGood: this.#monitor.groupsGood,
			groupsBad: this.#monitor.groupsBad,
			implausible: this.#monitor.implausible,
			framesPerMinute: this.#monitor.framesPerMinute(nowMs),
			...(samplesLost === 0 ? {} : { samplesLost }),
		};
		const at = instantOf(clock.wallMs());
		const payload: LinkState = { at, ...state, ...counters, ...(problem === undefined ? {} : { problem }) };
		this.#bus.publish(topics.link, { meter: id }, payload);
	}

	/** Says in the log what was refused of late, where anything was. */
	summarise(): void {
		const { id } = this.#settings;
		const summary = this.#monitor.summary();
		if (summary !== undefined) this.#context.log.warn({ meter: id }, `meter ${id}: ${summary}`);
	}
}
