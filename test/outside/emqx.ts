// An EMQX that somebody has, with a configuration of its own at an address of its own.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Process, startProgram } from '@pilotwire/test/processes';
import { connect } from 'mqtt';
import type { Part } from '../support/parts.ts';
import { until } from '../support/until.ts';

const START = process.env['PILOTWIRE_EMQX'];

/** EMQX 5.8.3 or later. Debian has none: who has one says how it is started. */
export const emqx: Part = {
	name: 'EMQX',
	obtain: 'PILOTWIRE_EMQX=PROGRAM, which runs an EMQX in the foreground, its configuration folder given as an argument',
	onRequest: true,
	present: () => START !== undefined && existsSync(START),
};

/** An EMQX that forgets everything when it ends. Needs the part `emqx`. */
export class Emqx {
	readonly url: string;
	readonly #folder: string;
	#process: Process | undefined;

	/** `include`: a file of configuration, as a person would take it into `emqx.conf`. */
	constructor({ folder, host, include }: { folder: string; host: string; include: string }) {
		this.#folder = folder;
		this.url = `mqtt://${host}:1883`;
		const listeners = ['ssl', 'ws', 'wss'].map((kind) => `listeners.${kind}.default.enable = false`);
		const lines = [
			`node { name = "emqx@127.0.0.1", cookie = "of this test", data_dir = "${join(folder, 'data')}" }`,
			...[`listeners.tcp.default.bind = "${host}:1883"`, ...listeners, `include "${include}"`],
		];
		mkdirSync(join(folder, 'data'), { recursive: true });
		writeFileSync(join(folder, 'emqx.conf'), `${lines.join('\n')}\n`);
	}

	async start(): Promise<void> {
		this.#process = startProgram(START ?? '', [this.#folder]);
		await until('EMQX to listen', () => this.#answers(), 60_000);
	}

	async kill(): Promise<void> {
		if (this.#process?.alive) await this.#process.kill();
	}

	/** Whether it says to a client without an account that it has none. */
	#answers(): Promise<boolean> {
		if (this.#process?.alive !== true) throw new Error(`EMQX ended:\n${this.#process?.text()}`);
		return new Promise((resolve) => {
			const client = connect(this.url, { reconnectPeriod: 0 });
			client.once('error', ({ code }: Error & { code?: unknown }) => resolve(typeof code === 'number'));
			client.once('close', () => {
				client.end(true);
				resolve(false);
			});
		});
	}
}
