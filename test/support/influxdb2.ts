// InfluxDB 2.x, which no distribution has: its program is named by whoever wants the tests on it.
import { spawnSync } from 'node:child_process';
import type { InfluxdbProcess } from './influxdb.ts';
import type { Part } from './parts.ts';
import { startProgram } from './processes.ts';
import { createTemporaryDirectory } from './temporary.ts';

/** The path of `influxd` 2.x. */
const program = process.env['PILOTWIRE_INFLUXD2'];

/** InfluxDB 2.x. */
export const influxdb2: Part = {
	onRequest: true,
	name: 'InfluxDB 2.x',
	obtain: 'influxd of a 2.x release, then PILOTWIRE_INFLUXD2=its path',
	present: () =>
		program !== undefined && /\bv?2\.\d/.test(spawnSync(program, ['version'], { encoding: 'utf8' }).stdout),
};

/** A running server of 2.x. */
export interface Influxdb2Process extends InfluxdbProcess {
	readonly org: string;
	/** Of an account that may do everything. */
	readonly token: string;
}

/** Starts a server and sets it up through its API; whoever starts it removes it. Needs the part `influxdb2`. */
export async function startInfluxdb2(): Promise<Influxdb2Process> {
	const directory = createTemporaryDirectory();
	const start = async (port: number) => {
		const given = {
			'bolt-path': `${directory.path}/influxd.bolt`,
			'engine-path': `${directory.path}/engine`,
			'http-bind-address': `127.0.0.1:${port}`,
		};
		const options = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
		const server = startProgram(program ?? '', [...options, '--reporting-disabled'], { HOME: directory.path });
		const { text } = await server.line(/Listening.*transport\W+http\b/, { withinMs: 60_000 });
		return { server, port: Number(/port\W+(\d+)\s*\}?$/.exec(text)?.[1]) };
	};
	let { server, port } = await start(0);
	const url = `http://127.0.0.1:${port}`;
	const account = { org: 'the house', token: 'token-of-the-tests' };
	const body = JSON.stringify({ ...account, username: 'tester', password: 'secret-of-the-tester', bucket: 'first' });
	const answer = await fetch(`${url}/api/v2/setup`, { method: 'POST', body });
	const kill = async (): Promise<void> => {
		if (server.alive) await server.kill();
	};
	const remove = async (): Promise<void> => {
		await kill();
		directory.remove();
	};
	if (answer.status !== 201) {
		const text = await answer.text();
		await remove();
		throw new Error(`InfluxDB 2.x was not set up: ${answer.status} ${text}`);
	}
	return {
		...account,
		url,
		kill,
		restart: async () => {
			({ server, port } = await start(port));
		},
		remove,
	};
}
