import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** InfluxDB 1.x of the distribution, for the length of a measurement. */
export interface Peer {
	readonly url: string;
	/** What its points take on the disk. Bytes. */
	size(): number;
	/** Ends it and starts it again: what it holds in memory goes to its files. */
	settle(): Promise<void>;
	end(): Promise<void>;
}

async function start(folder: string): Promise<{ url: string; kill: () => Promise<void> }> {
	const child = spawn('influxd', ['-config', '/dev/null'], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...process.env,
			INFLUXDB_REPORTING_DISABLED: 'true',
			INFLUXDB_BIND_ADDRESS: '127.0.0.1:0',
			INFLUXDB_HTTP_BIND_ADDRESS: '127.0.0.1:0',
			INFLUXDB_META_DIR: join(folder, 'meta'),
			INFLUXDB_DATA_DIR: join(folder, 'data'),
			INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
			INFLUXDB_DATA_CACHE_SNAPSHOT_WRITE_COLD_DURATION: '1s',
			INFLUXDB_DATA_COMPACT_FULL_WRITE_COLD_DURATION: '1s',
			INFLUXDB_MONITOR_STORE_ENABLED: 'false',
			INFLUXDB_HTTP_LOG_ENABLED: 'false',
		},
	});
	const port = await new Promise<string>((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`influxd ended with code ${code}`)));
		createInterface({ input: child.stderr }).on('line', (line) => {
			const [, found] = /Listening on HTTP.*addr=127\.0\.0\.1:(\d+)/.exec(line) ?? [];
			if (found !== undefined) resolve(found);
		});
	});
	child.stdout.resume();
	const ended = new Promise<void>((resolve) => {
		child.once('exit', () => resolve());
	});
	const kill = (): Promise<void> => {
		child.kill('SIGTERM');
		return ended;
	};
	return { url: `http://127.0.0.1:${port}`, kill };
}

export async function startPeer(): Promise<Peer> {
	const folder = mkdtempSync(join(tmpdir(), 'pilotwire-bench-'));
	let server = await start(folder);
	return {
		get url() {
			return server.url;
		},
		size: () => ['data', 'wal'].reduce((sum, part) => sum + sizeOf(join(folder, part)), 0),
		settle: async () => {
			for (let second = 0; second < 120 && sizeOf(join(folder, 'wal')) > 1_000_000; second += 1) {
				await new Promise((resolve) => setTimeout(resolve, 1_000));
			}
			await new Promise((resolve) => setTimeout(resolve, 10_000));
			await server.kill();
			server = await start(folder);
		},
		end: async () => {
			await server.kill();
			rmSync(folder, { recursive: true });
		},
	};
}

/** What the files of a folder take. Bytes. */
function sizeOf(folder: string): number {
	return Number.parseInt(execFileSync('du', ['-sb', folder], { encoding: 'utf8' }), 10);
}
