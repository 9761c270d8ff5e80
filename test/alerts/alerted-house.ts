// The alerts of a house whose other services the test plays, on a bus without sockets and at a clock that it moves.
import { Alerts, alertsSections, drawerIn } from '@pilotwire/alerts';
import { type AlertsState, alertTopics, type LinkState, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, instantOf, Metrics, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';

const SERVICES = ['meter-reader', 'radiator-actuator', 'load-shedder', 'telemetry'];

/** A house in which somebody is alerted. */
export class AlertedHouse {
	readonly hub = new MemoryHub();
	/** 18:00 in Paris. */
	readonly clock = new VirtualClock(Date.UTC(2026, 0, 15, 17));
	readonly metrics = new Metrics();
	readonly #dataDir: string;
	readonly #failures: unknown[] = [];
	#service: Alerts | undefined;
	#end: () => void = () => undefined;
	#calls = 0;

	constructor(dataDir: string) {
		this.#dataDir = dataDir;
	}

	/** Begins a life of the service; the rest of the house does well. */
	async start(alerts: unknown): Promise<void> {
		for (const service of SERVICES) this.say(topicName('home', topics.status, { service }), 'online');
		const context = createContext('alerts', silentLog, this.clock, (error) => this.#failures.push(error), this.metrics);
		this.#end = () => context.end();
		const config = {
			alerts: alertsSections.alerts.parse(alerts),
			...{ dataDir: this.#dataDir, site: 'home', timeZone: 'Europe/Paris', language: 'en' as const },
			house: { meters: ['main'], rooms: [{ id: 'salon', name: 'Salon', guardC: 7 }], services: SERVICES },
		};
		const bus = new Bus(context, 'home', this.hub.transport());
		this.#service = new Alerts(context, bus, config, drawerIn(this.#dataDir));
		await this.#service.start();
		await this.wait(30);
	}

	/** A clean end. */
	async stop(): Promise<void> {
		await this.#service?.stop();
		this.#service = undefined;
		this.#end();
		expect(this.#failures).to.deep.equal([]);
		expect(this.clock.pending).to.equal(0);
	}

	/** An end without a goodbye. */
	kill(): void {
		this.#end();
		this.#service = undefined;
	}

	/** Time passes. */
	async wait(seconds: number): Promise<void> {
		await this.clock.advanceAsync(seconds * 1_000, 2_000);
	}

	/** Time passes until something is there, as fast as disk and network let it. */
	async waitFor(what: string, look: () => boolean): Promise<void> {
		await until(what, async () => {
			if (!look()) await this.wait(2);
			return look();
		});
	}

	say(name: string, payload: unknown): void {
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({ name, payload: text, qos: 1, retain: true });
	}

	/** What the meter reader says of the meter's line. */
	meter(state: 'speaks' | 'silent'): void {
		const at = instantOf(this.clock.wallMs());
		const link: LinkState = {
			...{ at, source: 'serial:/dev/ttyAMA0', connected: true, mode: 'standard', groupsGood: 1, groupsBad: 0 },
			...{ implausible: 0, framesPerMinute: 40 },
			...(state === 'silent' ? { silentSince: at } : {}),
		};
		this.say(topicName('home', topics.link, { meter: 'main' }), link);
	}

	get state(): AlertsState {
		return JSON.parse(this.hub.retained.get(topicName('home', alertTopics.alerts, {})) ?? '{}') as AlertsState;
	}

	/** Calls a method as a page does; rejects with the service's sentence. */
	async call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
		const client = `c00000000000${this.#calls++}`;
		const name = topicName('home', topics.rpc, { service: 'alerts', client });
		const request = { jsonrpc: '2.0', id: 1, method, params };
		this.hub.publish({ name, payload: JSON.stringify(request), qos: 1, retain: false });
		const reply = topicName('home', topics.rpcReply, { service: 'alerts', client });
		const answer = await until(`an answer to ${method}`, () => this.hub.published.find((one) => one.name === reply));
		const { result, error } = JSON.parse(answer.payload) as {
			result?: Record<string, unknown>;
			error?: { message: string };
		};
		if (error !== undefined) throw new Error(error.message);
		return result ?? {};
	}
}
