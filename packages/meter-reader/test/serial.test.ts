import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { topics } from '@pilotwire/contract';
import { gcc, need } from '@pilotwire/test/parts';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { SerialLine, type SerialLineOptions } from '@pilotwire/test/serial-line';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { ttyLog } from '@pilotwire/test/tty-log';
import { expect } from 'chai';
import { SerialPort } from 'serialport';
import { SerialBench } from './serial-bench.ts';
import { frame } from './support.ts';

const historic = (iinst: string, papp: string): Uint8Array =>
	frame('historic', `ADCO 012345678912|OPTARIF BASE|ISOUSC 30|BASE 073260524|PTEC TH..|IINST ${iinst}|PAPP ${papp}`);
const standard = (irms: readonly string[], sinsts: readonly string[]): Uint8Array =>
	frame(
		'standard',
		[
			'ADSC 012345678912|VTIC 02|DATE H260115180000 |EAST 000012345',
			...irms.map((data, index) => `IRMS${index + 1} ${data}`),
			...irms.map((_, index) => `URMS${index + 1} 231`),
			'PREF 18|PCOUP 18|SINSTS 09000',
			...sinsts.map((data, index) => `SINSTS${index + 1} ${data}`),
			'STGE 00020001|PRM 01234567891234',
		].join('|'),
	);

const program = fileURLToPath(import.meta.resolve('./serial-reader.ts'));

