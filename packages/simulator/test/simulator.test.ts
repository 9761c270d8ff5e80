import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { demoHouse, peakHouse } from '@pilotwire/house';
import { type Logger, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import {
	Simulator,
	type SimulatorConfig,
	type SimulatorOptions,
	simulatorConfig,
	type TrueState,
} from '@pilotwire/simulator';
import { TicDecoder, type TicEvent } from '@pilotwire/teleinfo';
import { expect } from 'chai';
import { Client, settle, temporaryFolder } from './support/client.ts';

describe('the simulator', () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let clock: VirtualClock;
	let simulator: Simulator;
	const clients: Client[] = [];
	const openings: unknown[] = [];
	const log: Logger = { ...silentLog, info: () => {}, error: (facts: unknown) => openings.push(facts) };

	beforeEach(async () => {
		folder = await temporaryFolder();
		clock = new VirtualClock();
		openings.length = 0;
	});

	afterEach(async () => {
		for (const { socket } of clients.splice(0)) socket.destroy();
		await simulator.stop();
		await folder.remove();
	});

	const sockets = () => ({
		lineSocket: folder.path('line.sock'),
		busSocket: folder.path('bus.sock'),
		controlSocket: folder.path('control.sock'),
	});

	function make(config: Partial<SimulatorConfig> = {}, options: Partial<SimulatorOptions> = {}): Simulator {
		const parsed = simulatorConfig.parse({ ...sockets(), ...config });
		return new Simulator({ clock, log }, { ...options, config: parsed });
	}

	async function started(
		config: Partial<SimulatorConfig> = {},
		options: Partial<SimulatorOptions> = {},
	): Promise<void> {
		simulator = make(config, options);
		await simulator.start();
	}

	async function client(where: string | number): Promise<Client> {
		const made = await Client.to(where);
		clients.push(made);
		await settle(() => true);
		return made;
	}

	const state = (): TrueState => simulator.command({ do: 'state' }) as TrueState;

	describe("the meter's line", () => {
		it('carries right frames at 9600 bd to every reader from the moment it connects', async () => {
			await started({}, { house: demoHouse() });
			const first = await client(sockets().lineSocket);
			await clock.advanceAsync(3000, 5);
			const second = await client(sockets().lineSocket);
			await clock.advanceAsync(3000, 5);
			await settle(() => first.received.length > 5500);
			expect(first.received.length).to.be.within(5500, 5760);
			expect(second.received.length).to.be.within(2700, 2880);
			expect(first.received.subarray(-second.received.length).equals(second.received)).to.equal(true);
			const events: TicEvent[] = [];
			const decoder = new TicDecoder({ mode: 'standard', onEvent: (event) => events.push(event) });
			decoder.push(first.received);
			expect(events.filter(({ type }) => type === 'error')).to.deep.equal([]);
			const frames = events.filter((event) => event.type === 'frame');
			expect(frames.length).to.be.at.least(3);
			expect(frames[1]?.reading.clock?.raw).to.match(/^H26011518000\d$/);
		});

		it('gives a reader that connects in the middle of a frame a cut one', async () => {
			await started({}, { house: demoHouse() });
			await clock.advanceAsync(503, 503);
			const reader = await client(sockets().lineSocket);
			await clock.advanceAsync(3000, 5);
			await settle(() => reader.received.length > 2500);
			expect(reader.received[0]).to.not.equal(0x02);
			const frames: boolean[] = [];
			const onEvent = (event: TicEvent) => event.type === 'frame' && frames.push(event.complete);
			new TicDecoder({ mode: 'standard', onEvent }).push(reader.received);
			expect(frames.slice(0, 2)).to.deep.equal([false, true]);
		});

		it('carries 120 bytes a second in historic mode', async () => {
			await started({}, { house: peakHouse({ meter: { mode: 'historic' } }) });
			const reader = await client(sockets().lineSocket);
			await clock.advanceAsync(10_000, 8);
			await settle(() => reader.received.length > 1150);
			expect(reader.received.length).to.be.within(1150, 1200);
		});

		it('carries nothing while the cable is out', async () => {
			await started();
			const reader = await client(sockets().lineSocket);
			simulator.command({ do: 'silence', on: true });
			await clock.advanceAsync(2000, 10);
			expect(reader.received.length).to.equal(0);
			simulator.command({ do: 'silence', on: false });
			await clock.advanceAsync(1000, 10);
			await settle(() => reader.received.length > 500);
		});

		it('serves TCP as well', async () => {
			await started({ lineSocket: 'tcp:127.0.0.1:0' });
			const reader = await client(simulator.ports[1] as number);
			await clock.advanceAsync(1000, 10);
			await settle(() => reader.received.length > 500);
		});
	});

	describe('the I2C bus', () => {
		it('reads and writes chip registers; radiators obey', async () => {
			await started({}, { house: peakHouse() });
			const bus = await client(sockets().busSocket);
			expect(await bus.bus(0, 0x20, 0x00, 0)).to.deep.equal([0, 0xff]);
			expect(await bus.bus(1, 0x20, 0x14, 0b01)).to.deep.equal([0, 0]);
			expect(await bus.bus(1, 0x20, 0x00, 0)).to.deep.equal([0, 0]);
			expect(await bus.bus(0, 0x20, 0x14, 0)).to.deep.equal([0, 0b01]);
			expect(await bus.bus(0, 0x21, 0x14, 0)).to.deep.equal([1, 0]);
			clock.advance(10_000);
			expect(state().radiators.map(({ order }) => order)).to.deep.equal(['off', 'comfort', 'comfort', 'comfort']);
			expect(state().radiators.map(({ powerW }) => powerW > 0)).to.deep.equal([false, true, true, true]);
		});

		it('answers requests that come in pieces, and several at once, in order', async () => {
			await started({}, { house: peakHouse() });
			const bus = await client(sockets().busSocket);
			bus.socket.write(Uint8Array.of(1, 0x20, 0x14, 7, 0, 0x20));
			expect([...(await bus.take(2))]).to.deep.equal([0, 0]);
			bus.socket.write(Uint8Array.of(0x14, 0, 0, 0x27, 0, 0));
			expect([...(await bus.take(4))]).to.deep.equal([0, 7, 1, 0]);
		});

		it('that hangs answers nobody and then does what was asked', async () => {
			await started({}, { house: peakHouse() });
			const bus = await client(sockets().busSocket);
			await bus.bus(0, 0x20, 0, 0);
			simulator.command({ do: 'hang', on: true });
			const answer = bus.bus(1, 0x20, 0x14, 0x55);
			let isAnswered = false;
			void answer.then(() => {
				isAnswered = true;
			});
			await clock.advanceAsync(600_000, 100_000);
			expect(isAnswered).to.equal(false);
			simulator.command({ do: 'hang', on: false });
			expect(await answer).to.deep.equal([0, 0]);
			expect(await bus.bus(0, 0x20, 0x14, 0)).to.deep.equal([0, 0x55]);
		});
	});

	describe('the control socket', () => {
		it('tells what is true and starts appliances', async () => {
			await started({}, { house: peakHouse() });
			const control = await client(sockets().controlSocket);
			clock.advance(30_000);
			const before = await control.command({ id: 7, do: 'state' });
			expect(before).to.include({ id: 7, ok: true });
			expect(before.result).to.include({ elapsedS: 30, breakerOpenAt: null });
			expect(await control.command({ do: 'start', appliance: 'peak-1', forS: 20 })).to.deep.equal({ ok: true });
			clock.advance(2000);
			const after = await control.command({ do: 'state' });
			const [was, is] = [before, after].map((answer) => answer.result.phases[0].apparentPowerVA as number);
			expect((is as number) - (was as number)).to.be.closeTo(3300, 1);
		});

		it('breaks boards', async () => {
			await started({}, { house: peakHouse() });
			const control = await client(sockets().controlSocket);
			const bus = await client(sockets().busSocket);
			await control.command({ do: 'board', address: 0x20, condition: 'mute' });
			expect(await bus.bus(0, 0x20, 0, 0)).to.deep.equal([2, 0]);
			await control.command({ do: 'board', address: 0x20, condition: 'working' });
			await control.command({ do: 'drift', address: 0x20, register: 0x14, value: 9 });
			expect(await bus.bus(0, 0x20, 0x14, 0)).to.deep.equal([0, 9]);
			await control.command({ do: 'reset-board', address: 0x20 });
			expect(await bus.bus(0, 0x20, 0x14, 0)).to.deep.equal([0, 0]);
			await control.command({ do: 'stick', address: 0x20, pin: 3, level: 1 });
			expect(await bus.bus(0, 0x20, 0x12, 0)).to.deep.equal([0, 8]);
		});

		it('refuses what it does not understand and goes on', async () => {
			await started();
			const control = await client(sockets().controlSocket);
			for (const wrong of [
				'{',
				'17',
				'{"do":"dance"}',
				{ do: 'start', appliance: 'sauna' },
				{ do: 'reset-board', address: 0x30 },
			]) {
				const answer = await control.command(wrong);
				expect(answer.ok).to.equal(false);
				expect(answer.error).to.be.a('string');
			}
			const outside = await control.command({ do: 'drift', address: 0x20, register: 300, value: 1 });
			expect(outside.error).to.match(/^register: /);
			expect((await control.command({ do: 'state' })).ok).to.equal(true);
		});
	});

	it("lets the demonstration's breaker open within minutes where nobody sheds, and says so once", async () => {
		await started();
		await clock.advanceAsync(300_000, 10_000);
		expect(state().breakerOpenAt).to.be.within(60, 240);
		expect(openings).to.have.length(1);
		simulator.command({ do: 'close-breaker' });
		expect(state().breakerOpenAt).to.equal(null);
	});

	it('is the same house for the same seed, whatever hears it', async () => {
		const run = async (seed: number, stepMs: number): Promise<TrueState> => {
			clock = new VirtualClock();
			await started({ seed });
			const reader = await client(sockets().lineSocket);
			await clock.advanceAsync(60_000, stepMs);
			reader.socket.destroy();
			const seen = state();
			await simulator.stop();
			return seen;
		};
		const first = await run(3, 100);
		expect(await run(3, 100)).to.deep.equal(first);
		expect(await run(4, 100)).to.not.deep.equal(first);
	});

	it("lets the house's time pass faster on demand", async () => {
		await started({ timeScale: 60 });
		clock.advance(10_000);
		expect(state().elapsedS).to.equal(600);
	});

	it('loads a house from a file', async () => {
		const file = folder.path('house.yaml');
		await writeFile(file, JSON.stringify({ ...demoHouse(), name: 'Mine' }));
		await started({ house: file });
		expect(state().radiators).to.have.length(12);
	});

	it('says what is wrong with a file', async () => {
		const file = folder.path('house.yaml');
		simulator = make({ house: file });
		await expectRejection(simulator.start(), 'SIMULATOR_HOUSE_UNREADABLE');
		await writeFile(file, JSON.stringify({ ...demoHouse(), rooms: [] }));
		await expectRejection(simulator.start(), 'SIMULATOR_HOUSE_INVALID');
		expect(existsSync(sockets().lineSocket)).to.equal(false);
	});

	it('removes its sockets and timers at stop', async () => {
		await started();
		await client(sockets().lineSocket);
		expect(Object.values(sockets()).map(existsSync)).to.deep.equal([true, true, true]);
		await simulator.stop();
		await simulator.stop();
		expect(Object.values(sockets()).map(existsSync)).to.deep.equal([false, false, false]);
		expect(clock.pending).to.equal(0);
	});

	it('leaves a socket to whoever serves it, and none of its own behind', async () => {
		await started();
		const second = make({ busSocket: folder.path('other.sock') });
		await expectRejection(second.start(), 'SIMULATOR_SOCKET_BUSY');
		expect(existsSync(folder.path('other.sock'))).to.equal(false);
		await second.stop();
		const bus = await client(sockets().busSocket);
		expect(await bus.bus(0, 0x20, 0, 0)).to.deep.equal([0, 0xff]);
	});

	it('takes over a path that a killed process left, and no other file', async () => {
		const path = sockets().lineSocket;
		await leaveSocketBehind(path);
		await started();
		await simulator.stop();
		await writeFile(path, 'precious');
		simulator = make();
		await expectRejection(simulator.start(), 'SIMULATOR_SOCKET_BUSY');
		expect(existsSync(path)).to.equal(true);
	});

	it('makes the folder of its sockets where it is the first to need it', async () => {
		const lineSocket = folder.path('not/there/yet.sock');
		simulator = make({ lineSocket });
		await simulator.start();
		expect(existsSync(lineSocket)).to.equal(true);
	});

	it('says where it cannot listen', async () => {
		await writeFile(folder.path('file'), 'no folder');
		simulator = make({ lineSocket: folder.path('file/line.sock') });
		await expectRejection(simulator.start(), 'SIMULATOR_CANNOT_LISTEN');
	});
});

async function expectRejection(promise: Promise<unknown>, code: string): Promise<void> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).to.have.property('code', code);
}

/** A socket's file whose server is gone, as kill -9 leaves it. */
async function leaveSocketBehind(path: string): Promise<void> {
	const server = createServer();
	const moved = `${path}.moved`;
	await new Promise<void>((resolve) => server.listen(moved, resolve));
	await rename(moved, path);
	await new Promise((resolve) => server.close(resolve));
}
