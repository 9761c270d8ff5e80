// InfluxDB 1.x of the distribution, in a directory and on ports of its own.

import { startProgram } from './processes.ts';
import { createTemporaryDirectory } from './temporary.ts';

/** A running server. */
export interface InfluxdbProcess {
	/** Such as `http://127.0.0.1:43211`. */
	readonly url: string;
	/** Ends it (kill -9); its data stay. */
	kill(): Promise<void>;
	/** Starts it again after `kill`, on the same port with the same data. */
	restart(): Promise<void>;
	/** Ends it and removes its data. */
	remove(): Promise<void>;
}

async function start(directory: string, port: number) {
	const server = startProgram('influxd', ['-config', '/dev/null'], {
		INFLUXDB_REPORTING_DISABLED: 'true',
		INFLUXDB_BIND_ADDRESS: '127.0.0.1:0',
		INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${port}`,
		INFLUXDB_META_DIR: `${directory}/meta`,
		INFLUXDB_DATA_DIR: `${directory}/data`,
		INFLUXDB_DATA_WAL_DIR: `${directory}/wal`,
		INFLUXDB_MONITOR_STORE_ENABLED: 'false',
		INFLUXDB_HTTP_LOG_ENABLED: 'false',
		INFLUXDB_DATA_QUERY_LOG_ENABLED: 'false',
	});
	const { text } = await server.line('Listening on HTTP');
	await server.line('Listening for signals');
	return { server, port: Number(/addr=127\.0\.0\.1:(\d+)/.exec(text)?.[1]) };
}

/** Starts a server; whoever starts it removes it. Needs the part `influxdb`. */
export async function startInfluxdb(): Promise<InfluxdbProcess> {
	const directory = createTemporaryDirectory();
	let { server, port } = await start(directory.path, 0);
	const kill = async (): Promise<void> => {
		if (server.alive) await server.kill();
	};
	return {
		url: `http://127.0.0.1:${port}`,
		kill,
		restart: async () => {
			({ server, port } = await start(directory.path, port));
		},
		remove: async () => {
			await kill();
			directory.remove();
		},
	};
}
