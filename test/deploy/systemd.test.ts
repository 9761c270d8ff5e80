import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { need, program } from '../support/parts.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const folder = fileURLToPath(new URL('../../deploy/systemd/', import.meta.url));
const text = (unit: string): string => readFileSync(join(folder, unit), 'utf8');
const units = readdirSync(folder);
/** The units that run services, each with what it runs. */
const running = units
	.filter((unit) => /^pilotwire-.*\.service$/.test(unit) && !/-(backup|upgrade)\.service$/.test(unit))
	.map((unit) => ({
		unit,
		runs: /^ExecStart=\S+ (.*) --config \/etc\/pilotwire\/house\.yaml$/m.exec(text(unit))?.[1],
	}));
const systemdAnalyze = program('systemd-analyze', 'apt-get install systemd');
/** An exposure of at most 2.0, as systemd-analyze counts it, in tenths. */
const MOST_EXPOSED = '20';
/** Majors of /dev/i2c-*; of ttyS, ttyAMA, ttyUSB and ttyACM. A name would count only where the driver is loaded already. */
const I2C = ['char-89'];
const SERIAL = ['char-4', 'char-204', 'char-188', 'char-166'];
/** What systemd 252 of Debian 12 doesn't know yet, and does without. */
const LATER = /Unknown key (name )?'(RestartSteps|RestartMaxDelaySec)' in section .Service., ignoring\.$/;

describe('the units of systemd', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();

	it('run the broker, the reader, the actuator, the shedder, and all the rest of the house, once each', () => {
		const alone = ['broker', 'load-shedder', 'meter-reader', 'radiator-actuator'];
		const rest = running.find(({ unit }) => unit === 'pilotwire-rest.service')?.runs;
		expect(running.map(({ runs }) => runs).sort()).to.deep.equal([...alone, rest].sort());
		expect(rest).to.match(/^up --no-show --except /);
		expect(rest?.split(' ').at(-1)?.split(',').sort()).to.deep.equal(alone);
	});

	it('are what systemd understands', function () {
		need(this, systemdAnalyze);
		for (const unit of units) {
			cpSync(join(folder, unit), join(directory.path, unit));
			// The command isn't installed here.
			writeFileSync(join(directory.path, unit), text(unit).replaceAll('/usr/local/bin/pilotwire', '/bin/true'));
		}
		const { status, stderr } = spawnSync(
			'systemd-analyze',
			['verify', '--man=no', ...units.map((unit) => join(directory.path, unit))],
			{ encoding: 'utf8' },
		);
		const ours = stderr.split('\n').filter((line) => line.includes(directory.path) && !LATER.test(line));
		expect(ours).to.deep.equal([]);
		expect(status, stderr).to.equal(0);
	});

	it('are exposed by 2.0 at most', function () {
		need(this, systemdAnalyze);
		for (const { unit } of running) {
			const given = ['security', '--offline=true', `--threshold=${MOST_EXPOSED}`, '--no-pager', join(folder, unit)];
			const { status, stdout } = spawnSync('systemd-analyze', given, { encoding: 'utf8' });
			expect(status, `${unit}: ${stdout.trim().split('\n').at(-1)}`).to.equal(0);
		}
	});

	it('let only the actuator have the I2C bus, and only the reader its serial port', () => {
		const devices = (unit: string): string[] =>
			[...text(unit).matchAll(/^DeviceAllow=(\S+)/gm)].map(([, name]) => name ?? '');
		for (const { unit } of running) {
			expect(text(unit), unit).to.match(/^(PrivateDevices=yes|DevicePolicy=closed)$/m);
			const wanted = { 'pilotwire-radiator-actuator.service': I2C, 'pilotwire-meter-reader.service': SERIAL }[unit];
			const isOfOne = (name: string): boolean => [...I2C, ...SERIAL].includes(name) || /tty|i2c/.test(name);
			expect(devices(unit).filter(isOfOne), unit).to.deep.equal(wanted ?? []);
		}
	});

	it('have 400 MB together, a watchdog each, and are started again for ever, later each time', () => {
		expect(text('pilotwire.slice')).to.match(/^MemoryMax=400M$/m);
		for (const { unit } of running) {
			for (const line of [
				'Slice=pilotwire.slice',
				'Type=notify',
				'NotifyAccess=all',
				'WatchdogSec=30',
				'Restart=always',
			])
				expect(text(unit).split('\n'), unit).to.include(line);
			for (const setting of ['MemoryMax', 'RestartSec', 'RestartSteps', 'RestartMaxDelaySec', 'PartOf'])
				expect(text(unit), unit).to.match(new RegExp(`^${setting}=`, 'm'));
			expect(text(unit), unit).to.match(/^StartLimitIntervalSec=0$/m);
		}
	});
});
