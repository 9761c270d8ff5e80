import { once } from 'node:events';
import type { AccountSummary, AuthenticateResult } from '@pilotwire/accounts';
import { type DeviceEvent, type DeviceState, topicName, topics } from '@pilotwire/contract';
import { Bus, type Clock, createContext, RpcClient, silentLog, systemClock } from '@pilotwire/runtime';
import { MemoryHub } from '@pilotwire/runtime/testing';
import { until } from '@pilotwire/test/until';
import { WebSocket } from 'ws';
import { type DeviceAccounts, DeviceGateway, deviceGatewaySections } from '../../src/index.ts';

/** Device accounts in memory; a password is `NAME's password`. */
export class FakeAccounts implements DeviceAccounts {
	readonly devices = new Map<string, { type: string | undefined; stamp: number }>();
	/** Where set, every sign-in is put off. */
	busy = false;
	closed = 0;
	#changed: ((names: readonly string[]) => void)[] = [];
	#added: ((names: readonly string[]) => void)[] = [];

	async authenticate(name: string, secret: string): Promise<AuthenticateResult> {
		if (this.busy) return { kind: 'too_many', retryAfterS: 1 };
		if (name === 'camille') {
			return { kind: 'signed_in', principal: { kind: 'person', name, role: 'admin' }, stamp: '1' };
		}
		const device = this.devices.get(name);
		if (device === undefined || secret !== `${name}'s password`) return { kind: 'refused' };
		return { kind: 'signed_in', principal: { kind: 'device', name }, stamp: String(device.stamp) };
	}

	async list(): Promise<AccountSummary[]> {
		return [...this.devices].map(([name, { type }]) => ({ principal: { kind: 'device', name }, type, createdMs: 0 }));
	}

	async stampOf(name: string): Promise<string | undefined> {
		const device = this.devices.get(name);
		return device === undefined ? undefined : String(device.stamp);
	}

