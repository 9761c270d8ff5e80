import type { TelemetryState } from '@pilotwire/contract';
import { type Clock, clockIsSynchronised, type Logger, type Timer } from '@pilotwire/runtime';
import { historyFile, spoolPath, type TelemetryConfig } from './config.ts';
import { ClockTrust } from './core/clock-trust.ts';
import { FreshReader } from './core/fresh-reader.ts';
import type { Point } from './core/point.ts';
import { Spool } from './core/spool.ts';
import { type HistoryReader, type HistoryStore, keepFor } from './core/store.ts';
import { StoreWriter } from './core/store-writer.ts';
import { InfluxdbStore } from './io/influxdb-store.ts';
import { DiskSpoolFolder } from './io/spool-folder.ts';
import { SqliteStore } from './io/sqlite-store.ts';

/** What came goes on the disk this often: a power cut costs no more, and each sync wears an SD card. Milliseconds. */
const COMMIT_MS = 5_000;

/** The way of every point: from the bus into the spool, and from there into each store that is configured. */
export class Pipeline {
	readonly #clock: Clock;
	readonly #spool: Spool;
	readonly #writers: readonly StoreWriter[];
	#timer: Timer | undefined;

	/** @param synchronised whether the system's clock is right, as the system says; undefined where it says nothing */
	constructor(config: TelemetryConfig, clock: Clock, log: Logger, synchronised = clockIsSynchronised) {
		const { history } = config;
		const keep = keepFor(history.keep);
		this.#clock = clock;
		this.#spool = new Spool(new DiskSpoolFolder(spoolPath(config)), log, history.spoolMB * 1_000_000);
		const trust = new ClockTrust(clock, () => synchronised());
		const writer = (store: HistoryStore, everyMs: number): StoreWriter =>
			new StoreWriter(store, this.#spool, clock, log, { everyMs, clockIsSure: () => trust.isSure() });
		const writers: StoreWriter[] = [];
		if (history.sqlite.enabled) {
			writers.push(
				writer(new SqliteStore(historyFile(config), log, clock, keep, config.timeZone), history.writeEveryS * 1_000),
			);
		}
		if (history.influxdb !== undefined) {
			writers.push(writer(new InfluxdbStore(history.influxdb, clock, keep), COMMIT_MS));
		}
		this.#writers = writers;
	}

	/** What only a person can put right is thrown. */
	async start(): Promise<void> {
		await this.#spool.open(this.#writers.map(({ store }) => store.name));
		// Before the writers: what was committed at this moment is written at the same.
		this.#timer = this.#clock.every(COMMIT_MS, () => void this.#spool.commit());
		for (const writer of this.#writers) await writer.start();
	}

	/** `acknowledge` is called once the points are on the disk. */
	add(points: readonly Point[], acknowledge?: () => void): void {
		this.#spool.add(points, acknowledge);
	}

	/** Puts what came on the disk. */
	commit(): Promise<void> {
		return this.#spool.commit();
	}

	/** Answers questions, with what came until some seconds ago; the first store that is configured. */
	get reader(): HistoryReader | undefined {
		const [first] = this.#writers;
		return first === undefined ? undefined : new FreshReader(first.store, () => first.flush());
	}

	/** The writer of a store of this name, and another store to copy from; undefined where there are not both. */
	copying(to: string): { readonly source: HistoryStore; readonly target: StoreWriter } | undefined {
		const target = this.#writers.find(({ store }) => store.name === to);
		const source = this.#writers.find((writer) => writer !== target);
		return target === undefined || source === undefined ? undefined : { source: source.store, target };
	}

	get state(): Pick<TelemetryState, 'stores' | 'spool'> {
		return { stores: this.#writers.map((writer) => writer.state), spool: this.#spool.state };
	}

	/** Writes what there is; nothing may be added any more. */
	async stop(): Promise<void> {
		this.#timer?.cancel();
		await this.#spool.commit();
		await Promise.all(this.#writers.map((writer) => writer.stop()));
		await this.#spool.close();
	}
}
