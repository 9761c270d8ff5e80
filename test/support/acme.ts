// An authority that speaks ACME, as Let's Encrypt does, and the client that the guides name; both of the distribution.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authority } from './openssl.ts';
import { type Part, program } from './parts.ts';
import { type Process, startProgram } from './processes.ts';

/** Asks for certificates and renews them. */
export const certbot: Part = program('certbot', 'apt-get install certbot');

/** Let's Encrypt's server for tests, with names of its own; it has no `--version`, and its help ends with 2. */
export const pebble: Part = {
	name: 'pebble',
	obtain: 'apt-get install pebble',
	present: () => spawnSync('pebble', ['-h'], { stdio: 'ignore' }).error === undefined,
};

const [ACME_PORT, MANAGEMENT_PORT, DNS_PORT] = [14_000, 15_000, 8_053];

/** An authority that runs: it looks at each name's port 80, or what stands for it, before it signs. */
export class AcmeServer {
	/** What certbot is told with `--server`. */
	readonly url: string;
	readonly #host: string;
	#processes: Process[] = [];

	/** @param host a loopback address that is its alone */
	constructor(host: string) {
		this.#host = host;
		this.url = `https://${host}:${ACME_PORT}/dir`;
	}

	/**
	 * @param folder where its files go
	 * @param authority who signs for its own address
	 * @param names where every name leads to, and the port there that stands for 80
	 */
	async start(folder: string, authority: Authority, names: { address: string; port: number }): Promise<void> {
		mkdirSync(folder);
		authority.issue(this.#host, folder);
		const dns = `${this.#host}:${DNS_PORT}`;
		const config = join(folder, 'pebble.json');
		const pebble = {
			listenAddress: `${this.#host}:${ACME_PORT}`,
			managementListenAddress: `${this.#host}:${MANAGEMENT_PORT}`,
			certificate: join(folder, 'fullchain.pem'),
			privateKey: join(folder, 'privkey.pem'),
			httpPort: names.port,
			tlsPort: names.port,
			ocspResponderURL: '',
			externalAccountBindingRequired: false,
		};
		writeFileSync(config, JSON.stringify({ pebble }));
		const none = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-management', `${this.#host}:8055`];
		const lookUp = ['-dns01', dns, '-defaultIPv4', names.address, '-defaultIPv6', ''];
		const resolver = startProgram('pebble-challtestsrv', [...lookUp, ...none]);
		this.#processes = [resolver];
		await resolver.line('Starting challenge servers');
		const patient = { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
		const server = startProgram('pebble', ['-config', config, '-dnsserver', dns], patient);
		this.#processes.push(server);
		await server.line('Listening on');
	}

	async stop(): Promise<void> {
		await Promise.all(this.#processes.filter(({ alive }) => alive).map((each) => each.kill('SIGTERM')));
	}
}
