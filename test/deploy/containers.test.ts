// docker-compose.yml by a Docker engine: the image is built, and the simulated house comes up from it, whole.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { need, type Part } from '../support/parts.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const engine: Part = {
	name: 'a Docker engine that may build and run the house',
	obtain: 'Docker with Compose 2.24 or later that has or may pull node:22-bookworm; then PILOTWIRE_DOCKER=1',
	onRequest: true,
	present: () => process.env['PILOTWIRE_DOCKER'] === '1' && spawnSync('docker', ['info']).status === 0,
};

interface Service {
	readonly profiles?: readonly string[];
}

describe('the profile demo', function () {
	// A whole build, over the network.
	this.timeout(1_800_000);
	const folder = temporaryDirectory('suite');
	const project = `pilotwire-test-${randomUUID().slice(0, 8)}`;
	let isBegun = false;

	const docker = (...given: string[]): string => {
		const { status, stdout, stderr, error } = spawnSync('docker', given, {
			cwd: root,
			encoding: 'utf8',
			env: { ...process.env, COMPOSE_PROFILES: 'demo', PILOTWIRE_HOUSE: './deploy/docker/demo' },
		});
		expect(status, `docker ${given.join(' ')}: ${error?.message ?? ''}${stdout}${stderr}`.slice(-5_000)).to.equal(0);
		return stdout;
	};
	const compose = (...given: string[]): string =>
		docker('compose', '-p', project, '-f', 'docker-compose.yml', '-f', join(folder.path, 'apart.yml'), ...given);
	const inHouse = (command: string, ...given: string[]): string =>
		compose('exec', '-T', 'web', '/pilotwire/deploy/docker/service', command, ...given);
	const healthy = (): void => {
		compose('up', '-d', '--wait', '--wait-timeout', '600');
	};

	before(function () {
		need(this, engine);
		// Beside whatever runs on this machine: an image of its own name, and no port.
		const { services } = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), {
			merge: true,
			maxAliasCount: -1,
		}) as { services: Record<string, Service> };
		const apart = Object.entries(services)
			.filter(([, { profiles }]) => profiles?.includes('demo'))
			.map(([name]) => `  ${name}: { image: ${project}, ports: !reset [] }\n`);
		writeFileSync(join(folder.path, 'apart.yml'), `services:\n${apart.join('')}`);
		isBegun = true;
		compose('build');
		healthy();
	});

	after(() => {
		if (isBegun) compose('down', '--volumes', '--rmi', 'all', '--timeout', '60');
	});

	it('has one image, whose processes are nobody of importance and write nowhere but to their data', () => {
		const images = compose('images', '--quiet').trim().split('\n');
		expect(new Set(images).size).to.equal(1);
		const script = 'id -u; touch /x /pilotwire/x 2>/dev/null || echo refused; grep CapBnd /proc/self/status';
		expect(compose('exec', '-T', 'web', 'sh', '-c', script).split(/\s+/)).to.include.members([
			...['1000', 'refused', '0000000000000000'],
		]);
	});

	it('finds nothing wrong with itself', () => {
		const { findings } = JSON.parse(inHouse('doctor', '--json')) as { findings: { verdict: string }[] };
		expect(findings.filter(({ verdict }) => verdict === 'wrong')).to.deep.equal([]);
	});

	it('shows its page, and says whose it is', () => {
		const page = "fetch('http://web:8080/').then(async (page) => console.log(page.status, await page.text()))";
		expect(compose('exec', '-T', 'web', 'node', '-e', page)).to.match(/^200 <!doctype html>/i);
		const account = compose('exec', '-T', 'web', 'cat', '/var/lib/pilotwire/secrets/first-account');
		expect(account).to.match(/^name: \S+\npassword: \S+$/m);
	});

	it('keeps its accounts where the containers are made anew', () => {
		const before = inHouse('account', 'list');
		compose('down');
		healthy();
		expect(inHouse('account', 'list')).to.equal(before);
	});
});
