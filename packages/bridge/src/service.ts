import { randomBytes } from 'node:crypto';
import { rightsOf } from '@pilotwire/accounts';
import { type BridgeState, bridgeTopics, MAX_PAYLOAD_BYTES, topics } from '@pilotwire/contract';
import {
	type Bus,
	instantOf,
	type PilotwireError,
	RefusalLog,
	type Service,
	type ServiceContext,
	type Timer,
} from '@pilotwire/runtime';
import { type BridgeConfig, houseOutside } from './config.ts';
import { isPeriodic } from './core/groups.ts';
import { Outbox, type Outgoing } from './core/outbox.ts';
import { type Outward, Routes } from './core/routes.ts';
import { bridgeLoop, rightsMissing } from './errors.ts';
import type { HouseSide } from './house-side.ts';
import { Inbound } from './inbound.ts';
import type { Outside } from './io/outside-broker.ts';
import { metricsOf } from './metrics.ts';
import { Presence } from './presence.ts';

/** After this time all that was retained has come, on either side. Milliseconds. */
const SETTLE_MS = 10_000;
/** Between two reports on the bus, and two looks of those outside at whether the bridge is there. Milliseconds. */
const REPORT_MS = 60_000;
/** Until a house that is another's is asked for again. Milliseconds. */
const REFUSED_MS = 60_000;
/** Topics found outside, until it is known whether the house has them. */
const MOST_FOUND = 20_000;

const decoder = new TextDecoder();

/** Where the bridge stands between the two brokers. */
export interface BridgeSides {
	/** The connection that its bus is on. */
	readonly house: HouseSide;
	readonly outside: Outside;
}

