// docker-compose.yml as far as a machine without Docker goes, and the scripts that its containers run, for real.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program as pilotwire } from '@pilotwire/cli/program';
import { houseSchema } from '@pilotwire/cli/schema';
import { loadConfig } from '@pilotwire/runtime';
import { expect } from 'chai';
import { parse } from 'yaml';
import { need, program } from '../support/parts.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const setpriv = {
	name: 'the right to give rights away',
	obtain: 'run the tests as root',
	present: () => process.getuid?.() === 0 && spawnSync('setpriv', ['--bounding-set=-chown', 'true']).status === 0,
};
const dockerCompose = program('docker-compose', 'apt-get install docker-compose');

interface Service {
	readonly profiles?: readonly string[];
	readonly image?: string;
	readonly build?: string;
	readonly pull_policy?: string;
	readonly hostname?: string;
	readonly environment?: Readonly<Record<string, string>>;
	readonly command?: readonly string[];
	readonly entrypoint?: readonly string[];
	readonly read_only?: boolean;
	readonly cap_drop?: readonly string[];
	readonly cap_add?: readonly string[];
	readonly restart?: string;
	readonly healthcheck?: { readonly test: readonly string[] };
	readonly devices?: readonly string[];
	readonly privileged?: boolean;
	readonly ports?: readonly string[];
	readonly volumes?: readonly string[];
}

