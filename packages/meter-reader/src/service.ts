import { join } from 'node:path';
import {
	type Bus,
	type ForeignTopics,
	JsonFile,
	remoteMethod,
	type Service,
	type ServiceContext,
	serveRpc,
	systemZone,
	tariffSections,
} from '@pilotwire/runtime';
import * as z from 'zod';
import { MeterChannel } from './channel.ts';
import type { MeterReaderConfig, MeterSettings } from './config.ts';
import { lineOf } from './io/line-of.ts';
import { OutboxFiles } from './io/outbox-files.ts';
import type { Line } from './line.ts';
import { meterMetrics } from './meter-metrics.ts';
import { TariffPublisher } from './tariff/tariff-publisher.ts';

/** Reads the meters: bytes of their lines in, `meter/<id>/...` out. */
export class MeterReader implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: MeterReaderConfig;
	readonly #lineFor: (meter: MeterSettings) => Line;
	readonly #tariff: TariffPublisher;
	#channels: readonly MeterChannel[] = [];

	/**
	 * @param lineFor makes the line of a meter; by default the one that its `source` names
	 * @param foreign the topics that may say the tariff
	 */
	constructor(
		context: ServiceContext,
		bus: Bus,
		config: MeterReaderConfig,
		lineFor: (meter: MeterSettings) => Line = (meter) => lineOf(meter, { ...context, dataDir: config.dataDir }),
		foreign?: ForeignTopics,
	) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#lineFor = lineFor;
		const { tariff = tariffSections.tariff.parse(undefined), timeZone = systemZone() } = config;
		this.#tariff = new TariffPublisher(bus, context.clock, tariff, timeZone, foreign);
	}

	/** Rejects with `LOCK_HELD` where another reader has one of the ports. */
	async start(): Promise<void> {
		const { dataDir, meters } = this.#config;
		this.#channels = meters.map((meter, index) => {
			const file = new JsonFile(join(dataDir, `meter-${meter.id}.json`));
			const disk = new OutboxFiles(join(dataDir, `outbox-${meter.id}`));
			const parts = { line: this.#lineFor(meter), file, disk };
			// The first meter is the house's.
			const onReading = index > 0 ? {} : { onReading: this.#tariff.hear.bind(this.#tariff) };
			return new MeterChannel(this.#context, this.#bus, meter, { ...parts, ...onReading });
		});
		this.#context.measure(meterMetrics(() => this.#channels));
		serveRpc(this.#bus, { lastFrame: this.#lastFrame() });
		this.#bus.start();
		this.#tariff.start();
		await Promise.all(this.#channels.map((channel) => channel.start()));
	}

	async stop(): Promise<void> {
		this.#tariff.stop();
		await Promise.all(this.#channels.map((channel) => channel.stop()));
		await this.#bus.stop();
		await Promise.all(this.#channels.map((channel) => channel.keep()));
	}

	/** `lastFrame {meter?, identifiers?}`: the last frame's groups, one a line, as they stood on the line. */
	#lastFrame() {
		const parameters = z.strictObject({ meter: z.string().optional(), identifiers: z.boolean().default(false) });
		return remoteMethod(parameters, ({ meter, identifiers }) => {
			const channel = this.#channels.find(({ id }) => meter === undefined || id === meter);
			if (channel === undefined) {
				throw new Error(`expected one of ${this.#channels.map(({ id }) => id).join(', ')}, got ${meter}`);
			}
			return { meter: channel.id, text: channel.lastFrame(identifiers) ?? null };
		});
	}
}