/** The house on an outside broker: its states go out, and what is allowed comes in. */
export class Bridge implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #sides: BridgeSides;
	readonly #config: BridgeConfig;
	readonly #house: string;
	readonly #routes: Routes;
	readonly #outbox = new Outbox();
	/** Names this life of the bridge. */
	readonly #instance = randomBytes(6).toString('hex');
	readonly #presence: Presence;
	readonly #inbound: Inbound;
	/** Among the callers at home. */
	readonly #client = `c${randomBytes(6).toString('hex')}`;
	/** Retained outside, and perhaps no longer at home. */
	readonly #found = new Set<string>();
	readonly #timers: Timer[] = [];
	#settling: Timer | undefined;
	#doing: BridgeState['doing'] = 'connecting';
	#since: number;
	#problem: PilotwireError | undefined;
	#sent = 0;
	#lost = 0;

	constructor(context: ServiceContext, bus: Bus, sides: BridgeSides, config: BridgeConfig) {
		this.#context = context;
		this.#bus = bus;
		this.#sides = sides;
		this.#config = config;
		this.#house = houseOutside(config);
		this.#since = context.clock.wallMs();
		const { site, bridge } = config;
		const { mayPublish } = rightsOf(site, { kind: 'person', name: 'bridge', role: bridge.role });
		this.#routes = new Routes({
			...{ site, mayPublish, house: this.#house },
			share: bridge.share,
			allow: bridge.allow,
		});
		this.#presence = new Presence({
			...{ instance: this.#instance, house: this.#house, username: this.#username },
			...{ outside: sides.outside, clock: context.clock },
			granted: () => this.#begin(),
			refused: (problem) => this.#refuse(problem),
		});
		this.#inbound = new Inbound({
			...{ site, house: this.#house, routes: this.#routes, client: this.#client },
			sayAtHome: (message) => bus.connected && sides.house.publish(message),
			refusals: new RefusalLog(context.log, context.clock),
		});
	}

	async start(): Promise<void> {
		const { clock, guard, measure } = this.#context;
		const { house, outside } = this.#sides;
		measure(metricsOf(() => this.#state()));
		const cross = guard((...message: [Outward, Uint8Array, boolean]) => this.#fromHome(...message));
		house.listen(this.#routes.homeFilters, {
			connected: guard(() => this.#houseIsBack()),
			hear: (name, payload, retained) => {
				const outward = this.#routes.outward(name);
				if (outward !== undefined) cross(outward, payload, retained);
				return outward !== undefined;
			},
		});
		this.#bus.on(topics.rpcReply, { client: this.#client }, (response, { service, client }) => {
			const answer = client === this.#client ? this.#inbound.answer(service, response) : undefined;
			if (answer !== undefined && this.#doing === 'bridging') this.#queue(answer);
		});
		this.#bus.on(bridgeTopics.bridgeEvent, {}, ({ instance }) => {
			if (instance === this.#instance) this.#refuse(bridgeLoop(this.#house));
		});
		this.#timers.push(
			clock.every(REPORT_MS, () => this.#report()),
			clock.every(this.#config.bridge.stateEveryS * 1_000, () => {
				this.#outbox.beat();
				this.#pump();
			}),
		);
		this.#report();
		this.#bus.start();
		const events = {
			connected: guard(() => this.#ask()),
			disconnected: guard(() => this.#isGone()),
			message: guard((...message: [string, Uint8Array, boolean]) => this.#fromOutside(...message)),
			roomAgain: guard(() => this.#pump()),
			problem: guard((error: PilotwireError) => this.#tellProblem(error)),
			refused: guard((filters: readonly string[]) => this.#refuse(rightsMissing(this.#house, this.#username, filters))),
		};
		outside.start(events, this.#presence.status('offline'));
	}

	async stop(): Promise<void> {
		for (const timer of [...this.#timers.splice(0), this.#settling]) timer?.cancel();
		if (this.#doing === 'bridging') this.#sides.outside.publish(this.#presence.status('offline'));
		this.#doing = 'connecting';
		await this.#sides.outside.stop();
		await this.#bus.stop();
	}

	get #username(): string {
		return this.#config.bridge.username ?? this.#house;
	}

	#ask(): void {
		this.#turn('asking');
		this.#presence.ask();
	}

	#begin(): void {
		const { outside } = this.#sides;
		const { log } = this.#context;
		this.#problem = undefined;
		log.info({}, `${hostOf(this.#config.bridge.url)} shows this house as pilotwire/${this.#house}/`);
		this.#found.clear();
		outside.subscribe(this.#routes.mirrorFilters, 0);
		outside.subscribe(this.#routes.outsideFilters, 1);
		this.#outbox.again();
		this.#turn('bridging');
		this.#pump();
		this.#settleLater();
	}

	#isGone(): void {
		this.#presence.leave();
		if (this.#doing !== 'connecting') this.#turn('connecting');
	}

	/** Connected, but not to go on so: it is tried again later. */
	#refuse(problem: PilotwireError): void {
		if (this.#doing === 'refused' || this.#doing === 'connecting') return;
		if (this.#doing === 'bridging') this.#sides.outside.publish(this.#presence.status('offline'));
		this.#isGone();
		this.#sides.outside.leave(REFUSED_MS);
		this.#tellProblem(problem);
		this.#turn('refused');
	}

	/** Says a problem once in the log, however often it comes. */
	#tellProblem(problem: PilotwireError): void {
		const isNews = problem.code !== this.#problem?.code;
		this.#problem = problem;
		if (!isNews) return;
		this.#context.log.warn({}, problem.message);
		this.#report();
	}

	#houseIsBack(): void {
		this.#outbox.doubt();
		this.#settleLater();
	}

	#settleLater(): void {
		this.#settling?.cancel();
		this.#settling = this.#context.clock.after(SETTLE_MS, () => this.#settle());
	}

	/** What is retained outside and no longer at home is cleared; from here on nothing of it need be heard. */
	#settle(): void {
		if (this.#doing !== 'bridging' || !this.#bus.connected) return;
		this.#outbox.forgetUnconfirmed();
		for (const name of this.#found) if (!this.#outbox.has(name)) this.#outbox.clear(name);
		this.#found.clear();
		this.#sides.outside.unsubscribe(this.#routes.mirrorFilters);
		this.#pump();
	}

	#fromHome({ name, topic }: Outward, payload: Uint8Array, retained: boolean): void {
		const { qos, retain } = topic;
		if (payload.length > MAX_PAYLOAD_BYTES || (retained && !retain)) return;
		const message = { name, payload: decoder.decode(payload), qos, retain };
		const periodic = isPeriodic(topic);
		if (retain) this.#outbox.state(message, periodic);
		else if (qos === 1) this.#outbox.event(message);
		// What is late is of no use to anybody.
		else if (this.#doing === 'bridging' && !this.#send(message)) this.#lost += 1;
		if (!periodic) this.#pump();
	}

	#fromOutside(name: string, payload: Uint8Array, retained: boolean): void {
		// An empty one is the clearing of a command that had come retained.
		if (this.#presence.hear(name, payload, retained) || payload.length === 0) return;
		if (this.#routes.isMirrored(name)) {
			if (retained && this.#found.size < MOST_FOUND) this.#found.add(name);
		} else if (retained) {
			this.#inbound.refuse(name, 'a command that is not retained', 'a retained one, which is cleared');
			this.#send({ name, payload: '', qos: 1, retain: true });
		} else if (this.#doing === 'bridging') this.#inbound.take(name, payload, this.#context.clock.monotonicMs());
	}

	#queue(message: Outgoing): void {
		this.#outbox.event(message);
		this.#pump();
	}

	#pump(): void {
		if (this.#doing === 'bridging') this.#outbox.pump((message, landed) => this.#send(message, landed));
	}

	#send(message: Outgoing, landed?: () => void): boolean {
		const isTaken = this.#sides.outside.publish(message, landed);
		if (isTaken) this.#sent += 1;
		return isTaken;
	}

	#turn(doing: BridgeState['doing']): void {
		this.#doing = doing;
		this.#since = this.#context.clock.wallMs();
		this.#report();
	}

	#report(): void {
		// Said again from time to time: the will of a connection that is long dead may come after it.
		if (this.#doing === 'bridging') this.#send(this.#presence.status('online'));
		this.#bus.publish(bridgeTopics.bridge, {}, this.#state());
	}

	#state(): BridgeState {
		const problem = this.#problem;
		return {
			at: instantOf(this.#context.clock.wallMs()),
			...{ house: this.#house, broker: hostOf(this.#config.bridge.url), doing: this.#doing },
			since: instantOf(this.#since),
			...(problem === undefined ? {} : { problem: { code: problem.code, message: problem.message } }),
			...{ sent: this.#sent, received: this.#inbound.received, refused: this.#inbound.refused },
			...{ dropped: this.#outbox.dropped + this.#lost, waiting: this.#outbox.waiting },
		};
	}
}

/** The address without account and password. */
function hostOf(url: string): string {
	const { protocol, host } = new URL(url);
	return `${protocol}//${host}`;
}
