import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { topics } from '@pilotwire/contract';
import { type Clock, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { FileLine } from '../src/io/file-line.ts';
import { RecordedLine } from '../src/io/recorded-line.ts';
import { readRecording } from '../src/io/recording.ts';
import { lineSpeedOf } from '../src/line-speed.ts';
import { SerialBench } from './serial-bench.ts';
import { frame, HandLine } from './support.ts';
import { TcpServer } from './tcp-server.ts';

const historic = frame('historic', 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|IINST 010|PAPP 02310');
const standard = frame('standard', 'ADSC 012345678912|PREF 09|PCOUP 09|IRMS1 002|URMS1 232|SINSTS 00519');

const contextOf = (clock: Clock) => ({ clock, guard: ((handler: () => void) => handler) as never });
/** Lets what was read from the disk arrive. */
const disk = () => new Promise((settle) => setTimeout(settle, 30));

describe('a recorded line', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	const path = (name: string): string => join(directory.path, name);
	const write = (name: string, bytes: Uint8Array): string => {
		writeFileSync(path(name), bytes);
		return path(name);
	};
	const opened = async (file: string, loop = false) => {
		const clock = new VirtualClock();
		const line = new FileLine(contextOf(clock), { path: file, loop, mode: 'auto' });
		const came: number[] = [];
		const closed: string[] = [];
		await line.open(0, {
			bytes: (chunk) => came.push(...chunk),
			closed: (problem) => closed.push(problem),
		});
		return { clock, line, came, closed };
	};

	it('comes at the speed of its mode, whole and in order, and then falls silent', async () => {
		for (const [name, bytes, baud] of [
			['historic.tic', historic, 1_200],
			['standard.tic', standard, 9_600],
		] as const) {
			const wholeMs = (bytes.length * 10_000) / baud;
			const { clock, came, line } = await opened(write(name, bytes));
			await clock.advanceAsync(wholeMs / 2, 5);
			expect(came.length / bytes.length, name).to.be.within(0.3, 0.55);
			await clock.advanceAsync(wholeMs / 2 + 1, 5);
			expect(came, name).to.deep.equal([...bytes]);
			await disk();
			await clock.advanceAsync(60_000, 1_000);
			expect(came.length).to.equal(bytes.length);
			await line.close();
			expect(clock.pending).to.equal(0);
		}
	});

	it('begins again at its end where it is told to', async () => {
		const { clock, came, line } = await opened(write('line.tic', historic), true);
		while (came.length < 3 * historic.length) {
			await clock.advanceAsync(50, 5);
			await new Promise((settle) => setTimeout(settle, 1));
		}
		expect(came.slice(0, 3 * historic.length)).to.deep.equal([...historic, ...historic, ...historic]);
		await line.close();
		expect(clock.pending).to.equal(0);
	});

	it('is read packed, in several members, and as far as it goes where its end is missing', async () => {
		const read = async (bytes: Uint8Array): Promise<Buffer> => {
			const chunks: Uint8Array[] = [];
			for await (const chunk of readRecording(write('line', bytes))) chunks.push(chunk);
			return Buffer.concat(chunks);
		};
		const packed = gzipSync(historic);
		expect(await read(packed)).to.deep.equal(Buffer.from(historic));
		expect(await read(Buffer.concat([packed, packed]))).to.deep.equal(Buffer.concat([historic, historic]));
		const long = Buffer.concat(Array.from({ length: 500 }, () => historic));
		const cut = await read(gzipSync(long, { level: 0 }).subarray(0, 30_000));
		expect(cut.length).to.be.above(20_000);
		expect(long.subarray(0, cut.length).equals(cut)).to.equal(true);
		expect((await read(long)).equals(long)).to.equal(true);
	});

	it('says what is wrong with its file, and what to do', async () => {
		const said = (file: string): Promise<string> =>
			opened(file).then(
				() => 'opened',
				(error: Error) => error.message,
			);
		expect(await said(path('nothing.tic'))).to.match(/^RECORDING_MISSING: .*nothing\.tic.*no such file\. Correct/);
		expect(await said(directory.path)).to.match(/^RECORDING_UNREADABLE: /);
		expect(await said(write('empty.tic', new Uint8Array(0)))).to.match(/^RECORDING_EMPTY: /);
		const broken = gzipSync(Buffer.concat(Array.from({ length: 50 }, () => historic)));
		broken.fill(0xff, 12, 30);
		expect(await said(write('broken.gz', broken))).to.match(/^RECORDING_DAMAGED: .*gzip -t/);
	});

	it('is told its speed by what is on it', () => {
		expect(lineSpeedOf(historic)).to.equal(1_200);
		expect(lineSpeedOf(standard.subarray(20))).to.equal(9_600);
		expect(lineSpeedOf(new Uint8Array(9))).to.equal(1_200);
		expect(lineSpeedOf(historic, 'standard')).to.equal(9_600);
	});

	it('is read by the meter-reader like any other, and its absence said until it is there', async () => {
		const bench = new SerialBench(directory.path, `file:${path('later.tic')}?loop`);
		await bench.start();
		expect(bench.link?.problem).to.match(/^RECORDING_MISSING: /);
		write('later.tic', historic);
		await bench.until(() => bench.published(topics.reading).length > 0);
		expect(bench.figures.slice(0, 2)).to.deep.equal(['IINST 2300', 'PAPP 2310']);
		await bench.stop();
		expect(bench.failures).to.deep.equal([]);
	});
});

describe('the recording of a line', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();

	it('holds the bytes as they came, over every opening, and is replayed as its own source', async () => {
		const file = join(directory.path, 'line.tic.gz');
		const server = new TcpServer();
		const port = await server.listen();
		const bench = new SerialBench(directory.path, `tcp:127.0.0.1:${port}`, { record: file });
		await bench.start();
		for (let times = 1; times <= 2; times++) {
			await bench.until(() => server.clients.length === 1);
			server.send(historic);
			await bench.until(() => bench.published(topics.reading).length === times);
			server.hangUp();
		}
		await bench.stop();
		await server.close();
		expect(gunzipSync(readFileSync(file))).to.deep.equal(Buffer.concat([historic, historic]));
		const again = new SerialBench(directory.path, `file:${file}`);
		await again.start();
		await again.until(() => again.figures.length > 0);
		await again.stop();
	});

	it('is in the file within seconds of the line, packed too: what ends the process takes no more with it', async () => {
		const file = join(directory.path, 'line.tic.gz');
		const hand = new HandLine();
		const line = new RecordedLine(hand, file, silentLog);
		await line.open(1_200, { bytes: () => undefined, closed: () => undefined });
		let sent = 0;
		for (; sent < 4_200; sent += historic.length) hand.receive(historic);
		while (!((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0)) await disk();
		const read: Uint8Array[] = [];
		for await (const chunk of readRecording(file)) read.push(chunk);
		expect(Buffer.concat(read).length)
			.to.be.within(sent - 4_096, sent)
			.and.above(0);
		await line.close();
	});

	it('stops where the file cannot be written, while reading goes on', async () => {
		const hand = new HandLine();
		const warnings: string[] = [];
		const log = { ...silentLog, warn: ((_: object, text: string) => warnings.push(text)) as never };
		const line = new RecordedLine(hand, join(directory.path, 'no', 'folder', 'line.tic'), log);
		const came: number[] = [];
		await line.open(1_200, { bytes: (chunk) => came.push(chunk.length), closed: () => undefined });
		for (let times = 0; times < 100; times++) hand.receive(historic);
		await disk();
		hand.receive(historic);
		await line.close();
		expect(came).to.have.length(101);
		expect(warnings).to.have.length(1);
		expect(warnings[0]).to.match(/can't be recorded in .*no such file or directory/);
	});

	it('keeps bytes of a line as they are, whatever they are', async () => {
		const file = join(directory.path, 'line.tic');
		const hand = new HandLine();
		const line = new RecordedLine(hand, file, silentLog);
		await line.open(1_200, { bytes: () => undefined, closed: () => undefined });
		hand.receive(Uint8Array.from({ length: 256 }, (_, at) => at));
		await line.close();
		expect([...readFileSync(file)]).to.deep.equal(Array.from({ length: 256 }, (_, at) => at));
		expect(statSync(file).size).to.equal(256);
	});

	it("is its owner's alone, for it holds the number of the meter", async () => {
		const file = join(directory.path, 'line.tic');
		const hand = new HandLine();
		const line = new RecordedLine(hand, file, silentLog);
		await line.open(1_200, { bytes: () => undefined, closed: () => undefined });
		hand.receive(historic);
		await line.close();
		expect(statSync(file).mode & 0o777).to.equal(0o600);
	});
});