	async addMachine(_kind: 'device' | 'service', name: string, type?: string): Promise<{ secret: string }> {
		this.devices.set(name, { type, stamp: 1 });
		for (const tell of this.#added) tell([name]);
		return { secret: `${name}'s password` };
	}

	async rotateSecret(name: string): Promise<{ secret: string }> {
		const device = this.devices.get(name);
		if (device !== undefined) device.stamp += 1;
		for (const tell of this.#changed) tell([name]);
		return { secret: `${name}'s password` };
	}

	async remove(name: string): Promise<void> {
		this.devices.delete(name);
		for (const tell of this.#changed) tell([name]);
	}

	onChange(listener: (names: readonly string[]) => void): void {
		this.#changed.push(listener);
	}

	onAdded(listener: (names: readonly string[]) => void): void {
		this.#added.push(listener);
	}

	async close(): Promise<void> {
		this.closed += 1;
	}
}

/** A device's end of a WebSocket. */
export class Device {
	/** All that it was told. */
	readonly told: unknown[] = [];
	readonly ws: WebSocket;
	/** How it was closed. */
	readonly closed: Promise<number>;

	constructor(port: number, options: { autoPong?: boolean } = {}) {
		this.ws = new WebSocket(`ws://127.0.0.1:${port}`, options);
		this.ws.on('error', () => {});
		this.ws.on('message', (data) => this.told.push(JSON.parse(String(data))));
		this.closed = new Promise((resolve) => this.ws.once('close', (code) => resolve(code)));
	}

	async ready(): Promise<this> {
		if (this.ws.readyState === this.ws.CONNECTING) await once(this.ws, 'open');
		return this;
	}

	/** Signs in; the gateway says nothing to that. */
	signIn(name: string, password = `${name}'s password`): this {
		return this.say({ type: 'auth', name, password });
	}

	say(message: unknown): this {
		this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
		return this;
	}
}

/** A gateway on a free port, with a broker in memory. */
export class Rig {
	readonly hub: MemoryHub;
	readonly accounts: FakeAccounts;
	readonly failures: unknown[] = [];
	/** What it warned of. */
	readonly warnings: string[] = [];
	readonly #dataDir: string;
	readonly #clock: Clock;
	readonly #settings: object;
	readonly #devices: Device[] = [];
	readonly #real: DeviceAccounts | undefined;
	#gateway: DeviceGateway | undefined;
	#ends: (() => Promise<void>)[] = [];

	/** `before`: the life of the house that goes on. `real`: accounts in the place of those in memory. */
	constructor(dataDir: string, settings: object = {}, clock: Clock = systemClock, before?: Rig, real?: DeviceAccounts) {
		this.#real = real;
		this.#dataDir = dataDir;
		this.#settings = settings;
		this.#clock = clock;
		this.hub = before?.hub ?? new MemoryHub();
		this.accounts = before?.accounts ?? new FakeAccounts();
	}

	async start(): Promise<this> {
		const warn = ((_: object, text: string) => this.warnings.push(text)) as never;
		const log = { ...silentLog, warn };
		const context = createContext('device-gateway', log, this.#clock, (error) => this.failures.push(error));
		const transport = this.hub.transport();
		const deviceGateway = deviceGatewaySections.deviceGateway
			.unwrap()
			.parse({ host: '127.0.0.1', port: 0, ...this.#settings });
		const config = { deviceGateway, dataDir: this.#dataDir };
		this.#gateway = new DeviceGateway(
			context,
			new Bus(context, 'home', transport),
			config,
			async () => this.#real ?? this.accounts,
		);
		await this.#gateway.start();
		this.#ends.push(async () => {
			await this.#gateway?.stop();
			context.end();
		});
		this.kill = () => {
			transport.lose();
			context.end();
		};
		return this;
	}

	/** The process is gone: its will is published, and nothing of it runs any more. */
	kill: () => void = () => {};

	async stop(): Promise<void> {
		for (const device of this.#devices.splice(0)) device.ws.terminate();
		for (const end of this.#ends.splice(0).reverse()) await end();
		if (this.failures.length > 0) throw this.failures[0];
	}

	get port(): number {
		return this.#gateway?.addresses()[0]?.port ?? 0;
	}

	get securePort(): number {
		return this.#gateway?.addresses()[1]?.port ?? 0;
	}

	/** A device that has opened a connection. */
	async device(options: { autoPong?: boolean } = {}): Promise<Device> {
		const device = new Device(this.port, options);
		this.#devices.push(device);
		return device.ready();
	}

	/** A device that has signed in, and is on the bus. */
	async signedIn(name: string, options: { autoPong?: boolean } = {}): Promise<Device> {
		if (!this.accounts.devices.has(name)) await this.accounts.addMachine('device', name, 'box');
		const device = (await this.device(options)).signIn(name);
		await until(`${name} is there`, () => this.state(name)?.connected === true);
		return device;
	}

	state(name: string): DeviceState | undefined {
		const text = this.hub.retained.get(topicName('home', topics.device, { device: name }));
		return text === undefined ? undefined : (JSON.parse(text) as DeviceState);
	}

	status(name: string): string | undefined {
		return this.hub.retained.get(topicName('home', topics.deviceStatus, { device: name }));
	}

	events(name: string): DeviceEvent[] {
		const topic = topicName('home', topics.deviceEvent, { device: name });
		return this.hub.published.filter((one) => one.name === topic).map(({ payload }) => JSON.parse(payload));
	}

	/** Publishes as somebody else does. */
	publish(topic: string, payload: unknown, retain = false): void {
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		this.hub.publish({ name: `pilotwire/home/devices/${topic}`, payload: text, qos: 1, retain });
	}

	/** A caller of remote methods. */
	caller(service = 'device-gateway'): (method: string, parameters: Record<string, unknown>) => Promise<unknown> {
		const context = createContext('cli', silentLog, systemClock, (error) => this.failures.push(error));
		const bus = new Bus(context, 'home', this.hub.transport());
		const rpc = new RpcClient(bus, systemClock);
		bus.start();
		this.#ends.push(async () => {
			await bus.stop();
			context.end();
		});
		return (method, parameters) => rpc.call(service, method, parameters, 30_000);
	}
}
