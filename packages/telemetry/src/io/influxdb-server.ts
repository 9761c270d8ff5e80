import { HttpError, InfluxDB, setLogger, type WriteApi } from '@influxdata/influxdb-client';
import { readSecret } from '@pilotwire/runtime';
import type { InfluxdbSection } from '../config.ts';
import { type InfluxSeries, identifier } from '../core/influxql.ts';
import { influxdbFailed } from '../errors.ts';

/** How long an answer may take. Milliseconds. */
const ANSWER_WITHIN_MS = 10_000;
/** The client sends by itself what is more than this; nothing here ever is. Lines and bytes. */
const NEVER_FULL = { batchSize: 100_001, maxBatchBytes: 1_000_000_000 };

// The client prints every failure beside reporting it.
setLogger({ error: () => undefined, warn: () => undefined });

/** One InfluxDB over HTTP: what differs between its versions. Rejects with `INFLUXDB_FAILED`. */
export class InfluxdbServer {
	readonly #settings: InfluxdbSection;
	readonly #client: InfluxDB;
	#writer: Promise<WriteApi> | undefined;
	#confirmed = 0;

	/** Throws `SECRET_UNREADABLE`. */
	constructor(settings: InfluxdbSection) {
		this.#settings = settings;
		const { url, username = '' } = settings;
		const token = readSecret({ password: settings.token, passwordFile: settings.tokenFile });
		const password = readSecret(settings) ?? '';
		const basic = Buffer.from(`${username}:${password}`).toString('base64');
		this.#client = new InfluxDB({
			url,
			timeout: ANSWER_WITHIN_MS,
			...(token === undefined ? {} : { token }),
			...(username === '' ? {} : { headers: { Authorization: `Basic ${basic}` } }),
		});
	}

	/** Sends lines of line protocol, dated in ms; resolves once the server has confirmed them all. */
	async write(lines: readonly string[]): Promise<void> {
		const writer = await this.#ready();
		this.#confirmed = 0;
		writer.writeRecords([...lines]);
		await this.#failing(writer.flush());
		if (this.#confirmed !== lines.length) {
			throw influxdbFailed(this.#settings.url, undefined, `${this.#confirmed} of ${lines.length} lines confirmed`);
		}
	}

	/** Asks in InfluxQL, which 1.x, 2.x and 3.x have on `/query`; times in ms. */
	async ask(query: string): Promise<InfluxSeries[]> {
		await this.#ready();
		return this.#query(query);
	}

	close(): void {
		void this.#writer?.then(
			(writer) => writer.dispose(),
			() => undefined,
		);
		this.#writer = undefined;
	}

	#ready(): Promise<WriteApi> {
		this.#writer ??= this.#connect().catch((error: unknown) => {
			this.#writer = undefined;
			throw error;
		});
		return this.#writer;
	}

	async #connect(): Promise<WriteApi> {
		const { version = await this.#version(), database, org } = this.#settings;
		const writer = this.#client.getWriteApi(org, database, 'ms', {
			...NEVER_FULL,
			flushInterval: 0,
			// Points wait, and are tried again, in one place only.
			maxRetries: 0,
			writeSuccess: (lines) => {
				this.#confirmed += lines.length;
			},
			writeFailed: (error) => Promise.reject(error),
		});
		if (version === 1) {
			writer.path = `/write?db=${encodeURIComponent(database)}&precision=ms`;
			// An account that may only write can't; then the database is there, or the write says that it isn't.
			await this.#query(`CREATE DATABASE ${identifier(database)}`).catch(() => undefined);
		}
		return writer;
	}

	async #version(): Promise<number> {
		let said: unknown;
		const ping = this.#client.transport.request('/ping', undefined, { method: 'GET' }, (headers) => {
			said = headers['x-influxdb-version'];
		});
		await this.#failing(ping);
		const [, major] = /^v?(\d+)\./.exec(String(said)) ?? [];
		// Without a word of it: `/api/v2/write` is in 1.8, 2.x and 3.x.
		return major === undefined ? 2 : Number(major);
	}

	async #query(query: string): Promise<InfluxSeries[]> {
		const form = new URLSearchParams({ db: this.#settings.database, epoch: 'ms', q: query });
		const answer: { results?: { series?: InfluxSeries[]; error?: string }[] } | undefined = await this.#failing(
			this.#client.transport.request('/query', form.toString(), {
				method: 'POST',
				headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
			}),
		);
		const [result] = answer?.results ?? [];
		if (result?.error !== undefined) throw influxdbFailed(this.#settings.url, 400, result.error);
		return result?.series ?? [];
	}

	async #failing<Answer>(answer: Promise<Answer>): Promise<Answer> {
		try {
			return await answer;
		} catch (error) {
			const status = error instanceof HttpError ? error.statusCode : undefined;
			// It may have been replaced by another, or by an empty one.
			if (status === undefined || status === 404) this.#writer = undefined;
			throw influxdbFailed(this.#settings.url, status, error);
		}
	}
}
