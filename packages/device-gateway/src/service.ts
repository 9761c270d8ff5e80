import type { Accounts } from '@pilotwire/accounts';
import { type DeviceSet, topics } from '@pilotwire/contract';
import { type Bus, instantOf, RefusalLog, type Service, type ServiceContext, serveRpc } from '@pilotwire/runtime';
import type { WebSocket } from 'ws';
import type { DeviceGatewayConfig } from './config.ts';
import { Commands, type Order, type Outcome } from './core/commands.ts';
import { Doorway } from './core/doorway.ts';
import { accountNameOf } from './core/message.ts';
import { type Closing, closings, commandRefusals, type PortSetting } from './errors.ts';
import { CommandFile } from './io/command-file.ts';
import { Connection, type SignedIn } from './io/connection.ts';
import { type Address, Listener } from './io/listener.ts';
import { adminMethods, deviceMethods, newCommandId, WAIT_S } from './methods.ts';
import { Presence } from './presence.ts';

/** The accounts as the gateway needs them. */
export type DeviceAccounts = Pick<
	Accounts,
	'authenticate' | 'list' | 'stampOf' | 'addMachine' | 'rotateSecret' | 'remove' | 'onChange' | 'onAdded' | 'close'
>;

const SECOND_MS = 1_000;
/** Connections above the devices' own: those that have not signed in yet. */
const STRANGERS = 600;

