// A real Home Assistant in a folder of its own, with an MQTT entry on the test's broker and its API open to the test.
import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Part } from './parts.ts';
import { type Process, startProgram } from './processes.ts';

/** The command that starts Home Assistant; `--config FOLDER` is added. */
const command = process.env['PILOTWIRE_HASS'];

/** Home Assistant: too large for a package of the tests. */
export const homeAssistant: Part = {
	onRequest: true,
	name: 'Home Assistant',
	obtain: 'pip install homeassistant paho-mqtt on Python 3.14, then PILOTWIRE_HASS=the command `hass`',
	present: () => command !== undefined,
};

export interface HassSetup {
	/** A folder of its own. */
	readonly folder: string;
	readonly broker: {
		readonly host: string;
		readonly port: number;
		readonly username: string;
		readonly password: string;
	};
	/** Integrations besides those that are needed, such as `frontend`. */
	readonly integrations?: readonly string[];
	/** An address of the loopback network; a free port is taken. */
	readonly host?: string;
}

/** An entity's state as the REST API gives it. */
export interface HassState {
	readonly entity_id: string;
	readonly state: string;
	readonly attributes: Readonly<Record<string, unknown>>;
}

/** A running Home Assistant. */
export class Hass {
	readonly #setup: HassSetup;
	readonly token: string;
	url = '';
	#process: Process | undefined;

	constructor(setup: HassSetup) {
		this.#setup = setup;
		const storage = join(setup.folder, '.storage');
		mkdirSync(storage, { recursive: true });
		const store = (key: string, data: unknown, version = 1, minor_version = 1): void =>
			writeFileSync(join(storage, key), JSON.stringify({ version, minor_version, key, data }));
		const { data, token } = accountWithToken();
		this.token = token;
		store('auth', data);
		store('onboarding', { done: ['user', 'core_config', 'analytics', 'integration'] }, 4);
		store('core.config_entries', { entries: [mqttEntry(setup.broker)] }, 1, 5);
	}

