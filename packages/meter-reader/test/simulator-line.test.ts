import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { SerialBench } from './serial-bench.ts';
import { frame } from './support.ts';

const text = frame('historic', 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|IINST 010|PAPP 02310');

describe('the line of a simulated meter', () => {
	const directory = temporaryDirectory();
	let bench: SerialBench;
	let server: Server | undefined;
	const sockets = new Set<Socket>();

	/** A meter that sends one frame to whoever connects. */
	const listen = async (): Promise<void> => {
		const made = createServer((socket) => {
			sockets.add(socket);
			socket.write(text);
		});
		server = made;
		await new Promise<void>((resolve) => made.listen(join(directory.path, 'simulator-line.sock'), resolve));
	};
	const end = async (): Promise<void> => {
		for (const socket of sockets) socket.destroy();
		sockets.clear();
		await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
		server = undefined;
	};

	beforeEach(() => {
		bench = new SerialBench(directory.path, 'simulator:');
	});
	afterEach(async () => {
		await bench.stop();
		await end();
	});

	it('is read like any other, found by the data folder, and has no speed', async () => {
		await listen();
		await bench.start();
		await bench.until(() => bench.figures.length === 2);
		expect(bench.figures).to.deep.equal(['IINST 2300', 'PAPP 2310']);
		expect(bench.link).to.include({ connected: true, mode: 'historic' }).and.not.have.property('baud');
	});

	it('says what to start where nobody answers, and is there once somebody does, again and again', async () => {
		await bench.start();
		expect(bench.link?.problem).to.match(/^SIMULATOR_AWAY: .*Start the simulator/);
		await listen();
		await bench.until(() => bench.figures.length === 2);
		await end();
		await bench.until(() => bench.link?.connected === false);
		await listen();
		await bench.until(() => bench.figures.length > 2);
		expect(bench.link?.connected).to.equal(true);
		expect(bench.failures).to.deep.equal([]);
	});
});
