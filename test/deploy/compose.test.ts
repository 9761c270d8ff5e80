import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { houseSchema } from '@pilotwire/cli/schema';
import { loadConfig } from '@pilotwire/runtime';
import { expect } from 'chai';
import { parse } from 'yaml';
import { need, program } from '../support/parts.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dockerCompose = program('docker-compose', 'apt-get install docker-compose');

interface Compose {
	readonly services: Readonly<Record<string, { readonly command?: readonly string[]; readonly network_mode?: string }>>;
}

describe('docker-compose.yml', () => {
	const file = parse(readFileSync(`${root}docker-compose.yml`, 'utf8'), { merge: true }) as Compose;
	const commands = Object.entries(file.services).filter(([, { command }]) => command !== undefined);

	it('holds (docker-compose config)', function () {
		need(this, dockerCompose);
		this.timeout(60_000);
		const { status, stderr, stdout } = spawnSync('docker-compose', ['config'], { cwd: root, encoding: 'utf8' });
		expect(stderr).to.not.include('ERROR');
		expect(stdout).to.include('influxdb:2');
		expect(status).to.equal(0);
	});

	it('runs each service by its own command, beside the broker', () => {
		expect(commands.map(([name]) => name)).to.include.members([
			'broker',
			'meter-reader',
			'planner',
			'telemetry',
			'web',
		]);
		for (const [name, { command, network_mode }] of commands) {
			expect(command?.[0]).to.equal(name);
			expect(network_mode).to.equal(name === 'broker' ? undefined : 'service:broker');
		}
	});

	it('has a configuration that Pilotwire takes, with the history in InfluxDB', () => {
		const config = loadConfig({ file: `${root}deploy/docker/house.yaml` }, houseSchema);
		expect(config.history.influxdb?.url).to.equal('http://influxdb:8086');
		expect(config.dataDir).to.equal('/var/lib/pilotwire');
	});
});