	async start(): Promise<void> {
		const { folder, host = '127.0.0.1', integrations = [] } = this.#setup;
		const port = await freePort(host);
		this.url = `http://${host}:${port}`;
		const lines = [
			`http: { server_host: ${host}, server_port: ${port} }`,
			'homeassistant: { name: Home, unit_system: metric, time_zone: Europe/Paris, currency: EUR, country: FR }',
			...['api', 'websocket_api', 'config', 'recorder', 'energy', 'history', ...integrations].map((name) => `${name}:`),
			'logger: { default: warning }',
		];
		writeFileSync(join(folder, 'configuration.yaml'), `${lines.join('\n')}\n`);
		const [program = '', ...given] = (command ?? '').split(' ');
		this.#process = startProgram(program, [...given, '--config', folder, '--skip-pip']);
		const deadline = performance.now() + 240_000;
		while (!(await this.#isRunning())) {
			if (!this.#process.alive || performance.now() > deadline)
				throw new Error(`Home Assistant did not start:\n${this.#process.text()}`);
			await after(500);
		}
		// Versions from 2026.10 on take a new port back after five minutes unless somebody confirms it; earlier ones don't ask.
		await this.command('http/config/promote').catch(() => undefined);
	}

	/** Ends it as systemd would. */
	async stop(): Promise<void> {
		if (this.#process?.alive) await this.#process.kill('SIGTERM', 60_000).catch(() => this.#process?.kill());
	}

	/** All states, by entity id. */
	async states(): Promise<ReadonlyMap<string, HassState>> {
		const states = (await this.#ask('GET', '/api/states')) as HassState[];
		return new Map(states.map((state) => [state.entity_id, state]));
	}

	/** Waits until an entity is as it should be. */
	async until(entity: string, test: (state: HassState) => boolean, withinMs = 20_000): Promise<HassState> {
		const state = await this.#until(entity, (now) => now !== undefined && test(now), withinMs);
		return state as HassState;
	}

	/** Waits until there is no such entity any more. */
	async untilGone(entity: string, withinMs: number): Promise<void> {
		await this.#until(entity, (now) => now === undefined, withinMs);
	}

	/** Calls an action, such as `climate`, `set_preset_mode`. */
	async call(domain: string, action: string, data: Readonly<Record<string, unknown>>): Promise<void> {
		await this.#ask('POST', `/api/services/${domain}/${action}`, data);
	}

	/** One command of the WebSocket API; gives its result. */
	async command(type: string, given: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
		const socket = new WebSocket(`${this.url.replace('http', 'ws')}/api/websocket`);
		try {
			return await new Promise((resolve, reject) => {
				socket.onerror = ({ message }) => reject(new Error(`the WebSocket API did not answer: ${message}`));
				socket.onmessage = ({ data }) => {
					const said = JSON.parse(String(data)) as { type: string; success?: boolean; result?: unknown };
					if (said.type === 'auth_required') socket.send(JSON.stringify({ type: 'auth', access_token: this.token }));
					else if (said.type === 'auth_ok') socket.send(JSON.stringify({ id: 1, type, ...given }));
					else if (said.type === 'result' && said.success === true) resolve(said.result);
					else reject(new Error(`${type}: ${String(data)}`));
				};
			});
		} finally {
			socket.close();
		}
	}

	/** What it has written into its log. */
	log(): string {
		try {
			return readFileSync(join(this.#setup.folder, 'home-assistant.log'), 'utf8');
		} catch {
			return this.#process?.text() ?? '';
		}
	}

	/** Lines of level warning or above, of one of its components or of all. */
	complaints(component = ''): string[] {
		const text = `${this.log()}\n${this.#process?.text() ?? ''}`;
		return [...new Set(text.split('\n'))].filter(
			(line) => / (WARNING|ERROR|CRITICAL) /.test(line) && line.includes(component),
		);
	}

	async #until(
		entity: string,
		test: (state: HassState | undefined) => boolean,
		withinMs: number,
	): Promise<HassState | undefined> {
		const deadline = performance.now() + withinMs;
		for (;;) {
			const state = (await this.states()).get(entity);
			if (test(state)) return state;
			if (performance.now() > deadline)
				throw new Error(`${entity} did not come to be as expected: ${JSON.stringify(state)}\n${this.log()}`);
			// All states at once are much work for it.
			await after(250);
		}
	}

	async #isRunning(): Promise<boolean> {
		try {
			return ((await this.#ask('GET', '/api/config')) as { state: string }).state === 'RUNNING';
		} catch {
			return false;
		}
	}

	async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
		return response.json();
	}
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An owner's account with a long-lived token, as Home Assistant stores it. */
function accountWithToken(): { data: unknown; token: string } {
	const [user, session, key] = [hex(16), hex(16), hex(64)];
	const issued = Math.floor(Date.now() / 1000);
	const unsigned = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ iss: session, iat: issued, exp: issued + 315_360_000 })}`;
	const token = `${unsigned}.${createHmac('sha256', key).update(unsigned).digest('base64url')}`;
	const refresh = {
		...{ id: session, user_id: user, client_id: null, client_name: 'test', client_icon: null },
		...{ token_type: 'long_lived_access_token', created_at: new Date().toISOString() },
		...{ access_token_expiration: 315_360_000, token: hex(64), jwt_key: key, last_used_at: null, last_used_ip: null },
		...{ expire_at: null, credential_id: null, version: '1' },
	};
	const owner = { id: user, group_ids: ['system-admin'], is_owner: true, is_active: true, name: 'Test' };
	const users = [{ ...owner, system_generated: false, local_only: false }];
	const groups = ['system-admin', 'system-users', 'system-read-only'].map((id) => ({ id, name: id }));
	return { data: { users, groups, credentials: [], refresh_tokens: [refresh] }, token };
}

function mqttEntry({ host, port, username, password }: HassSetup['broker']): unknown {
	const now = new Date().toISOString();
	return {
		...{ created_at: now, modified_at: now, entry_id: hex(16), domain: 'mqtt', title: 'MQTT', unique_id: null },
		...{ version: 2, minor_version: 1, source: 'user', disabled_by: null, discovery_keys: {}, subentries: [] },
		...{ pref_disable_new_entities: false, pref_disable_polling: false, options: {} },
		data: { broker: host, port, username, password, protocol: '5', discovery: true, discovery_prefix: 'homeassistant' },
	};
}

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

async function freePort(host: string): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, host, resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}
