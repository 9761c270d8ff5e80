import { type LineLog, topics } from '@pilotwire/contract';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { frame, ReaderBench } from './support.ts';

const historic = (iinst: string): Uint8Array => frame('historic', `ADCO 012345678912|IINST ${iinst}|PAPP 02300`);
const bytesOf = (logs: readonly LineLog[]): Buffer =>
	Buffer.concat(logs.map(({ bytes }) => Buffer.from(bytes, 'base64')));

describe('the raw line', () => {
	const directory = temporaryDirectory();
	let bench: ReaderBench;
	beforeEach(async () => {
		bench = new ReaderBench(directory.path);
		await bench.start();
	});
	afterEach(async () => {
		await bench.stop();
		expect(bench.failures).to.deep.equal([]);
	});

	it('is published every two seconds as it came, right or not, numbered and dated by its first byte', async () => {
		const noise = Uint8Array.of(0, 255, 128, 10, 13, 2, 3);
		await bench.send(historic('010'), 500);
		await bench.send(noise, 1_500);
		await bench.send(historic('011'), 2_000);
		const logs = bench.published(topics.line);
		expect(logs.map(({ at }) => at)).to.deep.equal(['2026-01-15T17:00:00.000Z', '2026-01-15T17:00:02.000Z']);
		expect(bytesOf(logs)).to.deep.equal(Buffer.concat([historic('010'), noise, historic('011')]));
		expect(logs[1]?.first).to.equal(historic('010').length + noise.length);
		const message = bench.hub.published.find(({ name }) => name === 'pilotwire/home/lines/main/log');
		expect(message).to.include({ qos: 0, retain: false });
	});

	it('is held while the broker is away, five minutes of it, in messages that a broker takes', async () => {
		await bench.send(historic('010'), 2_000);
		bench.hub.down();
		const sent: Uint8Array[] = [];
		for (let second = 0; second < 400; second++) {
			const bytes = Uint8Array.from({ length: 960 }, (_, at) => (second + at) % 256);
			sent.push(bytes);
			await bench.send(bytes, 1_000);
		}
		bench.hub.up();
		await bench.clock.advanceAsync(2_000);
		const logs = bench.published(topics.line).slice(1);
		expect(bytesOf(logs)).to.deep.equal(Buffer.concat(sent.slice(-300)));
		expect(logs.length).to.be.above(5);
		for (const { bytes } of logs) expect(bytes.length).to.be.below(40_000);
		for (const [at, log] of logs.entries()) {
			const before = logs[at - 1];
			if (before !== undefined) expect(log.first).to.equal(before.first + bytesOf([before]).length);
		}
	});
});