/** Devices that speak JSON over WebSocket, or MQTT themselves: on the bus with their status, and commands to them. */
export class DeviceGateway implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: DeviceGatewayConfig;
	readonly #openAccounts: () => Promise<DeviceAccounts>;
	readonly #presence: Presence;
	readonly #doorway = new Doorway();
	readonly #marks: CommandFile;
	readonly #refusals: RefusalLog;
	readonly #commands: Commands;
	readonly #connections = new Set<Connection>();
	/** Those that have signed in, by name. */
	readonly #open = new Map<string, Connection>();
	#accounts: DeviceAccounts | undefined;
	#listeners: Listener[] = [];
	#addresses: Address[] = [];
	#stopping = false;
	#heard = 0;
	#refused = 0;

	/** `openAccounts` is called once, by `start`; `stop` closes what it gave. */
	constructor(
		context: ServiceContext,
		bus: Bus,
		config: DeviceGatewayConfig,
		openAccounts: () => Promise<DeviceAccounts>,
	) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#openAccounts = openAccounts;
		this.#presence = new Presence({
			...{ context, bus },
			isOpen: (name) => this.#open.has(name),
			heard: (name, other) => this.#commands.heard(name, other),
		});
		this.#refusals = new RefusalLog(context.log, context.clock);
		this.#marks = new CommandFile(config.dataDir, context.clock);
		this.#commands = new Commands({
			clock: context.clock,
			marks: this.#marks,
			isKnown: (device) => this.#presence.stateOf(device) !== undefined,
			wayTo: (device, order) => this.#wayTo(device, order),
			ended: (device, order, outcome) => this.#tellOutcome(device, order, outcome),
		});
	}

	/** Listens. Rejects with `DEVICE_*` or what the accounts reject with. */
	async start(): Promise<void> {
		const { clock, log, guard } = this.#context;
		const accounts = await this.#openAccounts();
		this.#accounts = accounts;
		accounts.onChange(guard(() => this.#followAccounts()));
		accounts.onAdded(guard(() => this.#followAccounts()));
		this.#marks.open();
		await this.#followAccounts();
		this.#presence.begin();
		this.#bus.on(topics.deviceSet, {}, (command, { device }) => this.#commanded(device, command));
		const parts = {
			accounts,
			names: () => this.#presence.devices.names,
			stateOf: (name: string) => this.#presence.stateOf(name),
			carryOut: (device: string, order: Order) => this.#commands.carryOut(device, order),
		};
		serveRpc(this.#bus, deviceMethods(parts));
		serveRpc(this.#bus, adminMethods(parts), `${this.#context.name}-admin`);
		await this.#listen();
		this.#measure();
		clock.every(SECOND_MS, () => {
			const nowMs = clock.monotonicMs();
			for (const connection of this.#open.values()) connection.look(nowMs);
		});
		this.#bus.start();
		for (const { host, port } of this.#addresses)
			log.info({ host, port }, `Devices are heard at ${host}, port ${port}`);
	}

	/** Says of each device that it is gone, and lets go of all of them. */
	async stop(): Promise<void> {
		for (const connection of [...this.#connections]) connection.close(closings.goingAway);
		this.#stopping = true;
		this.#presence.end();
		await Promise.all(this.#listeners.map((listener) => listener.stop()));
		await this.#bus.stop();
		await this.#accounts?.close();
		this.#marks.close();
	}

	/** Where it really listens, once started: plain, then secure. */
	addresses(): readonly Address[] {
		return this.#addresses;
	}

	async #listen(): Promise<void> {
		const { host, port, tls, trustProxy, maxMessageBytes, maxDevices, authTimeoutS } = this.#config.deviceGateway;
		const { clock, log } = this.#context;
		const common = {
			...{ host, trustProxy, clock, log, maxMessageBytes, mostConnections: maxDevices + STRANGERS },
			requestWithinMs: authTimeoutS * SECOND_MS,
			onConnection: this.#context.guard((ws: WebSocket, address: string) => this.#take(ws, address)),
		};
		const open = async (port: number, setting: PortSetting, secure: Partial<{ tls: typeof tls }>): Promise<void> => {
			const listener = new Listener({
				...common,
				port,
				setting,
				...(secure.tls === undefined ? {} : { tls: secure.tls }),
			});
			this.#addresses.push(await listener.start());
			this.#listeners.push(listener);
		};
		await open(port, 'deviceGateway.port', {});
		if (tls !== undefined) await open(tls.port, 'deviceGateway.tls.port', { tls });
	}

	#measure(): void {
		this.#context.measure([
			{
				name: 'pilotwire_devices_connected',
				help: 'Devices that are there, by WebSocket or MQTT.',
				type: 'gauge',
				read: () => this.#presence.devices.connected,
			},
			{
				name: 'pilotwire_device_messages_total',
				help: 'Telemetry messages of devices.',
				type: 'counter',
				read: () => this.#heard,
			},
			{
				name: 'pilotwire_device_sign_ins_refused_total',
				help: 'Sign-ins of devices that were refused or put off.',
				type: 'counter',
				read: () => this.#refused,
			},
		]);
	}

	#take(ws: WebSocket, address: string): void {
		const { pingS, authTimeoutS, maxMessagesPerS } = this.#config.deviceGateway;
		if (this.#stopping || !this.#doorway.enter(address)) {
			ws.on('error', () => {});
			ws.terminate();
			return;
		}
		const { clock, log } = this.#context;
		const connection = new Connection(ws, address, {
			...{ clock, log, maxMessagesPerS, pingMs: pingS * SECOND_MS, authTimeoutMs: authTimeoutS * SECOND_MS },
			signIn: (name, password, from) => this.#signIn(name, password, from),
			open: (signedIn) => this.#welcome(signedIn),
			said: ({ who }, said) => {
				this.#heard += 1;
				if (who !== undefined) this.#presence.said(who.name, said);
			},
			closed: (gone) => this.#forget(gone),
		});
		this.#connections.add(connection);
	}

	async #signIn(name: string, password: string, address: string): Promise<SignedIn | 'refused' | 'busy'> {
		const account = accountNameOf(name);
		const result = await this.#accounts?.authenticate(account, password, address);
		if (result?.kind === 'signed_in' && result.principal.kind === 'device')
			return { name: account, stamp: result.stamp };
		this.#refused += 1;
		const facts = { audit: 'sign_in_refused', account, from: address };
		if (result?.kind === 'too_many') {
			this.#context.log.debug(facts, 'A device is put off: too many attempts');
			return 'busy';
		}
		this.#context.log.warn(facts, 'A device is refused: wrong name or password');
		return 'refused';
	}

	#welcome(connection: Connection): Closing | undefined {
		const { who } = connection;
		if (who === undefined) return closings.failed;
		const before = this.#open.get(who.name);
		if (before === undefined && this.#open.size >= this.#config.deviceGateway.maxDevices) return closings.busy;
		this.#doorway.leave(connection.address);
		this.#open.set(who.name, connection);
		before?.close(closings.replaced);
		this.#presence.arrived(who.name);
		return undefined;
	}

	#forget(connection: Connection): void {
		this.#connections.delete(connection);
		const { who } = connection;
		if (who === undefined) this.#doorway.leave(connection.address);
		else if (this.#open.get(who.name) === connection) {
			this.#open.delete(who.name);
			this.#presence.left(who.name);
		}
	}

	#commanded(device: string, given: DeviceSet): void {
		const { id, command, value, until } = typeof given === 'string' ? { command: given } : given;
		const order: Order = {
			id: id ?? newCommandId(),
			repeatable: id !== undefined,
			// What goes to all, a device does not hear under its own name.
			overheard: device !== 'all',
			command,
			value: value === undefined ? undefined : String(value),
			untilMs: until === undefined ? undefined : Date.parse(until),
			waitMs: WAIT_S * SECOND_MS,
		};
		const names = device === 'all' ? this.#presence.devices.names : [device];
		for (const name of names) {
			void this.#commands.carryOut(name, order).catch((error: unknown) => this.#context.fail(error));
		}
	}

	#wayTo(device: string, { id, command, value, overheard }: Order): (() => Promise<boolean>) | undefined {
		const connection = this.#open.get(device);
		if (connection !== undefined) return () => connection.deliver(command, value);
		const { connected, via } = this.#presence.stateOf(device) ?? {};
		if (connected !== true || via !== 'mqtt') return undefined;
		if (overheard) return () => Promise.resolve(true);
		if (!this.#bus.connected) return undefined;
		return async () => {
			this.#bus.publish(topics.deviceSet, { device }, { command, id, ...(value === undefined ? {} : { value }) });
			return true;
		};
	}

	#tellOutcome(device: string, { id, command, value }: Order, outcome: Outcome): void {
		if (outcome.code === commandRefusals.unknown.code) {
			// One call may name thousands.
			this.#refusals.refused('device commands', 'the name of a device of this house', JSON.stringify(device));
			return;
		}
		const at = instantOf(this.#context.clock.wallMs());
		const event = { at, kind: 'command', id, command, ...(value === undefined ? {} : { value }), ...outcome } as const;
		if (!this.#stopping) this.#bus.publish(topics.deviceEvent, { device }, event);
	}

	/** Takes up the devices that have an account now, and lets go of those whose account has changed. */
	async #followAccounts(): Promise<void> {
		const accounts = this.#accounts;
		if (accounts === undefined || this.#stopping) return;
		const all = (await accounts.list()).filter(({ principal }) => principal.kind === 'device');
		const names = new Set(all.map(({ principal }) => principal.name));
		for (const { principal, type } of all) {
			this.#presence.add(principal.name, type);
		}
		for (const [name, connection] of [...this.#open]) {
			const stamp = names.has(name) ? await accounts.stampOf(name) : undefined;
			if (connection.who?.stamp !== stamp) connection.close(closings.changed);
		}
		for (const name of this.#presence.devices.names) if (!names.has(name)) this.#presence.remove(name);
	}
}
