import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '@pilotwire/runtime';
import { encodeFrame } from '@pilotwire/teleinfo';
import { gcc, need } from '@pilotwire/test/parts';
import { noProcessLeft } from '@pilotwire/test/processes';
import { SerialLine, type SerialLineOptions } from '@pilotwire/test/serial-line';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { judgeLine } from '../../src/doctor/serial.ts';
import { lineFacts } from '../../src/io/doctor/line.ts';

type Settings = Parameters<typeof lineFacts>[0];

const historic = encodeFrame('historic', [
	{ label: 'ADCO', data: '012345678901' },
	{ label: 'OPTARIF', data: 'BASE' },
	{ label: 'ISOUSC', data: '30' },
	{ label: 'BASE', data: '001234567' },
	{ label: 'PTEC', data: 'TH..' },
	{ label: 'IINST', data: '003' },
	{ label: 'PAPP', data: '00690' },
]);

describe('the doctor at a serial line', () => {
	const directory = temporaryDirectory();
	noProcessLeft();
	let line: SerialLine | undefined;

	before(function () {
		need(this, gcc);
	});

	afterEach(async () => {
		await line?.close();
		line = undefined;
	});

	const settings = (over: Partial<Settings> = {}): Settings => ({
		...{ id: 'main', source: `serial:${join(directory.path, 'ttyAMA0')}`, mode: 'auto', format: 'auto' },
		...{ nominalV: 230, silenceS: 10, record: undefined, limitVA: undefined, limitA: undefined },
		...over,
	});

	/** What the doctor says of a line on which `bytes` come again and again. */
	async function examine(options: Partial<SerialLineOptions>, bytes: Uint8Array | string, over?: Partial<Settings>) {
		const laid = await SerialLine.open({ directory: directory.path, paced: false, ...options });
		line = laid;
		let examined = bytes.length === 0;
		const sending = until('the doctor has looked', async () => {
			if (!examined && laid.readerSpeed !== undefined) await laid.send(bytes);
			return examined;
		});
		const facts = await lineFacts(settings(over), { dataDir: directory.path }, undefined, {
			root: directory.path,
			listenMs: 400,
		});
		examined = true;
		await sending;
		return judgeLine(facts);
	}

	it('finds the speed and the mode', async () => {
		const [finding, ...others] = await examine({ speed: 1200 }, historic);
		expect(others).to.deep.equal([]);
		expect(finding).to.include({ check: 'meter main', verdict: 'ok' });
		expect(finding?.found).to.match(/ttyAMA0: historic mode at 1200 bd, \d+ groups right/);
	});

	it('says that the configured mode is another', async () => {
		const [finding] = await examine({ speed: 1200 }, historic, { mode: 'standard' });
		expect(finding?.verdict).to.equal('wrong');
		expect(finding?.found).to.match(/historic mode .*but the configuration wants standard/);
		expect(finding).to.include({ code: 'LINE_MODE', todo: 'write mode: auto for the meter' });
	});

	it('says that nothing comes', async () => {
		const [finding] = await examine({ speed: 1200 }, '');
		expect(finding?.verdict).to.equal('wrong');
		expect(finding?.code).to.equal('LINE_SILENT');
		expect(finding?.found).to.match(/ttyAMA0: not one byte$/);
	});

	it('tells a line of the wrong parity from noise', async () => {
		const [finding] = await examine({ speed: 1200, format: '8n1odd' }, historic);
		expect(finding?.verdict).to.equal('wrong');
		expect(finding?.code).to.equal('LINE_PARITY_ODD');
		expect(finding?.found).to.include('the parity is odd');
		await line?.close();
		const [noise] = await examine({ speed: 1200, format: '7e1', name: 'ttyAMA0' }, '*!'.repeat(500));
		expect(noise?.verdict).to.equal('wrong');
		expect(noise?.code).to.equal('LINE_NOISE');
		expect(noise?.found).to.match(/noise$/);
	});

	it('says what keeps the port from being opened, and what to type', async () => {
		const judged = judgeLine(await lineFacts(settings(), { dataDir: directory.path }, undefined));
		expect(judged).to.have.length(1);
		expect(judged[0]?.code).to.equal('PORT_MISSING');
		expect(judged[0]?.found).to.match(/ttyAMA0: no such port$/);
		expect(judged[0]?.todo).to.include('ls -l /dev/serial/by-id');
	});

	it("finds the kernel's console and a login prompt on the port", async () => {
		const root = directory.path;
		mkdirSync(join(root, 'proc'));
		writeFileSync(join(root, 'proc/cmdline'), 'console=tty1 console=ttyAMA0,115200 root=/dev/mmcblk0p2\n');
		const [kernel] = judgeLine(await lineFacts(settings(), { dataDir: root }, undefined, { root }));
		expect(kernel?.found).to.match(/^the kernel writes its messages to /);
		expect(kernel?.code).to.equal('CONSOLE_KERNEL');
		expect(kernel?.todo).to.include('/boot/firmware/cmdline.txt');
		writeFileSync(join(root, 'proc/cmdline'), 'console=tty1 root=/dev/mmcblk0p2\n');
		const wants = join(root, 'run/systemd/generator/getty.target.wants');
		mkdirSync(wants, { recursive: true });
		writeFileSync(join(wants, 'serial-getty@ttyAMA0.service'), '');
		const [login] = judgeLine(await lineFacts(settings(), { dataDir: root }, undefined, { root }));
		expect(login?.code).to.equal('CONSOLE_LOGIN');
		expect(login?.todo).to.equal('sudo systemctl mask --now serial-getty@ttyAMA0.service');
	});

	it('leaves a port alone that another process reads', async () => {
		const laid = await SerialLine.open({ directory: directory.path, paced: false });
		line = laid;
		const port = realpathSync(laid.path);
		const lock = await takeLock(`serial-${port}`, `serial port ${port}`, 'meter-reader');
		try {
			const [finding] = judgeLine(await lineFacts(settings(), { dataDir: directory.path }, undefined));
			expect(finding).to.include({ check: 'meter main', verdict: 'unsure', code: 'LINE_TAKEN' });
			expect(laid.readerSpeed).to.equal(undefined);
		} finally {
			await lock.release();
		}
	});

	it('says that nothing listens where the line is to come from', async () => {
		const elsewhere = settings({ source: 'tcp:127.0.0.1:1' });
		const [finding] = judgeLine(await lineFacts(elsewhere, { dataDir: directory.path }, undefined));
		expect(finding).to.include({ verdict: 'wrong', code: 'TCP_REFUSED' });
		expect(finding?.todo).to.include('ser2net');
	});

	it('asks the running house instead of the port', async () => {
		const link = {
			...{ at: '2026-01-15T18:00:00.000Z', source: 'serial', connected: true, mode: 'standard' as const },
			...{ groupsGood: 10, groupsBad: 1, implausible: 0, framesPerMinute: 40 },
		};
		const live = { online: new Set(['meter-reader']), links: new Map([['main', link]]) };
		const [finding] = judgeLine(await lineFacts(settings(), { dataDir: directory.path }, live));
		expect(finding).to.include({ verdict: 'ok' });
		expect(finding?.found).to.match(/read by the running house: standard mode, 10 groups right, 1 refused$/);
	});
});