describe('docker-compose.yml', () => {
	const folder = temporaryDirectory();
	const file = parse(readFileSync(`${root}docker-compose.yml`, 'utf8'), { merge: true, maxAliasCount: -1 }) as {
		services: Record<string, Service>;
	};
	const all = Object.entries(file.services);
	const inProfile = (profile: string): string[] =>
		all.filter(([, { profiles }]) => profiles?.includes(profile)).map(([name]) => name);
	/** Those that run one service of Pilotwire's, by the name of that. */
	const ours = all.filter(([, { entrypoint }]) => entrypoint?.[0] === '/pilotwire/deploy/docker/service');

	for (const profile of ['demo', 'pi', 'influx', 'cluster']) {
		it(`holds with the profile ${profile} (docker-compose config)`, function () {
			need(this, dockerCompose);
			this.timeout(240_000);
			const env = { ...process.env, COMPOSE_PROFILES: profile };
			const { status, stderr, stdout } = spawnSync('docker-compose', ['config'], { cwd: root, encoding: 'utf8', env });
			expect(stderr).to.not.include('ERROR');
			expect(status, stderr).to.equal(0);
			const { services } = parse(stdout) as { services: Record<string, Service> };
			for (const name of inProfile(profile)) expect(services[name], name).to.be.an('object');
		});
	}

	it('has the whole house in either profile, by real devices in the one and played in the other', () => {
		const control = ['broker', 'load-shedder', 'planner', 'telemetry', 'host-monitor', 'web'];
		expect(inProfile('demo')).to.have.members([
			...control,
			...['simulator', 'meter-reader', 'radiator-actuator', 'switch-actuator', 'alerts', 'home-assistant'],
		]);
		expect(inProfile('pi')).to.have.members([...control, 'pi-meter-reader', 'pi-radiator-actuator']);
		expect(inProfile('influx')).to.have.members(['influxdb', 'grafana']);
		expect(inProfile('cluster')).to.have.members(['broker-1', 'broker-2', 'redis', 'nginx']);
		expect(all.filter(([, { profiles = [] }]) => profiles.length === 0)).to.deep.equal([]);
	});

	it('has every service that there is, each by its own command', () => {
		const known = pilotwire()
			.commands.filter((command) => command.description().startsWith('run one service'))
			.map((command) => command.name());
		for (const [name, { command }] of ours) expect(command, name).to.deep.equal([name.replace(/^pi-/, '')]);
		expect(new Set(ours.map(([, { command }]) => command?.[0]))).to.deep.equal(new Set(known));
	});

	it('builds one image, once in each profile that wants it, and asks no registry for it', () => {
		const wanting = all.filter(([, { image }]) => image === 'pilotwire');
		expect(wanting.length).to.be.greaterThan(ours.length);
		for (const [name, { pull_policy }] of wanting) expect(pull_policy, name).to.equal('never');
		for (const profile of ['demo', 'pi', 'cluster'])
			expect(
				all.filter(([, { profiles, build }]) => build !== undefined && profiles?.includes(profile)),
				profile,
			).to.have.lengthOf(1);
	});

	it('sees one that hangs, node of a cluster or service, and keeps its name over an upgrade', () => {
		for (const [name, { image, healthcheck, environment, hostname }] of all) {
			if (image !== 'pilotwire') continue;
			expect(healthcheck?.test, name).to.deep.equal(['CMD', '/pilotwire/deploy/docker/healthy']);
			expect(environment, name).to.include({ NOTIFY_SOCKET: '/tmp/alive', WATCHDOG_USEC: '60000000' });
			expect(hostname, name).to.be.a('string');
		}
	});

	it('gives devices to those alone that need them, and to nobody a root of its own to write to', () => {
		const devices = all.flatMap(([name, { devices }]) =>
			devices === undefined ? [] : [[name, devices[0]?.split(':').at(-1)]],
		);
		expect(devices.map(([name]) => name)).to.deep.equal([
			'pi-meter-reader',
			'pi-radiator-actuator',
			'pi-switch-actuator',
		]);
		for (const [name, { read_only, cap_drop, privileged, restart, healthcheck }] of all) {
			expect({ read_only, cap_drop, privileged, restart }, name).to.deep.equal({
				...{ read_only: true, cap_drop: ['ALL'], privileged: undefined, restart: 'unless-stopped' },
			});
			expect(healthcheck?.test, name).to.be.an('array');
		}
		const writers = ours.filter(([, { volumes }]) => volumes?.some((volume) => volume.endsWith(':/etc/pilotwire')));
		expect(writers.map(([name]) => name)).to.deep.equal(['web']);
	});

	it('mounts files that are there', () => {
		const paths = all
			.flatMap(([, { volumes = [] }]) => volumes)
			.map((volume) => /^(?:\$\{\w+:-)?(\.\/[^:}]+)/.exec(volume)?.[1])
			.filter((path) => path !== undefined && path !== './deploy/docker/tls');
		expect(new Set(paths).size).to.be.greaterThan(4);
		for (const path of paths) expect(existsSync(join(root, path ?? '')), path).to.equal(true);
	});

	/** What the script `service` makes of a command: the arguments of `pilotwire`. */
	const argumentsOf = (words: string, env: Record<string, string> = {}): string[] => {
		const stub = join(folder.path, 'pilotwire');
		writeFileSync(stub, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
		chmodSync(stub, 0o755);
		const { stdout, stderr, status } = spawnSync(join(root, 'deploy/docker/service'), words.split(' '), {
			encoding: 'utf8',
			env: {
				...env,
				PATH: `${folder.path}:${process.env['PATH']}`,
				PILOTWIRE_INFLUXDB_TOKEN_FILE: join(folder.path, 'token'),
			},
		});
		expect(status, stderr).to.equal(0);
		return stdout.trimEnd().split('\n');
	};
	const settingsIn = (args: readonly string[]): string[] => args.filter((_, index) => args[index - 1] === '--set');

	it('starts each with settings that Pilotwire takes, in the simulated house and in a real one', () => {
		const args = argumentsOf('telemetry', { PILOTWIRE_INFLUXDB_TOKEN: 'a-token' });
		expect(args[0]).to.equal('telemetry');
		expect(args[args.indexOf('--config') + 1]).to.equal('/etc/pilotwire/house.yaml');
		for (const path of ['deploy/docker/demo/house.yaml', 'deploy/house.yaml']) {
			const config = loadConfig({ file: join(root, path), settings: settingsIn(args) }, houseSchema);
			expect(config.dataDir).to.equal('/var/lib/pilotwire');
			expect([config.broker.host, config.web.host]).to.deep.equal(['broker', '0.0.0.0']);
			expect(config.history.influxdb).to.include({ url: 'http://influxdb:8086', database: 'pilotwire' });
		}
		expect(readFileSync(join(folder.path, 'token'), 'utf8')).to.equal('a-token\n');
		expect(settingsIn(argumentsOf('telemetry', { PILOTWIRE_INFLUXDB_TOKEN: '' })).join(' ')).to.not.include('influxdb');
		expect(settingsIn(argumentsOf('web', { PILOTWIRE_INFLUXDB_TOKEN: 'a-token' })).join(' ')).to.not.include(
			'influxdb',
		);
	});

	it('gives each command what that takes, as Docker people type it', () => {
		const typed = [
			...['doctor', 'backup /etc/pilotwire/backup.tar.gz', 'restore /etc/pilotwire/backup.tar.gz'],
			...['alerts test', 'account list', 'history energy', 'call alerts phones {}'],
		];
		for (const words of typed) {
			const args = argumentsOf(words);
			const names = words.split(' ');
			const taken = names.reduce<Pick<ReturnType<typeof pilotwire>, 'commands' | 'options'>>(
				(command, name) => command.commands.find((one) => one.name() === name) ?? command,
				pilotwire(),
			);
			expect(args.slice(0, names.length), words).to.deep.equal(names);
			const known = taken.options.map(({ long }) => long);
			expect(known, words).to.include.members(args.filter((word) => word.startsWith('--')));
		}
	});

	it('lets nginx read a key that a person keeps for himself, whoever that is', function () {
		need(this, setpriv);
		const key = join(folder.path, 'privkey.pem');
		writeFileSync(key, 'a key', { mode: 0o600 });
		chownSync(key, 12_345, 12_345);
		const may = (capabilities: readonly string[]): boolean => {
			const bounding = ['-all', ...capabilities.map((name) => `+${name.toLowerCase()}`)].join(',');
			return spawnSync('setpriv', [`--bounding-set=${bounding}`, 'cat', key]).status === 0;
		};
		const given = file.services['nginx']?.cap_add ?? [];
		expect(may(given)).to.equal(true);
		expect(may(given.filter((name) => name !== 'DAC_OVERRIDE'))).to.equal(false);
	});

	it('has a configuration for the nodes of a cluster', () => {
		const { broker } = loadConfig({ file: join(root, 'deploy/docker/cluster.yaml') }, houseSchema);
		expect(broker.cluster).to.equal('redis://redis:6379');
		expect(broker.trustProxy).to.include('172.16.0.0/12');
	});

	it('gives the build what it needs, and nothing that a house keeps beside it', () => {
		const [first, ...rules] = readFileSync(join(root, '.dockerignore'), 'utf8')
			.split('\n')
			.filter((line) => line !== '' && !line.startsWith('#'));
		expect(first).to.equal('*');
		const given = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
		for (const path of given) expect(existsSync(join(root, path)), path).to.equal(true);
		const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
		for (const workspace of workspaces.map((path) => path.replace('/*', '')))
			expect(given).to.satisfy((paths: string[]) => paths.some((path) => path.split('/')[0] === workspace), workspace);
		const scripts = new Set(all.flatMap(([, { entrypoint, healthcheck }]) => [entrypoint?.[0], healthcheck?.test[1]]));
		const own = [...scripts].filter((path) => path?.startsWith('/pilotwire/')).map((path) => path?.slice(11));
		expect(own).to.have.lengthOf(2);
		expect(given).to.include.members([...own, 'deploy/docker/systemd-notify']);
	});

	describe('the health check', () => {
		const upS = (): number => Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
		const check = (notes: string): number | null =>
			spawnSync(join(root, 'deploy/docker/healthy'), { env: { ...process.env, NOTIFY_SOCKET: notes } }).status;

		it('sees that a service says it lives, as the watchdog of systemd would', () => {
			const notes = join(folder.path, 'alive');
			expect(check(notes)).to.equal(1);
			const said = spawnSync(join(root, 'deploy/docker/systemd-notify'), ['WATCHDOG=1'], {
				env: { ...process.env, NOTIFY_SOCKET: notes },
			});
			expect(said.status).to.equal(0);
			expect(readFileSync(notes, 'utf8')).to.match(new RegExp(`^${process.pid} \\d+\n$`));
			expect(check(notes)).to.equal(0);
		});

		it('kills one that has hung for two minutes, and none that is merely late or that slept with the machine', async () => {
			const notes = join(folder.path, 'alive');
			const hung = spawn('sleep', ['600'], { stdio: 'ignore' });
			const ended = once(hung, 'exit');
			// Of this machine's clock: it may have started less than two minutes ago.
			const silentFor = (seconds: number): void => {
				writeFileSync(notes, `${hung.pid} ${upS() - seconds}\n`);
				expect(check(notes)).to.equal(1);
			};
			silentFor(90);
			expect(check(notes)).to.equal(1);
			// It has said since the last check that it lives, and all of them have been silent since.
			silentFor(130);
			// A killed one is a zombie until this process looks.
			expect(readFileSync(`/proc/${hung.pid}/stat`, 'utf8')).to.include('(sleep) S');
			expect(check(notes)).to.equal(1);
			expect(await ended).to.deep.equal([null, 'SIGKILL']);
		});
	});
});
