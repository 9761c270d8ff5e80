import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { SerialPort } from 'serialport';
import { gcc, need } from '../support/parts.ts';
import { noProcessLeft, startProgram } from '../support/processes.ts';
import { SerialLine, type SerialLineOptions } from '../support/serial-line.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { ttyLog } from '../support/tty-log.ts';

const text = 'PAPP 00410 (\r\nHCHC 012345678 #\r';

/** The port as serialport opens it, and what came through it. */
class Reader {
	readonly port: SerialPort;
	readonly opened: Promise<void>;
	readonly closed: Promise<Error | null>;
	#received = Buffer.alloc(0);
	#more = (): void => {};

	constructor(path: string, baudRate: number) {
		this.port = new SerialPort({ path, baudRate, dataBits: 7, parity: 'even', stopBits: 1, autoOpen: false });
		this.port.on('data', (bytes: Buffer) => {
			this.#received = Buffer.concat([this.#received, bytes]);
			this.#more();
		});
		this.closed = new Promise((resolve) => this.port.once('close', resolve));
		this.opened = new Promise((resolve, reject) => this.port.open((error) => (error ? reject(error) : resolve())));
	}

	async bytes(count: number): Promise<Buffer> {
		while (this.#received.length < count) {
			await new Promise<void>((resolve) => {
				this.#more = resolve;
			});
		}
		const taken = this.#received;
		this.#received = Buffer.alloc(0);
		return taken;
	}

	async close(): Promise<void> {
		if (this.port.isOpen) this.port.close();
		await this.closed;
	}
}

describe('a serial line', () => {
	const directory = temporaryDirectory();
	noProcessLeft();
	let line: SerialLine;
	const readers: Reader[] = [];

	before(function () {
		need(this, gcc);
	});

	const lay = async (options: Omit<SerialLineOptions, 'directory'> = {}): Promise<SerialLine> => {
		line = await SerialLine.open({ directory: directory.path, ...options });
		return line;
	};

	const read = async (speed: 1200 | 9600): Promise<Reader> => {
		const reader = new Reader(line.path, speed);
		await reader.opened;
		readers.push(reader);
		await line.reader(speed);
		return reader;
	};

	afterEach(async () => {
		for (const reader of readers.splice(0)) await reader.close();
		await line.close();
	});

	it('delivers every byte to a reader at the same speed', async () => {
		await lay({ paced: false });
		const reader = await read(1200);
		const sent = await line.send(text);
		expect(sent).to.include({ good: text.length, noise: 0, lost: 0 });
		expect((await reader.bytes(text.length)).toString('latin1')).to.equal(text);
	});

	it('takes as long as the real line, ten bits a byte, also from one send to the next', async () => {
		await lay({ speed: 9600 });
		await read(9600);
		let shortestMs = Number.POSITIVE_INFINITY;
		// What else runs on the machine delays a byte, and hurries none.
		for (let round = 0; round < 20 && shortestMs > 150; round += 1) {
			const before = process.hrtime.bigint();
			const [first, second] = await Promise.all([line.send('x'.repeat(48)), line.send('y'.repeat(48))]);
			shortestMs = Math.min(shortestMs, Number(second.lastAtNs - first.firstAtNs) / 1e6);
			expect(first.firstAtNs > before, 'the clock is process.hrtime').to.equal(true);
			expect(second.lastAtNs < process.hrtime.bigint()).to.equal(true);
		}
		expect(shortestMs, '95 bytes after the first, at 9600 bd 99 ms').to.be.within(85, 150);
	});

	it('hands out what a UART at the wrong speed makes of it, the same each time', async () => {
		await lay({ speed: 9600, paced: false });
		const reader = await read(1200);
		const noises: string[] = [];
		for (let turn = 0; turn < 2; turn++) {
			const sent = await line.send(text);
			expect(sent).to.include({ good: 0, noise: text.length, lost: 0 });
			noises.push((await reader.bytes(sent.garbage)).toString('latin1'));
		}
		expect(noises[0]).to.equal(noises[1]);
		expect(noises[0]?.length).to.be.within(1, text.length / 4);
		expect(text).not.to.include(noises[0]);
	});

	it('floods a reader that is too fast with NULs and fragments', async () => {
		await lay({ speed: 1200, paced: false });
		const reader = await read(9600);
		const { garbage } = await line.send(text);
		const noise = await reader.bytes(garbage);
		expect(noise.filter((byte) => byte === 0).length).to.be.greaterThan(text.length);
		expect(noise.toString('latin1')).not.to.include('PAPP');
	});

	it('is read again when the meter changes its mode and the reader follows', async () => {
		await lay({ speed: 1200, paced: false });
		const reader = await read(1200);
		line.setSpeed(9600);
		expect(await line.send(text)).to.include({ good: 0 });
		await new Promise<void>((resolve, reject) =>
			reader.port.update({ baudRate: 9600 }, (error) => (error ? reject(error) : resolve())),
		);
		await line.reader(9600);
		expect(await line.send('now')).to.include({ good: 3 });
	});

	it('shows the even parity in bit 7 to a port opened at 8N1', async () => {
		await lay({ format: '8n1', paced: false });
		const reader = await read(1200);
		await line.send('\x02AC');
		expect([...(await reader.bytes(3))]).to.deep.equal([0x82, 0x41, 0xc3]);
	});

	it('keeps nothing for a reader that comes later', async () => {
		await lay({ paced: false });
		expect(await line.send('before')).to.include({ good: 0, lost: 6 });
		const reader = await read(1200);
		await line.send('after');
		expect((await reader.bytes(5)).toString()).to.equal('after');
	});

	it('hangs up on the reader when unplugged: the path is gone, a read gives nothing, what is sent is lost', async () => {
		await lay({ paced: false });
		const port = openSync(line.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
		try {
			expect(() => readSync(port, Buffer.alloc(1))).to.throw('EAGAIN');
			await line.unplug();
			expect(readSync(port, Buffer.alloc(1))).to.equal(0);
			expect(() => lstatSync(line.path)).to.throw('ENOENT');
			expect(await line.send('to nobody')).to.include({ good: 0, lost: 9 });
		} finally {
			closeSync(port);
		}
	});

	// serialport notices a hang-up only while it polls; caught in a read, it reads nothing for ever (and can be closed).
	it('serves a reader that closes the port and opens the same path again after it was plugged in', async () => {
		await lay({ paced: false });
		const reader = await read(1200);
		await line.unplug();
		await reader.close();
		await line.plug();
		expect(lstatSync(line.path).isSymbolicLink()).to.equal(true);
		const again = await read(1200);
		await line.send(text);
		expect((await again.bytes(text.length)).toString('latin1')).to.equal(text);
	});

	it('refuses a second reader, who does not get the lock', async () => {
		await lay();
		await read(1200);
		const second = new Reader(line.path, 1200);
		const error = await second.opened.then(
			() => undefined,
			(reason: Error) => reason,
		);
		expect(error?.message).to.include('Cannot lock port');
	});

	it('knows which settings a program asks for: 7E1', async () => {
		await lay({ speed: 9600, paced: false });
		const log = ttyLog(join(directory.path, 'tty.log'));
		const reader = startProgram(process.execPath, ['test/native/serial-user.js', line.path, '9600'], log.env);
		await line.reader(9600);
		await line.send('A');
		await reader.line('41');
		expect(log.last()).to.equal('9600 7E1');
		expect(log.settings().map((one) => one.pid)).to.include(reader.pid);
		await reader.kill();
		await line.noReader();
	});
});
