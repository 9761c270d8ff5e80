import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	cpSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { need, program } from '../support/parts.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
const units = ['broker', 'meter-reader', 'radiator-actuator', 'load-shedder', 'rest'].map(
	(name) => `pilotwire-${name}.service`,
);
const config = '# as Raspberry Pi OS has it\ndtparam=audio=on\n[cm4]\notg_mode=1\n';
const commandLine = 'console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootfstype=ext4 fsck.repair=yes rootwait\n';

/** What the installer calls, and what the calls leave in the tree, as far as a later run looks at it. */
const stubs: Readonly<Record<string, string>> = {
	groupadd: 'for last; do :; done; echo "$last:x:1:" >>"$TREE/etc/group"',
	useradd: 'for last; do :; done; echo "$last:x:1:1::/:/" >>"$TREE/etc/passwd"',
	usermod: '',
	userdel: '',
	chown: '',
	npm: '',
	runuser: '',
	timedatectl: 'echo yes',
	pilotwire: '',
	// Services of a broken version never run, and who waits for their start is told so.
	systemctl: `[[ " $* " =~ " "(is-active|start|restart)" " && ! "$*" =~ --no-block|timer ]] || exit 0
		! grep -q broken "$TREE/opt/pilotwire/current/packages/cli/dist/main.js"`,
};

describe('the installer', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	const at = (path: string): string => join(directory.path, path);
	const tree = (path: string): string => at(`tree/${path}`);
	const read = (path: string): string => readFileSync(tree(path), 'utf8');
	const calls = (): string[] => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : []);

	const write = (path: string, text: string, mode = 0o644): void => {
		mkdirSync(dirname(at(path)), { recursive: true });
		writeFileSync(at(path), text, { mode });
	};

	beforeEach(() => {
		cpSync(deploy, at('source/deploy'), { recursive: true });
		write('source/packages/cli/package.json', '{\n  "name": "@pilotwire/cli",\n  "version": "1.2.3",\n}\n');
		write('source/packages/cli/dist/main.js', 'whole');
		write('source/packages/cli/bin/pilotwire.js', 'x', 0o755);
		write('source/test/package.json', '{}');
		write('source/test/some.test.ts', 'x');
		write('source/.git/HEAD', 'x');
		for (const [path, text] of Object.entries({
			'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
			'etc/passwd': 'root:x:0:0::/root:/bin/bash\n',
			'etc/group': 'root:x:0:\ndialout:x:20:\n',
			'boot/firmware/config.txt': config,
			'boot/firmware/cmdline.txt': commandLine,
		}))
			write(`tree/${path}`, text);
		write('model', 'Raspberry Pi 4 Model B Rev 1.4\0');
		for (const [name, script] of Object.entries(stubs)) {
			write(`bin/${name}`, `#!/bin/bash\necho "${name} $*" >>"${at('calls')}"\n${script}\n`, 0o755);
			chmodSync(at(`bin/${name}`), 0o755);
		}
	});

	function run(given: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
		const { status, stdout, stderr } = spawnSync(
			'bash',
			[at('source/deploy/install.sh'), '--root', at('tree'), ...given],
			{
				encoding: 'utf8',
				env: {
					...{ PATH: `${at('bin')}:/usr/bin:/bin:/usr/sbin:/sbin`, TREE: at('tree'), LC_ALL: 'C' },
					...{ PILOTWIRE_MACHINE: 'aarch64', PILOTWIRE_MODEL_FILE: at('model') },
					...environment,
				},
			},
		);
		return { status, text: `${stdout}${stderr}` };
	}

	/** Every file of the tree with its content, and every link with its target. */
	function snapshot(): Record<string, string> {
		const found: Record<string, string> = {};
		for (const path of readdirSync(at('tree'), { recursive: true }).map(String).sort()) {
			const about = lstatSync(tree(path));
			if (about.isSymbolicLink()) found[path] = `-> ${readlinkSync(tree(path))}`;
			else if (about.isFile()) found[path] = read(path);
		}
		return found;
	}

	it('is a script without faults', function () {
		const shellcheck = program('shellcheck', 'apt-get install shellcheck');
		need(this, shellcheck);
		const { stdout } = spawnSync('shellcheck', ['-x', join(deploy, 'install.sh')], { encoding: 'utf8' });
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
		for (const unit of [...units, 'pilotwire.target', 'pilotwire.slice', 'pilotwire-backup.timer'])
			expect(read(`etc/systemd/system/${unit}`)).to.equal(readFileSync(join(deploy, 'systemd', unit), 'utf8'));
		expect(read('etc/pilotwire/house.yaml')).to.equal(readFileSync(join(deploy, 'house.yaml'), 'utf8'));
		expect(read('boot/firmware/config.txt')).to.equal(
			`${config}# pilotwire: begin\n[all]\nenable_uart=1\ndtoverlay=disable-bt\ndtparam=i2c_arm=on\ndtparam=watchdog=on\n# pilotwire: end\n`,
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
		expect(made.find((call) => call.includes(' enable '))).to.include('pilotwire.target pilotwire-backup.timer');
		expect(text)
			.to.match(/sudo reboot/)
			.and.match(/time zone is UTC/);
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

	describe('where a systemd runs', () => {
		const live = (): Record<string, string> => ({
			...{ PILOTWIRE_LIVE: 'yes', PILOTWIRE_COMES_UP_S: '2', PILOTWIRE_SETTLES_S: '0' },
			PILOTWIRE_COMMAND: at('bin/pilotwire'),
		});

		beforeEach(() => {
			// Nothing of the machine itself changes any more: the services start at once.
			run();
			writeFileSync(at('calls'), '');
		});

		it('saves the house before an upgrade, starts the new version, and keeps the one before', () => {
			const former = readlinkSync(tree('opt/pilotwire/current'));
			writeFileSync(at('source/packages/cli/dist/main.js'), 'newer');
			const { status, text } = run([], live());
			expect(status, text).to.equal(0);
			expect(read('opt/pilotwire/current/packages/cli/dist/main.js')).to.equal('newer');
			expect(existsSync(tree(`opt/pilotwire/${former}`))).to.equal(true);
			const made = calls().join('\n');
			expect(made).to.match(/runuser -u pilotwire -- \S+ backup \/var\/backups\/pilotwire\/before-upgrade\.tar\.gz/);
			for (const unit of units)
				expect(made).to.match(new RegExp(`systemctl stop ${unit}[\\s\\S]*systemctl start --no-block ${unit}`));
		});

		it("goes back by itself, with the data from before, where the new version doesn't come up", () => {
			const former = readlinkSync(tree('opt/pilotwire/current'));
			writeFileSync(at('source/packages/cli/dist/main.js'), 'broken');
			const { status, text } = run([], live());
			expect(status).to.equal(1);
			expect(text).to.include('The version from before runs again');
			expect(readlinkSync(tree('opt/pilotwire/current'))).to.equal(former);
			expect(read('opt/pilotwire/current/packages/cli/dist/main.js')).to.equal('whole');
			const made = calls();
			const restored = made.findIndex((call) =>
				call.startsWith('pilotwire restore /var/backups/pilotwire/before-upgrade'),
			);
			expect(restored).to.be.greaterThan(made.findLastIndex((call) => call.startsWith('systemctl stop')));
			expect(
				made.findLastIndex((call) => call.startsWith('systemctl start --no-block pilotwire-broker')),
			).to.be.greaterThan(restored);
		});
	});
});
