import { access } from 'node:fs/promises';
import { checkDatabase, messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';
import type { DatabaseFacts, InfluxdbFacts } from '../../doctor/store.ts';

/** How long the server may take. Milliseconds. */
const ANSWER_WITHIN_MS = 5_000;

/** Reads a database through, unless a running service has it. `shared`: several processes may open it. */
export async function databaseFacts(name: string, path: string, shared: boolean): Promise<DatabaseFacts> {
	try {
		await access(path);
	} catch (error) {
		if (systemCodeOf(error) === 'ENOENT') return { name, path, state: 'none' };
		const todo = 'run the doctor as the user of the house: "sudo -u pilotwire" before what you typed';
		return { name, path, state: { code: 'DATABASE_UNREADABLE', problem: `${path}: ${messageOf(error)}`, todo } };
	}
	try {
		await checkDatabase(path, { shared });
		return { name, path, state: 'sound' };
	} catch (error) {
		if (!(error instanceof PilotwireError)) throw error;
		const state =
			error.code === 'LOCK_HELD'
				? 'used'
				: { code: error.code, problem: `${path}: ${error.received}`, todo: error.action };
		return { name, path, state };
	}
}

/** Asks an InfluxDB for its version. */
export async function influxdbFacts(url: string): Promise<InfluxdbFacts> {
	try {
		const answer = await fetch(new URL('ping', `${url.replace(/\/$/, '')}/`), {
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
		});
		if (!answer.ok) return { url, answer: { problem: `HTTP ${answer.status}` } };
		return { url, answer: { version: answer.headers.get('x-influxdb-version') ?? 'unknown' } };
	} catch (error) {
		const { cause } = error as { cause?: unknown };
		return { url, answer: { problem: messageOf(cause ?? error) } };
	}
}