describe('a meter on a serial line', function () {
	this.timeout(40_000);
	const directory = temporaryDirectory();
	noProcessLeft();
	let line: SerialLine;
	let bench: SerialBench | undefined;

	before(function () {
		need(this, gcc);
	});

	const lay = async (options: Omit<SerialLineOptions, 'directory'> = {}): Promise<SerialLine> => {
		line = await SerialLine.open({ directory: directory.path, ...options });
		return line;
	};
	const read = async (settings: Record<string, unknown> = {}): Promise<SerialBench> => {
		bench = new SerialBench(directory.path, `serial:${line.path}`, settings);
		await bench.start();
		return bench;
	};

	afterEach(async () => {
		await bench?.stop();
		bench = undefined;
		await line.close();
	});

	it('reaches the bus group by group in historic mode, each right value and no wrong one', async () => {
		await lay({ speed: 1_200 });
		const reader = await read();
		await line.reader(1_200);
		await line.send(Uint8Array.of(...historic('010', '02310'), ...historic('021', '04840')));
		await reader.until(() => reader.published(topics.reading).length === 2);
		expect(reader.figures).to.deep.equal(['IINST 2300', 'PAPP 2310', 'IINST 4830', 'PAPP 4840']);
		expect(reader.published(topics.reading)[1]?.energyWh).to.deep.equal({ BASE: 73_260_524 });
		expect(reader.link).to.include({ mode: 'historic', baud: 1_200, groupsBad: 0 });
	});

	it('finds 9600 bd by itself, with nothing wrong of the noise before, and every phase right', async () => {
		await lay({ speed: 9_600 });
		const reader = await read();
		await line.reader(1_200);
		const text = standard(['010', '012', '017'], ['02310', '02780', '03910']);
		while (line.readerSpeed === 1_200) await line.send(text);
		await line.send(Uint8Array.of(...text, ...text));
		await reader.until(() => reader.published(topics.reading).length > 0);
		expect(reader.figures.at(-1)).to.equal('SINSTS1 2310, SINSTS2 2780, SINSTS3 3910');
		const right = ['SINSTS1 2310', 'SINSTS2 2780', 'SINSTS3 3910'];
		expect(reader.figures.flatMap((text) => text.split(', ')).filter((one) => !right.includes(one))).to.deep.equal([]);
		expect(reader.link).to.include({ mode: 'standard', baud: 9_600, groupsBad: 0 });
	});

	it('follows a meter that changes mode for good', async () => {
		await lay({ speed: 1_200 });
		const reader = await read();
		await line.reader(1_200);
		await line.send(historic('010', '02310'));
		line.setSpeed(9_600);
		const text = standard(['010', '012', '017'], ['02310', '02780', '03910']);
		while (line.readerSpeed !== 9_600) await line.send(text);
		await line.send(Uint8Array.of(...text, ...text));
		await reader.until(() => reader.link?.mode === 'standard');
		expect(reader.figures.at(-1)).to.equal('SINSTS1 2310, SINSTS2 2780, SINSTS3 3910');
	});

	it('takes a port that delivers the parity in bit 7', async () => {
		await lay({ speed: 1_200, format: '8n1' });
		const reader = await read({ format: '8n1' });
		await line.reader(1_200);
		await line.send(historic('010', '02310'));
		await reader.until(() => reader.figures.length === 2);
		expect(reader.figures).to.deep.equal(['IINST 2300', 'PAPP 2310']);
		expect(reader.link).to.include({ groupsBad: 0 });
	});

	it('comes back when the adapter is pulled out and plugged in, and says so meanwhile', async () => {
		await lay({ speed: 1_200, paced: false });
		const reader = await read();
		await line.reader(1_200);
		await line.send(historic('010', '02310'));
		await reader.until(() => reader.figures.length === 2);
		await line.unplug();
		await reader.until(() => reader.link?.connected === false);
		expect(reader.link?.problem).to.match(/is gone: the adapter was pulled out|PORT_MISSING/);
		await reader.until(() => /PORT_MISSING.*Plug the adapter in/.test(reader.link?.problem ?? ''));
		await line.plug();
		await line.reader(1_200);
		await line.send(historic('021', '04840'));
		await reader.until(() => reader.figures.length === 4);
		expect(reader.figures.at(-1)).to.equal('PAPP 4840');
		expect(reader.link).to.include({ connected: true }).and.not.have.property('problem');
	});

	it('opens the port with 7 data bits, even parity and 1 stop bit, in a process of its own', async () => {
		await lay({ speed: 9_600 });
		const log = ttyLog(join(directory.path, 'tty.log'));
		const reader = startProcess([program, directory.path, `serial:${line.path}`], { env: log.env });
		const early = reader.ended.then(() => Promise.reject(new Error(`it ended early and wrote:\n${reader.text()}`)));
		await Promise.race([line.reader(1_200, 20_000), early]);
		const text = standard(['010', '012', '017'], ['02310', '02780', '03910']);
		while (line.readerSpeed !== 9_600) await line.send(text);
		await line.send(text);
		await reader.line('SINSTS3 3910');
		expect(log.last()).to.equal('9600 7E1');
		expect(log.settings().filter(({ dataBits, parity }) => dataBits !== 7 || parity !== 'even')).to.deep.equal([]);
		reader.endInput();
		expect(await reader.ended).to.deep.equal({ code: 0, signal: null });
	});

	it('has one reader: the second one ends with a sentence', async () => {
		await lay();
		await read();
		const second = startProcess([program, directory.path, `serial:${line.path}`]);
		expect(await second.ended).to.deep.equal({ code: 75, signal: null });
		expect(second.text()).to.match(
			/LOCK_HELD: expected serial port \/dev\/pts\/\d+ to be free.*Stop the other meter-reader/,
		);
	});

	it('says that another program uses the port, and takes it once it is free', async () => {
		await lay();
		const other = new SerialPort({ path: line.path, baudRate: 1_200, autoOpen: false });
		await new Promise<void>((resolve, reject) => other.open((error) => (error ? reject(error) : resolve())));
		const reader = await read();
		expect(reader.link?.problem).to.match(/^PORT_BUSY: .*fuser -v/);
		expect(reader.warnings.join()).to.match(/PORT_BUSY/);
		await new Promise<void>((resolve) => other.close(() => resolve()));
		await reader.until(() => reader.link?.connected === true);
	});
});
