// The broker and the device gateway are killed, again and again, while devices report and are told things.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import type { DeviceCommandAnswer, DeviceState } from '@pilotwire/contract';
import {
	Bus,
	createContext,
	MqttTransport,
	machineSecret,
	RpcClient,
	type ServiceContext,
	silentLog,
	systemClock,
} from '@pilotwire/runtime';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { noProcessLeft, type Process, startProcess } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/until.ts';

const SOAK = process.env['PILOTWIRE_SOAK'] === '1';
const ROUNDS = SOAK ? 30 : 3;
const DEVICES = 8;
/** Of its own, so that the usual ports are free there. */
const HOST = '127.0.77.1';

/** A device as deployed firmware is: it connects again when its connection ends, signs in, and reports. */
class Device {
	readonly name: string;
	/** What it was told, by the command's value. */
	readonly told = new Map<string, number>();
	readonly #secret: string;
	#ws: WebSocket | undefined;
	#reports = 0;
	#ended = false;
	#timer: NodeJS.Timeout | undefined;

	constructor(name: string, secret: string) {
		this.name = name;
		this.#secret = secret;
		this.#connect();
		this.#timer = setInterval(() => this.#report(), 100);
	}

	end(): void {
		this.#ended = true;
		clearInterval(this.#timer);
		this.#ws?.terminate();
	}

	#connect(): void {
		if (this.#ended) return;
		const ws = new WebSocket(`ws://${HOST}:8765`);
		this.#ws = ws;
		ws.on('error', () => {});
		ws.on('open', () => ws.send(JSON.stringify({ type: 'auth', name: this.name, password: this.#secret })));
		ws.on('message', (data) => {
			const { value = '' } = JSON.parse(String(data)) as { value?: string };
			this.told.set(value, (this.told.get(value) ?? 0) + 1);
		});
		ws.on('close', () => setTimeout(() => this.#connect(), 100));
	}

	#report(): void {
		if (this.#ws?.readyState !== WebSocket.OPEN) return;
		this.#reports += 1;
		this.#ws.send(JSON.stringify({ type: 'telemetry', reports: this.#reports }));
	}
}

/** A controlling program: it asks until it has an answer, always under the same id. */
class Controller {
	/** The commands that were acknowledged or delivered, with their device. */
	readonly done: { readonly device: string; readonly value: string }[] = [];
	readonly context: ServiceContext & { end(): void };
	readonly bus: Bus;
	readonly #rpc: RpcClient;
	#given = 0;

	constructor(dataDir: string) {
		this.context = createContext('cli', silentLog, systemClock, (error) => {
			throw error;
		});
		const address = { url: `mqtt://${HOST}:1883`, username: 'cli', password: machineSecret(dataDir, 'cli') };
		this.bus = new Bus(this.context, 'home', new MqttTransport(address, 'cli', silentLog));
		this.#rpc = new RpcClient(this.bus, systemClock);
		this.bus.start();
	}

	async command(device: string): Promise<void> {
		this.#given += 1;
		const value = `${this.#given}`;
		const order = { devices: [device], command: 'go', value, id: randomBytes(9).toString('base64url'), waitS: 1 };
		for (;;) {
			const answer = (await this.#rpc.call('device-gateway', 'device.command', order, 2_500).catch(() => undefined)) as
				| DeviceCommandAnswer
				| undefined;
			const outcome = answer?.outcomes[0]?.outcome;
			if (outcome === 'acknowledged' || outcome === 'delivered') this.done.push({ device, value });
			// Not there yet: the same command is given until it is, or has been. One that is uncertain is given up.
			if (outcome === undefined || answer?.outcomes[0]?.code === 'DEVICE_OFFLINE') continue;
			return;
		}
	}

	async devices(): Promise<readonly (DeviceState & { name: string })[]> {
		const answer = await this.#rpc.call('device-gateway', 'device.list', {}, 2_500).catch(() => ({ devices: [] }));
		return (answer as { devices: (DeviceState & { name: string })[] }).devices;
	}
}

describe('devices while the broker and the gateway are killed', function () {
	this.timeout(SOAK ? 3_600_000 : 240_000);
	const folder = temporaryDirectory();
	noProcessLeft();

	it('come back by themselves, and no acknowledged command is lost or carried out twice', async () => {
		const config = join(folder.path, 'house.yaml');
		const dataDir = join(folder.path, 'data');
		writeFileSync(
			config,
			JSON.stringify({
				...{ dataDir, broker: { host: HOST }, deviceGateway: { host: HOST, pingS: 2 } },
				log: { level: 'warn' },
			}),
		);
		const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
		const secrets: [string, string][] = [];
		for (let n = 0; n < DEVICES; n += 1) {
			const name = `box-${n}`;
			secrets.push([name, (await accounts.addMachine('device', name, 'box')).secret]);
		}
		await accounts.close();
		const start = (service: string): Process => startProcess(['packages/cli/src/main.ts', service, '--config', config]);
		const services = new Map(['broker', 'device-gateway'].map((name) => [name, start(name)]));
		const devices = secrets.map(([name, secret]) => new Device(name, secret));
		const controller = new Controller(dataDir);
		let isOver = false;
		/** Three programs that never stop. */
		const giving = [0, 1, 2].map(async (who) => {
			for (let n = who; !isOver; n += 3) await controller.command(`box-${n % DEVICES}`);
		});
		const allThere = (): Promise<boolean> =>
			until(
				'all of them came back',
				async () => (await controller.devices()).filter(({ connected }) => connected).length === DEVICES,
				60_000,
			);
		try {
			await allThere();
			for (let round = 0; round < ROUNDS; round += 1) {
				for (const name of round % 3 === 2
					? ['broker', 'device-gateway']
					: [['device-gateway', 'broker'][round % 3] ?? '']) {
					const before = controller.done.length;
					await until('twenty commands more were done', () => controller.done.length >= before + 20, 60_000);
					await services.get(name)?.kill();
					services.set(name, start(name));
				}
				await allThere();
			}
			isOver = true;
			await Promise.all(giving);
			const { done } = controller;
			for (const { device, value } of done)
				expect(devices.find(({ name }) => name === device)?.told.get(value), `${value} at ${device}`).to.equal(1);
			for (const { told } of devices) for (const [value, times] of told) expect(times, value).to.equal(1);
			expect(done.length).to.be.greaterThan(ROUNDS * 20);
		} finally {
			isOver = true;
			for (const device of devices) device.end();
			await controller.bus.stop();
			controller.context.end();
			await Promise.all([...services.values()].map((one) => one.kill('SIGTERM', 30_000)));
		}
	});
});
