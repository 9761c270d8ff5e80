import { execFileSync } from 'node:child_process';
import {
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { UncontrolledLoad } from '@pilotwire/circuit';
import { openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { openssl } from '@pilotwire/test/openssl';
import { need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { readHouse } from '../../src/config.ts';
import { judgeCertificate, SHOWN } from '../../src/doctor/certificates.ts';
import { judgeClock } from '../../src/doctor/clock.ts';
import { backupFacts } from '../../src/io/doctor/backup.ts';
import { certificateFacts } from '../../src/io/doctor/certificates.ts';
import { diskFacts } from '../../src/io/doctor/disk.ts';
import { examine } from '../../src/io/doctor/examine.ts';
import { clockFacts, machineFacts } from '../../src/io/doctor/machine.ts';
import { protectionFacts } from '../../src/io/doctor/protection.ts';
import { shownCertificate } from '../../src/io/doctor/shown-certificate.ts';
import { databaseFacts, influxdbFacts } from '../../src/io/doctor/store.ts';

const DAY_MS = 86_400_000;

describe('what the doctor gathers', () => {
	const directory = temporaryDirectory();

	it('reads what the machine says of itself', async () => {
		const root = directory.path;
		mkdirSync(join(root, 'proc/device-tree'), { recursive: true });
		mkdirSync(join(root, 'etc'));
		writeFileSync(join(root, 'proc/device-tree/model'), 'Raspberry Pi 4 Model B Rev 1.4\0');
		writeFileSync(join(root, 'etc/os-release'), 'NAME=x\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n');
		const facts = await machineFacts(root);
		expect(facts.model).to.equal('Raspberry Pi 4 Model B Rev 1.4');
		expect(facts.system).to.match(/^Debian GNU\/Linux 13 \(trixie\), Linux /);
		expect(facts.node).to.equal(process.version);
	});

	it('finds the device below a folder, its wear and the errors of its file system', async () => {
		const root = directory.path;
		const folder = join(root, 'data', 'not-there-yet');
		const { dev } = statSync(root);
		const number = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
		mkdirSync(join(root, 'proc/self'), { recursive: true });
		writeFileSync(join(root, 'proc/self/mountinfo'), `1 0 ${number} / / rw - ext4 /dev/mmcblk0p2 rw\n`);
		mkdirSync(join(root, 'sys/block/mmcblk0/device'), { recursive: true });
		writeFileSync(join(root, 'sys/block/mmcblk0/device/life_time'), '0x08 0x02\n');
		mkdirSync(join(root, 'sys/fs/ext4/mmcblk0p2'), { recursive: true });
		writeFileSync(join(root, 'sys/fs/ext4/mmcblk0p2/errors_count'), '2\n');
		const facts = await diskFacts(folder, root);
		expect(facts).to.include({ folder, writable: true, device: '/dev/mmcblk0p2', wearPercent: 80, errors: 2 });
		expect(facts.freeBytes).to.be.within(1, facts.totalBytes);
	});

	it('knows whether the clock was set from the network', async () => {
		const folder = join(directory.path, 'run/systemd/timesync');
		mkdirSync(folder, { recursive: true });
		const word = async () => judgeClock(await clockFacts('Europe/Paris', directory.path))[0]?.code;
		expect(await word()).to.equal('CLOCK_NOT_SET');
		writeFileSync(join(folder, 'synchronized'), '');
		expect(await word()).to.equal(undefined);
	});

	it('says of each configuration that cannot be read what is wrong with it', async () => {
		const config = join(directory.path, 'house.yaml');
		const words = async () =>
			(await examine({ config })).filter(({ check }) => check === 'configuration').map(({ code }) => code);
		expect(await words()).to.deep.equal(['CONFIGURATION_MISSING']);
		writeFileSync(config, 'meters: [');
		expect(await words()).to.deep.equal(['CONFIGURATION_NOT_YAML']);
		writeFileSync(config, 'site: A B\nbroker: { port: none }\n');
		expect(await words()).to.deep.equal(['CONFIGURATION_INVALID', 'CONFIGURATION_INVALID']);
	});

	it('says why a folder takes nothing', async () => {
		expect((await diskFacts('/proc/self')).writable).to.match(/^E(ACCES|PERM|ROFS|NOENT)$/);
	});

	it('reads a certificate, and knows one that has ended', async function () {
		this.timeout(60_000);
		need(this, openssl);
		const [certFile, keyFile] = [join(directory.path, 'cert.pem'), join(directory.path, 'key.pem')];
		const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
		execFileSync('openssl', ['req', '-x509', '-days', '20', ...key, '-out', certFile, '-subj', '/CN=x'], {
			stdio: 'ignore',
		});
		const facts = await certificateFacts({ certFile, keyFile });
		const nowMs = Date.now();
		const verdict = (wallMs: number): string | undefined => judgeCertificate(facts, wallMs).code;
		expect([0, 10, 21, -2].map((days) => verdict(nowMs + days * DAY_MS))).to.deep.equal([
			...[undefined, 'CERTIFICATE_ENDS_SOON', 'CERTIFICATE_ENDED', 'CERTIFICATE_NOT_YET'],
		]);
		expect(judgeCertificate(facts, nowMs - 2 * DAY_MS).found).to.match(/begins on .* after today/);
		const missing = await certificateFacts({ certFile, keyFile: join(directory.path, 'none.pem') });
		expect(judgeCertificate(missing, nowMs).found).to.include('ENOENT');
		writeFileSync(keyFile, 'no key');
		expect(judgeCertificate(await certificateFacts({ certFile, keyFile }), nowMs).code).to.equal(
			'CERTIFICATE_UNUSABLE',
		);
	});

	it('looks at the certificate that browsers are shown, by the name they ask for', async function () {
		this.timeout(60_000);
		need(this, openssl);
		const [certFile, keyFile] = [join(directory.path, 'cert.pem'), join(directory.path, 'key.pem')];
		const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
		execFileSync('openssl', ['req', '-x509', '-days', '9', ...key, '-out', certFile, '-subj', '/CN=localhost'], {
			stdio: 'ignore',
		});
		const server = createTlsServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		try {
			const facts = await shownCertificate(`https://localhost:${port}/house`);
			const found = judgeCertificate(facts ?? expect.fail(), Date.now(), SHOWN);
			expect(found).to.include({ code: 'CERTIFICATE_ENDS_SOON', todo: SHOWN });
			expect(found.found).to.match(new RegExp(`^https://localhost:${port} ends in [89] days$`));
			// Another's, and none.
			expect(await shownCertificate(`https://127.0.0.1:${port}`)).to.equal(undefined);
			expect(await shownCertificate(`http://localhost:${port}`)).to.equal(undefined);
		} finally {
			await new Promise((resolve) => server.close(resolve));
		}
		expect(await shownCertificate(`https://localhost:${port}`)).to.equal(undefined);
	});

	it('finds the backups that the timer makes of this house, where one is in use', async () => {
		const root = mkdtempSync(join(directory.path, 'root-'));
		const units = join(root, 'etc/systemd/system');
		const folder = join(root, 'var/backups/pilotwire');
		const facts = () => backupFacts('home', '/etc/pilotwire/house.yaml', root);
		mkdirSync(join(units, 'timers.target.wants'), { recursive: true });
		const unit = readFileSync(new URL('../../../../deploy/systemd/pilotwire-backup.service', import.meta.url));
		writeFileSync(join(units, 'pilotwire-backup.service'), unit);
		expect(await facts()).to.equal(undefined);
		const timer = join(units, 'timers.target.wants/pilotwire-backup.timer');
		symlinkSync('../pilotwire-backup.timer', timer);
		const { mtimeMs: sinceMs } = lstatSync(timer);
		const place = '/var/backups/pilotwire/';
		// No disk where it should be is no backup either.
		expect(await facts()).to.deep.equal({ place, newestMs: undefined, sinceMs });
		mkdirSync(folder, { recursive: true });
		for (const day of [1, 2, 3]) {
			const file = join(folder, `pilotwire-home-2026-01-0${day}T03-10-00Z.tar.gz`);
			writeFileSync(file, '');
			utimesSync(file, day, day);
		}
		// Neither is the nightly one.
		for (const name of ['before-upgrade.tar.gz', 'pilotwire-barn-2026-01-04T03-10-00Z.tar.gz'])
			writeFileSync(join(folder, name), '');
		expect(await facts()).to.deep.equal({ place, newestMs: 3_000, sinceMs });
		expect(await backupFacts('home', join(directory.path, 'another.yaml'), root)).to.equal(undefined);
		mkdirSync(join(units, 'pilotwire-backup.service.d'));
		const over =
			'ExecStart=\nExecStart=/usr/local/bin/pilotwire backup /mnt/stick/home.tar.gz --config /etc/pilotwire/house.yaml\n';
		writeFileSync(join(units, 'pilotwire-backup.service.d/override.conf'), `[Service]\n${over}`);
		mkdirSync(join(root, 'mnt/stick'), { recursive: true });
		writeFileSync(join(root, 'mnt/stick/home.tar.gz'), '');
		utimesSync(join(root, 'mnt/stick/home.tar.gz'), 7, 7);
		expect(await facts()).to.deep.equal({ place: '/mnt/stick/home.tar.gz', newestMs: 7_000, sinceMs });
	});

	it('reads a database through, leaves one that is in use alone, and finds damage', async () => {
		const path = join(directory.path, 'history.db');
		expect((await databaseFacts('history', path, false)).state).to.equal('none');
		const begin = (file: string) =>
			openDatabase({
				...{ path: file, migrations: ['CREATE TABLE t (a INTEGER) STRICT', 'CREATE INDEX i ON t (a)'] },
				...{ log: silentLog, clock: systemClock },
			});
		const open = await begin(path);
		await open.batch(Array.from({ length: 2_000 }, (_, a) => ({ sql: 'INSERT INTO t VALUES (?)', params: [a] })));
		await open.close();
		expect((await databaseFacts('history', path, false)).state).to.equal('sound');
		writeFileSync(path, Buffer.alloc(4_096, 7), { flag: 'r+' });
		const damaged = await databaseFacts('history', path, false);
		expect(damaged.state)
			.to.have.property('todo')
			.that.match(/^Put a backup in its place/);
		const used = join(directory.path, 'broker.db');
		const owner = await begin(used);
		expect((await databaseFacts('broker', used, false)).state).to.equal('used');
		await owner.close();
	});

	describe('of an InfluxDB', () => {
		let server: Server;
		let status = 204;

		beforeEach(async () => {
			server = createServer((_, response) => response.writeHead(status, { 'x-influxdb-version': '2.7.1' }).end());
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		});

		afterEach(() => new Promise((resolve) => server.close(resolve)));

		it('asks for its version', async () => {
			const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
			expect((await influxdbFacts(url)).answer).to.deep.equal({ version: '2.7.1' });
			status = 503;
			expect((await influxdbFacts(url)).answer).to.deep.equal({ problem: 'HTTP 503' });
			expect((await influxdbFacts('http://127.0.0.1:1')).answer).to.have.property('problem');
		});
	});

	it('knows the limits: as configured, as learned, as the meter says', async () => {
		const config = join(directory.path, 'house.yaml');
		const dataDir = mkdtempSync(join(directory.path, 'data-'));
		writeFileSync(
			config,
			JSON.stringify({
				...{ dataDir, meters: [{ id: 'main', source: 'serial:/dev/ttyAMA0' }] },
				boards: {
					bus: 1,
					modules: [
						{ address: 0x20, phase: 1 },
						{ address: 0x21, phase: 2 },
					],
				},
				radiators: [
					{ id: 'salon', board: 0x20, wire: 1, powerW: 1_500 },
					{ id: 'bath', board: 0x21, wire: 1, powerW: 1_000 },
				],
			}),
		);
		const house = await readHouse({ config });
		const before = await protectionFacts(house, undefined);
		expect(before.phases.map(({ limitVA }) => limitVA)).to.deep.equal([undefined, undefined]);
		expect(before.phases[0]?.circuits).to.deep.equal([{ id: 'salon', powerW: 1_500, phase: 1, unheld: true }]);
		const load = new UncontrolledLoad();
		for (let s = 0; s <= 90_000; s += 10) load.add(2_000, 0, s * 1_000);
		const memory = { version: 1, limitsVA: { 1: 5_000 }, uncontrolled: { 1: load }, powersW: {} };
		writeFileSync(join(dataDir, 'radiator-actuator.json'), JSON.stringify(memory));
		const [first, second] = (await protectionFacts(house, undefined)).phases;
		expect(first?.limitVA).to.equal(5_000);
		expect(first?.uncontrolledVA).to.be.within(2_000, 2_100);
		expect(first?.blindVA).to.be.within(2_900, 3_000);
		expect(second?.limitVA).to.equal(undefined);
		const said = { at: '2026-01-15T18:00:00.000Z', over: false, phases: [{ phase: 2 as const, limitVA: 4_000 }] };
		const live = await protectionFacts(house, said as unknown as Parameters<typeof protectionFacts>[1]);
		expect(live.measured).to.deep.equal([2]);
		expect(live.phases[1]?.limitVA).to.equal(4_000);
		expect(live.phases[1]?.uncontrolledVA).to.equal(undefined);
	});
});
