// The installer, and the program as its user, in whole Debian trees, as far as a tree without an init goes.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { need, type Part } from '../support/parts.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { until } from '../support/until.ts';
import { PrivateSystemd, privateSystemd } from './private-systemd.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const trees = (process.env['PILOTWIRE_DEBIAN_TREES'] ?? '').split(':').filter((tree) => tree !== '');
const debianTrees: Part = {
	name: 'a Debian tree',
	obtain:
		'as root: debootstrap --variant=minbase --include=systemd,nodejs,i2c-tools,gpiod trixie TREE, the same of bookworm; then PILOTWIRE_DEBIAN_TREES=TREE:TREE',
	onRequest: true,
	present: () => trees.length > 0 && trees.every((tree) => existsSync(join(tree, 'usr/bin/node'))),
};

const LOAD_SHEDDER = 'pilotwire-load-shedder.service';
/** What systemd 252 of Debian 12 doesn't know yet, and does without. */
const LATER = /Unknown key (name )?'(RestartSteps|RestartMaxDelaySec)' in section .Service., ignoring\.$/;

/** Name and numbers (Linux, devices.txt). */
const DEVICES = [
	...[['i2c-1', '89', '1'] as const, ['ttyAMA0', '204', '64'] as const, ['ttyS0', '4', '64'] as const],
	...[['ttyUSB0', '188', '0'] as const, ['ttyACM0', '166', '0'] as const],
];

const CURRENT = '/opt/pilotwire/current';
const AS_USER = ['runuser', '-u', 'pilotwire', '--'];
const CONFIG = ['--config', '/etc/pilotwire/house.yaml'];
/** At the end of a part: what makes it one of a version that changes the accounts' schema, or of one that is broken. */
const CHANGES = "\nmigrations.push('CREATE TABLE later (a INTEGER) STRICT');\n";
const ENDS = "\nif (process.argv[2] === 'load-shedder') throw new Error('broken');\n";

