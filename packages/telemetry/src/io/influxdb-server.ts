import { HttpError, InfluxDB, setLogger, type WriteApi } from '@influxdata/influxdb-client';
import { messageOf, readSecret } from '@pilotwire/runtime';
import type { InfluxdbSection } from '../config.ts';
import { type InfluxSeries, identifier } from '../core/influxql.ts';
import type { KeepFor } from '../core/store.ts';
import { influxdbFailed } from '../errors.ts';

/** How long an answer may take. Milliseconds. */
const ANSWER_WITHIN_MS = 10_000;
/** The client sends by itself what is more than this; nothing here ever is. Lines and bytes. */
const NEVER_FULL = { batchSize: 100_001, maxBatchBytes: 1_000_000_000 };

// The client prints every failure beside reporting it.
setLogger({ error: () => undefined, warn: () => undefined });

/** What is kept for a time of its own: each has a database (1.x, 3.x) or bucket (2.x). */
export type Part = 'points' | 'minutes' | 'hours';

interface Connected {
	readonly version: number;
	readonly points: WriteApi;
	readonly rollUps: Map<Part, WriteApi>;
}

/** One InfluxDB over HTTP: what differs between its versions. Rejects with `INFLUXDB_FAILED`. */
export class InfluxdbServer {
	readonly #settings: InfluxdbSection;
	readonly #client: InfluxDB;
	readonly #keptMs: Readonly<Record<Part, number | undefined>>;
	#connected: Promise<Connected> | undefined;
	#confirmed = 0;

	/** Throws `SECRET_UNREADABLE`. */
	constructor(settings: InfluxdbSection, { pointsMs, minutesMs, hoursMs }: KeepFor) {
		this.#settings = settings;
		this.#keptMs = { points: pointsMs, minutes: minutesMs, hours: hoursMs };
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
	async write(lines: readonly string[], part: Part = 'points'): Promise<void> {
		const { points } = await this.#ready();
		const writer = part === 'points' ? points : await this.#rollUps(part);
		this.#confirmed = 0;
		writer.writeRecords([...lines]);
		await this.#failing(writer.flush());
		if (this.#confirmed !== lines.length) {
			throw influxdbFailed(this.#settings.url, undefined, `${this.#confirmed} of ${lines.length} lines confirmed`);
		}
	}

	/** Asks in InfluxQL, which 1.x, 2.x and 3.x have on `/query`; times in ms. Nothing where the database isn't there yet. */
	async ask(query: string, part: Part = 'points'): Promise<InfluxSeries[]> {
		await this.#ready();
		try {
			return await this.#query(query, part);
		} catch (error) {
			if (part !== 'points' && /not found|does not exist/i.test(messageOf(error))) return [];
			throw error;
		}
	}

	close(): void {
		void this.#connected?.then(
			({ points, rollUps }) => Promise.all([points, ...rollUps.values()].map((writer) => writer.dispose())),
			() => undefined,
		);
		this.#connected = undefined;
	}

	#ready(): Promise<Connected> {
		this.#connected ??= this.#connect().catch((error: unknown) => {
			this.#connected = undefined;
			throw error;
		});
		return this.#connected;
	}

	async #connect(): Promise<Connected> {
		const { version = await this.#version() } = this.#settings;
		return { version, points: await this.#writer(version, 'points'), rollUps: new Map() };
	}

	async #rollUps(part: Part): Promise<WriteApi> {
		const { version, rollUps } = await this.#ready();
		const writer = rollUps.get(part) ?? (await this.#writer(version, part));
		rollUps.set(part, writer);
		return writer;
	}

	/** Writes a part; makes its database or bucket where it isn't there. One that is there keeps its own retention. */
	async #writer(version: number, part: Part): Promise<WriteApi> {
		const { org } = this.#settings;
		const database = this.#name(part);
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
		const keptMs = this.#keptMs[part];
		// An account that may only write can't; then it is there, or the write says that it isn't.
		if (version === 1) {
			writer.path = `/write?db=${encodeURIComponent(database)}&precision=ms`;
			const duration = keptMs === undefined ? 'INF' : `${Math.ceil(keptMs / 3_600_000)}h`;
			await this.#query(`CREATE DATABASE ${identifier(database)} WITH DURATION ${duration}`, part).catch(
				() => undefined,
			);
		} else if (version === 2) await this.#makeBucket(database, keptMs).catch(() => undefined);
		return writer;
	}

	/**
	 * A bucket of 2.x, and what makes it a database for questions in InfluxQL: the later ones of 2.x see each bucket as one by
	 * themselves. 3.x makes a database at its first write.
	 */
	async #makeBucket(name: string, keptMs: number | undefined): Promise<void> {
		const org = encodeURIComponent(this.#settings.org);
		const { transport } = this.#client;
		const get = <Answer>(path: string): Promise<Answer> => transport.request(path, undefined, { method: 'GET' });
		const post = (path: string, body: object): Promise<unknown> =>
			transport.request(path, JSON.stringify(body), {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
			});
		const { orgs } = await get<{ orgs?: { id: string }[] }>(`/api/v2/orgs?org=${org}`);
		const orgID = orgs?.[0]?.id;
		const everySeconds = keptMs === undefined ? 0 : Math.ceil(keptMs / 1_000);
		// Refused where it is there.
		await post('/api/v2/buckets', { orgID, name, retentionRules: [{ type: 'expire', everySeconds }] }).catch(
			() => undefined,
		);
		const path = `/api/v2/buckets?org=${org}&name=${encodeURIComponent(name)}`;
		const found = await get<{ buckets?: { id: string }[] } | undefined>(path);
		const bucketID = found?.buckets?.[0]?.id;
		if (bucketID === undefined) return;
		await post('/api/v2/dbrps', { orgID, bucketID, database: name, retention_policy: 'autogen', default: true });
	}

	#name(part: Part): string {
		const { database } = this.#settings;
		return part === 'points' ? database : `${database}_${part}`;
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

	async #query(query: string, part: Part): Promise<InfluxSeries[]> {
		const form = new URLSearchParams({ db: this.#name(part), epoch: 'ms', q: query });
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
			if (status === undefined || status === 404) this.#connected = undefined;
			throw influxdbFailed(this.#settings.url, status, error);
		}
	}
}
