// nginx of the distribution in a folder of its own, with the files of deploy/nginx placed as a person would place them.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './parts.ts';
import { type Process, startProgram } from './processes.ts';

/** Where Debian puts them. */
const NGINX = '/usr/sbin/nginx';
const STREAM = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** The web server; it has no `--version`. */
export const nginx: Part = {
	name: 'nginx with its stream module',
	obtain: 'apt-get install nginx libnginx-mod-stream',
	present: () => spawnSync(NGINX, ['-v'], { stdio: 'ignore' }).status === 0 && existsSync(STREAM),
};

const deploy = new URL('../../deploy/nginx/', import.meta.url);

/** A change of a file's text, as `String.replaceAll` takes it. */
export type Change = readonly [what: string | RegExp, by: string];

/** One nginx. */
export class Nginx {
	readonly folder: string;
	#process: Process | undefined;

	/** `folder`: an empty one of its own. */
	constructor(folder: string) {
		this.folder = folder;
		for (const name of ['modules-enabled', 'sites-enabled', 'snippets', 'bin']) {
			mkdirSync(join(folder, name), { recursive: true });
		}
		writeFileSync(
			join(folder, 'nginx.conf'),
			`${this.own}
include ${folder}/modules-enabled/*.conf;
events { worker_connections 256; }
http {
	include /etc/nginx/mime.types;
	access_log off;
	${this.places}
	include ${folder}/sites-enabled/*;
}
`,
		);
		// What scripts call when they call nginx.
		const command = join(folder, 'bin', 'nginx');
		writeFileSync(command, `#!/bin/sh\nexec ${NGINX} -c ${folder}/nginx.conf -e stderr "$@"\n`);
		chmodSync(command, 0o755);
	}

	/** What any configuration of it begins with. */
	get own(): string {
		// Its workers read what the tests write.
		const user = process.getuid?.() === 0 ? 'user root root;' : '';
		const { folder } = this;
		return `${user}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
load_module ${STREAM};`;
	}

	/** Where it keeps what is too long for its memory, for the section `http`. */
	get places(): string {
		const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
		return temporary.map((kind) => `${kind}_temp_path ${this.folder}/tmp-${kind};`).join('\n\t');
	}

	/** Copies a file of deploy/nginx to its place below this nginx's folder, changed. */
	place(name: string, to: string, changes: readonly Change[]): void {
		let text = readFileSync(new URL(name, deploy), 'utf8');
		for (const [what, by] of changes) {
			const changed = text.replaceAll(what, by);
			if (changed === text) throw new Error(`${name} has no ${what}`);
			text = changed;
		}
		writeFileSync(join(this.folder, to), text);
	}

	/** Starts it; whoever starts it stops it. */
	async start(): Promise<void> {
		this.#process = startProgram(join(this.folder, 'bin', 'nginx'), []);
		await this.#process.line('start worker process ');
	}

	get process(): Process {
		if (this.#process === undefined) throw new Error('nginx does not run');
		return this.#process;
	}

	/** The worker that takes new connections. */
	get workerPid(): number {
		const started = this.process.lines.map(({ text }) => /start worker process (\d+)/.exec(text)?.[1]);
		return Number(started.findLast((pid) => pid !== undefined));
	}

	/** Does something that makes nginx read its configuration anew; done when the old worker takes no more connections. */
	async whileReloading(act: () => void): Promise<void> {
		const from = this.process.mark();
		act();
		await this.process.line('start worker process ', { from });
		await this.process.line('gracefully shutting down', { from });
	}

	reload(): Promise<void> {
		return this.whileReloading(() => {
			const { status, stderr } = spawnSync(join(this.folder, 'bin', 'nginx'), ['-s', 'reload'], { encoding: 'utf8' });
			if (status !== 0) throw new Error(`nginx -s reload ended with ${status}: ${stderr}`);
		});
	}

	/** Ends it and its workers, whatever they still do. */
	async stop(): Promise<void> {
		if (this.#process?.alive === true) await this.#process.kill('SIGTERM');
	}
}
