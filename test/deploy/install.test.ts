import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { need, program } from '../support/parts.ts';
import { bootConfig, deploy, installerTree, stubs } from './installer-tree.ts';

const units = ['broker', 'meter-reader', 'radiator-actuator', 'load-shedder', 'rest'].map(
	(name) => `pilotwire-${name}.service`,
);

describe('the installer', function () {
	this.timeout(60_000);
	const { at, tree, stub, bash, read, run, calls, snapshot } = installerTree();

	it('is a script without faults', function () {
		const shellcheck = program('shellcheck', 'apt-get install shellcheck');
		need(this, shellcheck);
		const { stdout } = spawnSync(
			'shellcheck',
			['-x', ...['install.sh', 'install/back.sh'].map((name) => join(deploy, name))],
			{ encoding: 'utf8' },
		);
		expect(stdout).to.equal('');
	});

	it('says what it would do, and does nothing', () => {
		const before = snapshot();
		const { status, text } = run(['--dry-run']);
		expect(status, text).to.equal(0);
		for (const what of [
			'would run: groupadd',
			'config.txt',
			'cmdline.txt',
			'pilotwire-broker.service',
			'version 1.2.3',
		])
			expect(text).to.include(what);
		expect(snapshot()).to.deep.equal(before);
		expect(calls()).to.deep.equal([]);
	});

	it('puts everything in its place', () => {
		const { status, text } = run();
		expect(status, text).to.equal(0);
		expect(readlinkSync(tree('usr/local/bin/pilotwire'))).to.equal(
			'/opt/pilotwire/current/packages/cli/bin/pilotwire.js',
		);
		expect(read('opt/pilotwire/current/packages/cli/dist/main.js')).to.equal('whole');
		for (const left of ['.git', 'test/some.test.ts'])
			expect(existsSync(tree(`opt/pilotwire/current/${left}`)), left).to.equal(false);
		for (const unit of [
			...units,
			'pilotwire.target',
			'pilotwire.slice',
			'pilotwire-backup.timer',
			'pilotwire-upgrade.service',
		])
			expect(read(`etc/systemd/system/${unit}`)).to.equal(readFileSync(join(deploy, 'systemd', unit), 'utf8'));
		expect(read('etc/pilotwire/house.yaml')).to.equal(readFileSync(join(deploy, 'house.yaml'), 'utf8'));
		expect(read('boot/firmware/config.txt')).to.equal(
			`${bootConfig}# pilotwire: begin\n[all]\nenable_uart=1\ndtoverlay=disable-bt\ndtparam=i2c_arm=on\ndtparam=watchdog=on\n# pilotwire: end\n`,
		);
		expect(read('boot/firmware/cmdline.txt')).to.equal(
			'console=tty1 root=PARTUUID=1-02 rootfstype=ext4 fsck.repair=yes rootwait cgroup_enable=memory\n',
		);
		expect(read('etc/modules-load.d/pilotwire.conf')).to.equal('i2c-dev\n');
		expect(read('etc/systemd/system.conf.d/pilotwire-watchdog.conf')).to.match(/^RuntimeWatchdogSec=15$/m);
		const made = calls();
		expect(made.filter((call) => call.startsWith('groupadd')).map((call) => call.split(' ').at(-1))).to.deep.equal([
			'i2c',
			'gpio',
			'pilotwire',
		]);
		expect(made.find((call) => call.startsWith('usermod'))).to.include('dialout,i2c,gpio pilotwire');
		expect(made.find((call) => call.includes(' enable '))).to.include(
			'pilotwire.target pilotwire-backup.timer pilotwire-upgrade.service',
		);
		expect(text)
			.to.match(/sudo reboot/)
			.and.match(/time zone is UTC/);
	});

	it('puts nothing in place of what the machine starts with before the disk has it', () => {
		for (const name of ['sync', 'mv']) stub(name, `exec /usr/bin/${name} "$@"`);
		expect(run().status).to.equal(0);
		const made = calls();
		for (const name of ['config.txt', 'cmdline.txt', 'cmdline.txt.before-pilotwire']) {
			const path = tree(`boot/firmware/${name}`);
			const placed = made.indexOf(`mv ${path}.new ${path}`);
			expect(placed, name).to.be.at.least(0);
			expect(made.slice(0, placed), name).to.include(`sync ${path}.new`);
		}
	});

	it('is whole once it is done again, wherever it was cut off', function () {
		this.timeout(600_000);
		const withoutReleases = (all: Record<string, string>) =>
			Object.fromEntries(Object.entries(all).filter(([path]) => !path.startsWith('opt/')));
		const cutting = ['tar', 'mkdir', 'ln', 'chmod', 'cp', 'mv', 'sync', 'groupadd', 'usermod', 'systemctl'];
		for (const name of cutting) {
			const does =
				name === 'groupadd' ? stubs[name] : ['usermod', 'systemctl'].includes(name) ? '' : `/usr/bin/${name} "$@"`;
			stub(
				name,
				`if [ "$(grep -c . "${at('calls')}")" = "\${CUT_AT:-0}" ]; then kill -KILL $PPID; exit 1; fi\n${does}`,
			);
		}
		cpSync(at('tree'), at('bare'), { recursive: true });
		expect(run().status).to.equal(0);
		const [whole, most] = [withoutReleases(snapshot()), calls().length];
		// Some of them; a soak tries all.
		const [first, step] = process.env['PILOTWIRE_SOAK'] === '1' ? [1, 1] : [20, 35];
		for (let cutAt = first; cutAt < most; cutAt += step) {
			for (const path of ['tree', 'calls']) rmSync(at(path), { recursive: true });
			cpSync(at('bare'), at('tree'), { recursive: true });
			run([], { CUT_AT: String(cutAt) });
			const again = run();
			expect(again.status, `cut off at call ${cutAt}: ${again.text}`).to.equal(0);
			expect(withoutReleases(snapshot()), `cut off at call ${cutAt}`).to.deep.equal(whole);
			expect(readdirSync(tree('opt/pilotwire/releases')).length, `cut off at call ${cutAt}`).to.be.at.most(2);
		}
	});

	it('gets packages with new lists where the old ones name what is gone, and says which there are none of', () => {
		const get = (script: string) => {
			stub('apt-get', script);
			const functions = ['say() { echo "$*"; }', 'run() { "$@"; }', `. "${at('source/deploy/install/system.sh')}"`];
			return bash(['-c', [...functions, 'get_packages i2c-tools'].join('\n')]);
		};
		const isOld = `case "$*" in *update) touch "${at('new')}" ;; *) [ -e "${at('new')}" ] ;; esac`;
		expect(get(isOld).status).to.equal(0);
		expect(calls().map((call) => /(install|update)/.exec(call)?.[0])).to.deep.equal(['install', 'update', 'install']);
		expect(get('exit 100').status).to.not.equal(0);
	});

	it('does it twice without harm, and leaves what a person wrote', () => {
		run();
		writeFileSync(tree('etc/pilotwire/house.yaml'), 'mine');
		const before = snapshot();
		const { status, text } = run();
		expect(status, text).to.equal(0);
		const withoutReleases = (all: Record<string, string>) =>
			Object.fromEntries(Object.entries(all).filter(([path]) => !path.startsWith('opt/')));
		expect(withoutReleases(snapshot())).to.deep.equal(withoutReleases(before));
		expect(text).to.not.include('reboot').and.not.include('writes ');
	});

	it('undoes it all but for configuration, data and backups; with --purge those too', () => {
		const before = snapshot();
		run();
		writeFileSync(tree('var/lib/pilotwire/accounts.db'), 'people');
		const { status, text } = run(['--uninstall']);
		expect(status, text).to.equal(0);
		const { 'etc/pilotwire/house.yaml': house, 'var/lib/pilotwire/accounts.db': data, ...rest } = snapshot();
		expect([house?.length ?? 0, data]).to.deep.equal([readFileSync(join(deploy, 'house.yaml')).length, 'people']);
		const users = { 'etc/group': read('etc/group'), 'etc/passwd': read('etc/passwd') };
		expect(rest).to.deep.equal({ ...before, ...users });
		expect(run(['--uninstall', '--purge']).status).to.equal(0);
		expect(existsSync(tree('var/lib/pilotwire'))).to.equal(false);
		expect(snapshot()).to.deep.equal({ ...before, ...users });
		expect(calls().some((call) => call.startsWith('userdel'))).to.equal(true);
	});

	it('takes the other serial port of a Pi 5, and leaves a machine that is no Pi alone', () => {
		writeFileSync(at('model'), 'Raspberry Pi 5 Model B Rev 1.0\0');
		run();
		expect(read('boot/firmware/config.txt')).to.include('\ndtparam=uart0=on\n').and.not.include('disable-bt');
		spawnSync('rm', ['-r', tree('boot')]);
		const { status, text } = run();
		expect(status).to.equal(0);
		expect(text).to.include('no Raspberry Pi here');
	});

	it('names a time zone that nobody chose', () => {
		spawnSync('ln', ['-s', '/usr/share/zoneinfo/Europe/London', tree('etc/localtime')]);
		expect(run(['--dry-run']).text)
			.to.include('time zone is Europe/London')
			.and.not.include('is UTC');
		spawnSync('ln', ['-sf', '/usr/share/zoneinfo/Europe/Paris', tree('etc/localtime')]);
		expect(run(['--dry-run']).text).to.not.include('time zone is');
	});

	it("refuses what it can't do, with a sentence, and touches nothing", () => {
		const before = snapshot();
		const refused = (sentence: RegExp, given: readonly string[] = [], environment = {}): void => {
			const { status, text } = run(given, environment);
			expect(text).to.match(sentence);
			expect(status).to.not.equal(0);
		};
		refused(/ARMv6|armv6l .*not supported/, [], { PILOTWIRE_MACHINE: 'armv6l' });
		refused(/^usage: install\.sh/, ['--fast']);
		writeFileSync(tree('etc/os-release'), 'ID=fedora\nVERSION_ID=41\n');
		refused(/Expected Raspberry Pi OS or Debian, got fedora/);
		writeFileSync(tree('etc/os-release'), before['etc/os-release'] ?? '');
		spawnSync('rm', ['-r', at('source/packages/cli/dist')]);
		refused(/not built yet. Type: npm install/);
		expect(snapshot()).to.deep.equal(before);
	});
});
