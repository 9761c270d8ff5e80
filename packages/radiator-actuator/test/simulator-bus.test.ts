import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SimulatorBus } from '../src/io/simulator-bus.ts';

describe('client of the simulated I2C bus', () => {
	let folder: string;
	let path: string;
	let server: Server | undefined;
	let bus: SimulatorBus;
	const requests: number[][] = [];

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'pilotwire-'));
		path = join(folder, 'i2c.sock');
		bus = new SimulatorBus(path);
		requests.length = 0;
	});
	afterEach(async () => {
		await bus.close();
		await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
		server = undefined;
		rmSync(folder, { recursive: true });
	});

	/** A simulator that answers each request with `answers(request)`. */
	async function simulator(answer: (request: number[], socket: Socket) => void): Promise<void> {
		server = createServer((socket) => {
			socket.on('data', (bytes) => {
				for (let at = 0; at < bytes.length; at += 4) {
					const request = [...bytes.subarray(at, at + 4)];
					requests.push(request);
					answer(request, socket);
				}
			});
		});
		await new Promise<void>((listening) => server?.listen(path, listening));
	}

	const code = (promise: Promise<unknown>): Promise<unknown> =>
		promise.catch((error: unknown) => (error as { code?: unknown }).code);

	it('asks in four bytes and reads answers in order, however they are cut', async () => {
		await simulator(([, , register = 0], socket) => {
			for (const byte of [0, register + 1]) socket.write(Uint8Array.of(byte));
		});
		await bus.open();
		expect(await Promise.all([bus.read(0x20, 0x14), bus.read(0x21, 0x15)])).to.deep.equal([0x15, 0x16]);
		await bus.write(0x20, 0x14, 0xaa);
		expect(requests).to.deep.equal([
			[0, 0x20, 0x14, 0],
			[0, 0x21, 0x15, 0],
			[1, 0x20, 0x14, 0xaa],
		]);
	});

	it('statuses are the errors of a real bus', async () => {
		await simulator(([, address = 0], socket) => socket.write(Uint8Array.of(address, 0)));
		expect(await Promise.all([code(bus.read(1, 0)), code(bus.write(2, 0, 0)), code(bus.read(3, 0))])).to.deep.equal([
			'ENXIO',
			'EREMOTEIO',
			'EIO',
		]);
	});

	it('a simulator that is away, or goes away, is a failure each time, and it is found again', async () => {
		expect(await code(bus.read(0x20, 0))).to.equal('I2C_SIMULATOR_AWAY');
		await simulator(([, address], socket) => {
			if (address === 0x21) socket.destroy();
			else socket.write(Uint8Array.of(0, 9));
		});
		expect(await bus.read(0x20, 0)).to.equal(9);
		expect(await code(bus.read(0x21, 0))).to.equal('I2C_SIMULATOR_AWAY');
		expect(await bus.read(0x20, 0)).to.equal(9);
	});
});
