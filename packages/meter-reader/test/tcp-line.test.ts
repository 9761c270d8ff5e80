import { topics } from '@pilotwire/contract';
import { localName, need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { tcpError } from '../src/errors.ts';
import { TcpLine } from '../src/io/tcp-line.ts';
import { SerialBench } from './serial-bench.ts';
import { frame, HandLine, ReaderBench } from './support.ts';
import { TcpServer } from './tcp-server.ts';

const historic = frame('historic', 'ADCO 012345678912|OPTARIF BASE|ISOUSC 30|IINST 010|PAPP 02310');
const standard = frame('standard', 'ADSC 012345678912|PREF 09|PCOUP 09|IRMS1 002|URMS1 232|SINSTS 00519');

describe('a meter behind a TCP server', function () {
	this.timeout(30_000);
	const directory = temporaryDirectory();
	const benches: SerialBench[] = [];
	const servers: TcpServer[] = [];

	const serve = async (host = '127.0.0.1', port = 0): Promise<{ server: TcpServer; port: number }> => {
		const server = new TcpServer();
		servers.push(server);
		return { server, port: await server.listen(host, port) };
	};
	const read = async (source: string): Promise<SerialBench> => {
		const bench = new SerialBench(directory.path, source);
		benches.push(bench);
		await bench.start();
		return bench;
	};
	afterEach(async () => {
		for (const bench of benches.splice(0)) {
			await bench.stop();
			expect(bench.failures).to.deep.equal([]);
		}
		for (const server of servers.splice(0)) await server.close();
	});

	it('is read in historic mode, and in standard mode once it changes to that, without any speed being set', async () => {
		const { server, port } = await serve();
		const bench = await read(`tcp:127.0.0.1:${port}`);
		await bench.until(() => server.clients.length === 1);
		server.send(historic);
		await bench.until(() => bench.figures.length === 2);
		expect(bench.link).to.include({ connected: true, mode: 'historic' }).and.not.have.property('baud');
		for (let times = 0; times < 3; times++) server.send(standard);
		await bench.until(() => bench.figures.includes('SINSTS 519'));
		await bench.until(() => bench.link?.mode === 'standard');
	});

	it('is read whatever the parity, the negotiation of telnet and the size of the packets', async () => {
		const { server, port } = await serve();
		const bench = await read(`tcp:127.0.0.1:${port}`);
		await bench.until(() => server.clients.length === 1);
		server.send(Uint8Array.of(0xff, 0xfb, 0x03, 0xff, 0xfb, 0x01, 0xff, 0xfd, 0x2c));
		for (const byte of historic) {
			const ones = byte.toString(2).replaceAll('0', '').length;
			server.send(Uint8Array.of(ones % 2 === 0 ? byte : byte | 0x80));
			if (byte === 0x0d) await new Promise((settle) => setTimeout(settle, 2));
		}
		await bench.until(() => bench.figures.length === 2);
		expect(bench.figures).to.deep.equal(['IINST 2300', 'PAPP 2310']);
		await bench.until(() => bench.published(topics.reading).length === 1);
	});

	it('is read over IPv6', async function () {
		const { server, port } = await serve('::1').catch(() => this.skip());
		const bench = await read(`tcp:[::1]:${port}`);
		await bench.until(() => server.clients.length === 1);
		server.send(historic);
		await bench.until(() => bench.figures.length === 2);
	});

	it('is there again after the server hung up, and after it ended and came back', async () => {
		const { server, port } = await serve();
		const bench = await read(`tcp:127.0.0.1:${port}`);
		await bench.until(() => server.clients.length === 1);
		server.send(historic.subarray(0, historic.length - 8));
		server.hangUp();
		await bench.until(() => bench.link?.connected === false);
		await bench.until(() => server.clients.length === 1);
		await server.close();
		await bench.until(() => bench.link?.problem?.startsWith('TCP_REFUSED') === true);
		expect(bench.link?.problem).to.match(/nothing listens at that port\. Start ser2net there/);
		const again = await serve('127.0.0.1', port);
		await bench.until(() => again.server.clients.length === 1);
		again.server.send(historic);
		await bench.until(() => bench.figures.includes('PAPP 2310'));
		expect(bench.link).to.include({ connected: true });
	});

	it('says what to do where another client has it, once, and tries again ever later', async function () {
		// This machine's reader would not get the lock of the same address.
		need(this, localName);
		const { server, port } = await serve();
		const other = await read(`tcp:127.0.0.1:${port}`);
		await other.until(() => server.clients.length === 1);
		const bench = await read(`tcp:localhost:${port}`);
		await bench.until(() => bench.link?.problem !== undefined);
		expect(bench.link?.problem).to.match(/^TCP_CLOSED: .*closed at once\. End the other client/);
		await bench.until(() => server.turnedAway >= 3);
		expect(bench.warnings.filter((text) => text.includes('TCP_CLOSED'))).to.have.length(1);
		expect(other.warnings).to.deep.equal([]);
	});

	it('has one reader on this machine', async () => {
		const { port } = await serve();
		await read(`tcp:127.0.0.1:${port}`);
		const second = new SerialBench(directory.path, `tcp:127.0.0.1:${port}`);
		const outcome = await second.start().then(
			() => 'started',
			(error: Error) => error.message,
		);
		await second.stop();
		expect(outcome).to.match(/^LOCK_HELD: /);
	});

	it('is closed at any time: while it is being opened, and twice', async () => {
		const { port } = await serve();
		const line = new TcpLine('127.0.0.1', port);
		const opening = line.open(1_200, { bytes: () => undefined, closed: () => undefined });
		const outcome = opening.then(
			() => 'open',
			() => 'refused',
		);
		await line.close();
		await line.close();
		expect(await outcome).to.be.oneOf(['open', 'refused']);
		await line.close();
		const next = new TcpLine('127.0.0.1', port);
		await next.open(1_200, { bytes: () => undefined, closed: () => undefined });
		await next.close();
	});

	it('says which machine it does not know', async () => {
		const bench = await read('tcp:no-such-host.invalid:3000');
		await bench.until(() => bench.link?.problem !== undefined);
		expect(bench.link?.problem).to.match(/^TCP_HOST_UNKNOWN: .*no-such-host\.invalid:3000.*no machine of that name/);
	});

	it('says what to do about each way that it cannot be reached', () => {
		const said = (code: string): string => tcpError('tcp:pi:3000', Object.assign(new Error(code), { code })).message;
		expect(said('ETIMEDOUT')).to.match(/^TCP_UNREACHABLE: .*no answer.*firewall/);
		expect(said('EHOSTUNREACH')).to.match(/^TCP_UNREACHABLE: /);
		expect(said('EAI_AGAIN')).to.match(/^TCP_HOST_UNKNOWN: /);
		expect(said('EMFILE')).to.match(/^TCP_UNUSABLE: .*EMFILE/);
	});
});

describe('a connection whose other side is gone without a word', () => {
	const directory = temporaryDirectory();

	/** As a connection is: no speed, and opened anew after ten seconds without a byte. */
	class QuietLine extends HandLine {
		override readonly quietMs = 10_000;
		openings = 0;
		override async open(...given: Parameters<HandLine['open']>): Promise<void> {
			this.openings += 1;
			await super.open(...given);
		}
	}

	it('is noticed by its silence and opened anew, ever later while the meter stays silent', async () => {
		const line = new QuietLine(false);
		const bench = new ReaderBench(directory.path, {}, line);
		await bench.start();
		await bench.send(historic);
		await bench.clock.advanceAsync(8_000, 250);
		expect(line.openings).to.equal(1);
		await bench.clock.advanceAsync(2_500, 250);
		expect(line.openings).to.equal(2);
		await bench.clock.advanceAsync(17_000, 250);
		expect(line.openings).to.equal(2);
		await bench.clock.advanceAsync(3_000, 250);
		expect(line.openings).to.equal(3);
		await bench.send(historic);
		await bench.clock.advanceAsync(10_500, 250);
		expect(line.openings, 'patient no longer, once something came').to.equal(4);
		await bench.stop();
		expect(bench.failures).to.deep.equal([]);
	});

	it('is what a connection waits for', () => {
		expect(new TcpLine('pi', 3_000).quietMs).to.equal(10_000);
	});
});
