import { type PayloadOf, type Topic, topics } from '@pilotwire/contract';
import { Bus, createContext, silentLog, systemClock } from '@pilotwire/runtime';
import { MemoryHub } from '@pilotwire/runtime/testing';
import * as z from 'zod';
import { MeterReader, meterSections } from '../src/index.ts';

/** A meter-reader on real lines and the real clock; only the bus is in memory. */
export class SerialBench {
	readonly hub = new MemoryHub();
	readonly warnings: string[] = [];
	readonly failures: unknown[] = [];
	readonly #reader: MeterReader;

	constructor(dataDir: string, source: string, settings: Record<string, unknown> = {}) {
		const log = { ...silentLog, warn: ((_: object, text: string) => this.warnings.push(text)) as never };
		const context = createContext('meter-reader', log, systemClock, (error) => void this.failures.push(error));
		const bus = new Bus(context, 'home', this.hub.transport());
		const config = z.object(meterSections).parse({ meters: [{ id: 'main', source, ...settings }] });
		this.#reader = new MeterReader(context, bus, { dataDir, ...config });
	}

	start(): Promise<void> {
		return this.#reader.start();
	}

	stop(): Promise<void> {
		return this.#reader.stop();
	}

	/** Everything published on a topic of meter main, oldest first. */
	published<Payload>(topic: Topic<string, Payload>): Payload[] {
		const name = `pilotwire/home/${topic.template.replace('{meter}', 'main')}`;
		const messages = this.hub.published.filter((message) => message.name === name);
		return messages.map(({ payload }) => topic.schema.parse(JSON.parse(payload)));
	}

	/** The figures of the loads so far, with the label each load came with: `IINST 2300`. */
	get figures(): string[] {
		return this.published(topics.load).map(({ phases }) =>
			phases.map(({ label, apparentPowerVA }) => `${label} ${apparentPowerVA}`).join(', '),
		);
	}

	get link(): PayloadOf<typeof topics.link> | undefined {
		return this.published(topics.link).at(-1);
	}

	/** Settles when the condition holds; fails with what was published when it doesn't in time. */
	async until(condition: () => boolean, withinMs = 30_000): Promise<void> {
		const end = performance.now() + withinMs;
		while (!condition()) {
			if (performance.now() > end)
				throw new Error(`not so within ${withinMs} ms: ${JSON.stringify(this.hub.published.slice(-5))}`);
			await new Promise((settle) => setTimeout(settle, 10));
		}
	}
}
