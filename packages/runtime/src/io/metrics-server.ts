import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { messageOf, PilotwireError, systemCodeOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Metric, Metrics } from '../metrics.ts';

/** Where metrics are read; port 0 takes a free one. */
export interface MetricsAddress {
	readonly host: string;
	readonly port: number;
}

/** `GET /metrics` for Prometheus: what the services measure, and the process itself. */
export class MetricsServer {
	readonly #server: Server;
	readonly address: MetricsAddress;

	private constructor(server: Server) {
		this.#server = server;
		const { address, port } = server.address() as AddressInfo;
		this.address = { host: address, port };
	}

	/** Loads prom-client, which nobody pays for otherwise, and listens. Rejects with `METRICS_CANNOT_LISTEN`. */
	static async start({ host, port }: MetricsAddress, metrics: Metrics, log: Logger): Promise<MetricsServer> {
		const { Counter, collectDefaultMetrics, Gauge, Registry } = await import('prom-client');
		const ofProcess = new Registry();
		collectDefaultMetrics({ register: ofProcess });
		const report = async (): Promise<string> => {
			const registry = new Registry();
			for (const metric of metrics.all()) fill(metric.type === 'counter' ? Counter : Gauge, registry, metric);
			return `${await registry.metrics()}\n${await ofProcess.metrics()}`;
		};
		const server = createServer((request, response) => {
			if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
				answer(response, 404, 'Metrics are at /metrics.\n');
				return;
			}
			report().then(
				(text) => answer(response, 200, text, ofProcess.contentType),
				(error: unknown) => {
					log.error({ err: error }, `Metrics can't be read: ${messageOf(error)}`);
					answer(response, 500, 'Metrics could not be read; the log says why.\n');
				},
			);
		});
		try {
			server.listen(port, host);
			await once(server, 'listening');
		} catch (error) {
			throw cannotListen(host, port, error);
		}
		const started = new MetricsServer(server);
		log.info(started.address, `Metrics at http://${host}:${started.address.port}/metrics`);
		return started;
	}

	async close(): Promise<void> {
		const closed = once(this.#server, 'close');
		this.#server.close();
		this.#server.closeAllConnections();
		await closed;
	}
}

type Kind = typeof import('prom-client').Counter | typeof import('prom-client').Gauge;

function fill(kind: Kind, registry: Registry, { name, help, read }: Metric): void {
	const value = read();
	const samples = typeof value === 'number' ? [{ labels: {}, value }] : value;
	const labelNames = Object.keys(samples[0]?.labels ?? {});
	const metric = new kind({ name, help, labelNames, registers: [registry] });
	for (const { labels, value } of samples) metric.inc(labels, value);
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
	response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}

function cannotListen(host: string, port: number, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'METRICS_CANNOT_LISTEN',
		expected: `to listen at ${host}:${port} for whoever reads the metrics`,
		received: `${systemCodeOf(cause)} (${messageOf(cause)})`,
		action: 'Set metrics.host and metrics.port to an address of this machine and a free port.',
		cause,
	});
}
