import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { noProcessLeft, type Process } from '@pilotwire/test/processes';
import { SerialLine } from '@pilotwire/test/serial-line';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { gcc, i2cBus, need } from '../support/parts.ts';
import { isRoot, outcomeOf, pilotwire, pilotwireWithoutRights, setpriv, settings } from './pilotwire.ts';

/** Where nothing listens: no test's house has this address. */
const NOWHERE = 'mqtt://127.0.5.9:1';

describe('what is missing, busy or forbidden', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	noProcessLeft();

	/** A part of a real house that waits for a broker, with its data in the test's folder. */
	const part = (service: string, values: Record<string, string | number> = {}): string[] => [
		service,
		...settings({ dataDir: directory.path, 'mqtt.url': NOWHERE, ...values }),
	];
	const meter = (path: string) => part('meter-reader', { 'meters.0.id': 'main', 'meters.0.source': `serial:${path}` });
	const boards = (bus: string | number) =>
		part('radiator-actuator', { 'boards.bus': bus, 'boards.modules.0.address': 0x20, 'boards.modules.0.phase': 1 });
	/** It says so in its log and goes on; when asked it leaves, with 0. */
	const tellsAndGoesOn = async (command: Process, sentence: RegExp): Promise<void> => {
		await command.line(sentence);
		expect(await command.kill('SIGTERM')).to.deep.equal({ code: 0, signal: null });
	};

	it('a serial port that is not there: told, and tried again', async () => {
		const path = join(directory.path, 'ttyUSB0');
		await tellsAndGoesOn(pilotwire(...meter(path)), /PORT_MISSING: .*ttyUSB0.* Plug the adapter in.*It is tried again/);
	});

	it('a serial port that this user may not read: told with the group to join', async function () {
		if (isRoot) need(this, setpriv);
		const path = join(directory.path, 'ttyS0');
		writeFileSync(path, '');
		chmodSync(path, 0o000);
		await tellsAndGoesOn(pilotwireWithoutRights(...meter(path)), /PORT_FORBIDDEN: .*usermod -aG dialout/);
	});

	it('a file that is no serial port: told', async () => {
		const path = join(directory.path, 'file');
		writeFileSync(path, '');
		await tellsAndGoesOn(pilotwire(...meter(path)), /PORT_NOT_SERIAL: .*Correct the source of the meter/);
	});

	it('an I2C bus that is not there: told with how to enable it', async function () {
		need(this, i2cBus);
		await tellsAndGoesOn(pilotwire(...boards(250)), /I2C_NO_BUS: .*\/dev\/i2c-250.*raspi-config/);
	});

	it('an outside broker that does not answer: told with what to check', async () => {
		const sentence =
			/no connection to mqtt:\/\/127\.0\.5\.9:1: .*ECONNREFUSED.*check that the broker runs and mqtt\.url/;
		await tellsAndGoesOn(pilotwire(...part('load-shedder')), sentence);
	});

	it('a second meter-reader on one serial port ends with a sentence and 75', async function () {
		need(this, gcc);
		const line = await SerialLine.open({ directory: directory.path });
		try {
			const first = pilotwire(...meter(line.path));
			await Promise.race([line.reader(1200), line.reader(9600)]);
			const { code, stderr } = await outcomeOf(pilotwire(...meter(line.path)));
			expect(stderr).to.match(
				/LOCK_HELD: expected serial port .* by another meter-reader\. Stop the other meter-reader/,
			);
			expect(code).to.equal(75);
			await first.kill('SIGTERM');
		} finally {
			await line.close();
		}
	});

	it('a second radiator-actuator on one bus ends with a sentence and 75', async () => {
		const bus = `simulator:${join(directory.path, 'bus.sock')}`;
		const first = pilotwire(...boards(bus));
		await first.line('I2C_SIMULATOR_AWAY');
		const { code, stderr } = await outcomeOf(pilotwire(...boards(bus)));
		expect(stderr).to.match(/LOCK_HELD: .*I2C bus .* by another radiator-actuator\. Stop the other radiator-actuator/);
		expect(code).to.equal(75);
		await first.kill('SIGTERM');
	});

	describe('a broker', () => {
		let taken: Server;
		const broker = (command: string[]): string[] => [
			...command,
			...settings({
				dataDir: directory.path,
				'broker.host': '127.0.5.10',
				'broker.port': (taken.address() as AddressInfo).port,
				'broker.wsPort': 0,
			}),
		];

		beforeEach(async () => {
			taken = createServer().listen(0, '127.0.5.10');
			await once(taken, 'listening');
		});
		afterEach(() => {
			taken.close();
		});

		for (const [way, command] of [
			['alone', ['broker']],
			['with others', ['up', '--no-show', '--only', 'broker,load-shedder']],
			['in a process of its own', ['up', '--no-show', '--processes', '--only', 'broker,load-shedder']],
		] as const) {
			it(`${way} on a port that is taken ends with a sentence and 69`, async () => {
				const started = pilotwire(...broker([...command]));
				const { code, stderr } = await outcomeOf(started);
				expect(stderr).to.match(/BROKER_PORT_BUSY: .*127\.0\.5\.10:\d+.* set broker\.port to another port\./);
				expect(code).to.equal(69);
			});
		}

		it('at an address of another machine ends with a sentence and 78', async () => {
			const { code, stderr } = await outcomeOf(pilotwire(...broker(['broker']), '--set', 'broker.host=192.0.2.1'));
			expect(stderr).to.match(/BROKER_HOST_UNKNOWN: .* Set broker\.host to 127\.0\.0\.1/);
			expect(code).to.equal(78);
		});
	});

	it('a call without a broker ends with a sentence and 69', async () => {
		const call = ['call', 'meter-reader', 'lastFrame', ...settings({ dataDir: directory.path, 'mqtt.url': NOWHERE })];
		const { code, stdout, stderr } = await outcomeOf(pilotwire(...call));
		expect(stderr).to.match(
			/^BROKER_AWAY: expected the broker at mqtt:\/\/127\.0\.5\.9:1, .*Check that the house runs/,
		);
		expect(stdout).to.equal('');
		expect(code).to.equal(69);
	});
});
