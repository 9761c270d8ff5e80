// Debian's Mosquitto as a house's broker: in a folder and at an address of its own, with accounts and their rights.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Process, startProgram } from '@pilotwire/test/processes';
import { MOSQUITTO } from '../support/parts.ts';

/** What an account of the broker may do: lines of mosquitto.conf(5)'s `acl_file`. */
export interface MosquittoAccount {
	readonly name: string;
	readonly password: string;
	/** Such as `readwrite pilotwire/home/#`. */
	readonly rights: readonly string[];
}

export interface MosquittoSetup {
	/** A folder of its own. */
	readonly folder: string;
	/** An address of the loopback network of its own; its port is 1883. */
	readonly host: string;
	/** Its accounts, or the files that hold them. */
	readonly accounts?: readonly MosquittoAccount[];
	readonly files?: { readonly passwords: string; readonly rights: string };
}

/** A Mosquitto that forgets everything when it ends. Needs the part `mosquitto`. */
export class Mosquitto {
	readonly url: string;
	readonly #configFile: string;
	#process: Process | undefined;

	constructor({ folder, host, accounts = [], files }: MosquittoSetup) {
		mkdirSync(folder, { recursive: true });
		this.url = `mqtt://${host}:1883`;
		this.#configFile = join(folder, 'mosquitto.conf');
		const { passwords, rights } = files ?? written(folder, accounts);
		const lines = [
			`listener 1883 ${host}`,
			'allow_anonymous false',
			`password_file ${passwords}`,
			`acl_file ${rights}`,
			'persistence false',
			'log_dest stderr',
			// Started by root, it would become another user, who may not read this folder.
			...(process.getuid?.() === 0 ? ['user root'] : []),
		];
		writeFileSync(this.#configFile, `${lines.join('\n')}\n`);
	}

	/** Starts it, also after `kill`. */
	async start(): Promise<void> {
		this.#process = startProgram(MOSQUITTO, ['-c', this.#configFile]);
		await this.#process.line(/mosquitto version .* running/);
	}

	/** Waits until a client has connected with an account, since the last start. */
	async accepted(name: string): Promise<void> {
		await this.#process?.line(` u'${name}'`);
	}

	/** Ends it (kill -9); with it goes all it retained. */
	async kill(): Promise<void> {
		if (this.#process?.alive) await this.#process.kill();
	}
}

function written(folder: string, accounts: readonly MosquittoAccount[]): { passwords: string; rights: string } {
	const passwords = join(folder, 'passwords');
	const rights = join(folder, 'rights');
	writeFileSync(passwords, '', { mode: 0o600 });
	for (const { name, password } of accounts) mosquittoPassword(passwords, name, password);
	writeFileSync(rights, accounts.map(rightsOf).join('\n'), { mode: 0o600 });
	return { passwords, rights };
}

/** Adds or changes an account, as a person would. */
export function mosquittoPassword(file: string, name: string, password: string): void {
	const { status, stderr } = spawnSync('mosquitto_passwd', ['-b', file, name, password], { encoding: 'utf8' });
	if (status !== 0) throw new Error(`mosquitto_passwd ended with ${status}: ${stderr}`);
}

function rightsOf({ name, rights }: MosquittoAccount): string {
	return [`user ${name}`, ...rights.map((right) => `topic ${right}`), ''].join('\n');
}