const shell = (script: string): void => {
	const { status, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
	expect(status, stderr).to.equal(0);
};

describe('the installer in a Debian tree', function () {
	this.timeout(1_200_000);
	const directory = temporaryDirectory('suite');

	before(function () {
		need(this, debianTrees);
		// The built project as a user has it, but for what no installation takes.
		const without = ['.git', 'node_modules/.cache', 'screenshots', 'test/build', '.pilotwire'].map(
			(path) => `--exclude=./${path}`,
		);
		shell(`tar -C '${root}' ${without.join(' ')} -cf - . | tar -C '${directory.path}' -xf - --no-same-owner`);
		shell(`cd '${directory.path}' && npm prune --omit=dev --ignore-scripts --offline --no-audit --no-fund`);
	});

	// Without a tree there is one test, skipped by name.
	for (const tree of trees.length > 0 ? trees : ['none']) {
		describe(tree, () => {
			const inTree = (...given: string[]) => {
				const { status, stdout, stderr } = spawnSync('chroot', [tree, ...given], { encoding: 'utf8' });
				return { status, text: `${stdout}${stderr}` };
			};
			const install = (...given: string[]) => inTree('bash', '/src/deploy/install.sh', ...given);
			const read = (path: string): string => readFileSync(join(tree, path), 'utf8');
			/** Adds to the ends of files of the new version; gives what takes that back. */
			const spoil = (changes: Readonly<Record<string, string>>): (() => void) => {
				const whole = Object.entries(changes).map(([path, end]) => {
					const file = join(tree, 'src/packages', path);
					const text = readFileSync(file, 'utf8');
					writeFileSync(file, text + end);
					return () => writeFileSync(file, text);
				});
				return () => {
					for (const mend of whole) mend();
				};
			};
			/** SQLite's `user_version`, as the file has it. */
			const schemaOfAccounts = (): number => readFileSync(join(tree, 'var/lib/pilotwire/accounts.db')).readUInt32BE(60);
			const commandLine = 'console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootwait\n';

			before(() => {
				shell(`cp -a '${directory.path}/.' '${tree}/src'`);
				// As on a Pi's card.
				mkdirSync(join(tree, 'boot/firmware'), { recursive: true });
				writeFileSync(join(tree, 'boot/firmware/config.txt'), 'dtparam=audio=on\n');
				writeFileSync(join(tree, 'boot/firmware/cmdline.txt'), commandLine);
			});

			after(() => {
				for (const path of ['src', 'boot/firmware', 'usr/local/bin/node'])
					rmSync(join(tree, path), { recursive: true, force: true });
			});

			it("says what it needs where the system's own Node is too old", () => {
				if (!/^v(1[0-9]|20\.1[0-8])\./.test(inTree('node', '--version').text)) return;
				const { status, text } = install();
				expect(status).to.equal(1);
				expect(text).to.match(/^Pilotwire needs Node 20\.19 or later, and this system offers .*"Node", says where/m);
				expect(existsSync(join(tree, 'opt/pilotwire'))).to.equal(false);
				const doctor = inTree('node', '/src/packages/cli/bin/pilotwire.js', 'doctor', '--json');
				expect(JSON.parse(doctor.text)).to.have.nested.property('findings[0].code', 'NODE_TOO_OLD');
				// As one who followed that advice.
				cpSync(process.execPath, join(tree, 'usr/local/bin/node'));
			});

			it('installs, again, runs as its user, and goes without a trace', () => {
				const first = install();
				expect(first.status, first.text).to.equal(0);
				expect(first.text).to.include('sudo reboot');
				expect(read('boot/firmware/cmdline.txt')).to.not.include('serial0');
				const again = install();
				expect(again.status, again.text).to.equal(0);
				expect(again.text).to.not.include('writes ').and.not.include('reboot');
				expect(inTree('pilotwire', '--version').text).to.match(/^\d+\.\d+\.\d+\n$/);
				const doctor = inTree(...AS_USER, 'pilotwire', 'doctor', '--json', ...CONFIG);
				const { findings } = JSON.parse(doctor.text) as { findings: { check: string; verdict: string }[] };
				for (const check of ['Node', 'configuration', 'data folder'])
					expect(findings.find((finding) => finding.check === check)?.verdict, check).to.equal('ok');
				for (const unit of ['pilotwire.target', 'pilotwire-radiator-actuator.service', 'pilotwire-backup.timer'])
					expect(inTree('systemctl', 'is-enabled', unit).text, unit).to.match(/^enabled\n/);
				expect(inTree('systemctl', 'is-enabled', 'serial-getty@ttyAMA0.service').text).to.match(/^masked\n/);
				const groups = inTree('id', '-nG', 'pilotwire').text.trim().split(' ');
				expect(groups).to.include.members(['dialout', 'i2c', 'gpio']);
				const { status, text } = install('--uninstall', '--purge');
				expect(status, text).to.equal(0);
				for (const path of ['opt/pilotwire', 'etc/pilotwire', 'var/lib/pilotwire', 'usr/local/bin/pilotwire'])
					expect(existsSync(join(tree, path)), path).to.equal(false);
				expect(read('boot/firmware/config.txt')).to.equal('dtparam=audio=on\n');
				expect(read('boot/firmware/cmdline.txt').split(' ').sort()).to.deep.equal(commandLine.split(' ').sort());
			});

			it('comes up under its systemd, again where it hung, and as it was where a new version does not', async function () {
				need(this, privateSystemd);
				// No Pi: nothing waits for a restart of the machine.
				rmSync(join(tree, 'boot/firmware'), { recursive: true });
				let init = new PrivateSystemd(tree);
				try {
					await init.until(
						(text) => /^(active|activating)\n/.test(text),
						60_000,
						'systemctl',
						'is-active',
						'basic.target',
					);
					const live = (...given: string[]) =>
						init.run('PILOTWIRE_COMES_UP_S=60', 'bash', '/src/deploy/install.sh', ...given);
					const first = live();
					expect(first.status, `${first.text}\n${init.said}`).to.equal(0);
					const asksPid = ['systemctl', 'show', '--property=MainPID', '--value', LOAD_SHEDDER];
					const hung = init.run(...asksPid).text.trim();
					init.run('bash', '-c', `kill -STOP ${hung}`);
					await init.until((text) => !['0', hung].includes(text.trim()), 120_000, ...asksPid);
					await init.until((text) => text === 'active\n', 120_000, 'systemctl', 'is-active', LOAD_SHEDDER);

					const before = init.run('readlink', CURRENT).text;
					const known = schemaOfAccounts();
					/** The house runs with the version from before, which reads its accounts. */
					const expectAsBefore = (): void => {
						expect(init.run('readlink', CURRENT).text).to.equal(before);
						expect(schemaOfAccounts()).to.equal(known);
						const accounts = init.run(...AS_USER, 'pilotwire', 'account', 'list', ...CONFIG);
						expect(accounts.text).to.match(/^\S+ +admin /m);
						expect(readdirSync(join(tree, 'opt/pilotwire')).sort()).to.deep.equal(['current', 'releases']);
					};

					let mend = spoil({ 'cli/dist/main.js': "\nimport './gone.js';\n" });
					const refused = live();
					mend();
					expect(refused.status).to.equal(1);
					expect(refused.text).to.include('Nothing was changed: the new version can not run');
					expectAsBefore();

					mend = spoil({ 'accounts/dist/store.js': CHANGES, 'load-shedder/dist/index.js': ENDS });
					const broken = live();
					expect(broken.status).to.equal(1);
					expect(broken.text, init.said).to.include('The version from before runs again');
					expect(broken.text).to.include('/var/lib/pilotwire/accounts.db is as it was');
					expectAsBefore();

					init.run('systemd-run', 'bash', '/src/deploy/install.sh');
					await until('a new version that has changed the accounts', () => schemaOfAccounts() === known + 1, 300_000);
					mend();
					// The power goes, and comes back.
					await init.stop();
					init = new PrivateSystemd(tree);
					await init.until((text) => /^active\n/.test(text), 60_000, 'systemctl', 'is-active', 'basic.target');
					init.run('systemctl', 'start', '--no-block', 'multi-user.target');
					await init.until((text) => text === 'active\n', 120_000, 'systemctl', 'is-active', LOAD_SHEDDER);
					expectAsBefore();
					for (const text of [live('--uninstall', '--purge'), live('--uninstall', '--purge')])
						expect(text.status, text.text).to.equal(0);
				} finally {
					await init.stop();
				}
			});

			it('lets the actuator alone open I2C, and the reader alone serial ports, also where the driver comes later', async function () {
				need(this, privateSystemd);
				const init = new PrivateSystemd(tree);
				try {
					await init.until((text) => /^active\n/.test(text), 60_000, 'systemctl', 'is-active', 'basic.target');
					for (const [name, ...numbers] of DEVICES) init.run('mknod', `/dev/${name}`, 'c', ...numbers);
					const asks = DEVICES.map(([name]) => `r=$({ exec 3<>/dev/${name}; } 2>&1); echo "${name}: \${r##*: }"`);
					init.run('bash', '-c', `cat >/run/asks <<'END'\n${asks.join('\n')}\nEND`);
					/** The devices that the unit's settings let it open. */
					const opened = (unit: string): string[] => {
						const text = read(`src/deploy/systemd/pilotwire-${unit}.service`);
						const settings = [...text.matchAll(/^(?:PrivateDevices|DevicePolicy|DeviceAllow)=.*$/gm)].flat();
						const asking = [
							'[Service]',
							'Type=oneshot',
							'ExecStart=/bin/bash /run/asks',
							'StandardOutput=file:/run/said',
						];
						const service = `/run/systemd/system/asks-${unit}.service`;
						init.run('bash', '-c', `cat >${service} <<'END'\n${[...asking, ...settings].join('\n')}\nEND`);
						for (const given of [['daemon-reload'], ['start', `asks-${unit}`]]) init.run('systemctl', ...given);
						const said = init.run('bash', '-c', 'cat /run/said; rm /run/said').text;
						// No machine that tests has them all: who is let through finds nothing there.
						return DEVICES.map(([name]) => name).filter((name) =>
							new RegExp(`^${name}: (No such device.*)?$`, 'm').test(said),
						);
					};
					expect(opened('radiator-actuator')).to.deep.equal(['i2c-1']);
					expect(opened('meter-reader')).to.deep.equal(['ttyAMA0', 'ttyS0', 'ttyUSB0', 'ttyACM0']);
					for (const unit of ['broker', 'load-shedder', 'rest']) expect(opened(unit), unit).to.deep.equal([]);
				} finally {
					await init.stop();
				}
			});

			it('has units that the systemd of that tree understands', () => {
				const folder = join(tree, 'src/deploy/systemd');
				shell(`cp '${folder}'/* '${join(tree, 'etc/systemd/system')}'`);
				writeFileSync(join(tree, 'usr/local/bin/pilotwire'), '#!/bin/sh\n', { mode: 0o755 });
				const units = readdirSync(folder);
				const { text } = inTree('systemd-analyze', 'verify', '--man=no', ...units);
				for (const unit of units) rmSync(join(tree, 'etc/systemd/system', unit));
				rmSync(join(tree, 'usr/local/bin/pilotwire'));
				const ours = text.split('\n').filter((each) => each.includes('pilotwire') && !LATER.test(each));
				expect(ours).to.deep.equal([]);
			});
		});
	}
});
