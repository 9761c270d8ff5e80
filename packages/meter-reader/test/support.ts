import { type PayloadOf, type Topic, topics } from '@pilotwire/contract';
import { Bus, createContext, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { encodeFrame, type GroupToEncode, type TicMode } from '@pilotwire/teleinfo';
import * as z from 'zod';
import { type Line, type LineEvents, MeterReader, meterSections } from '../src/index.ts';

/** `'IINST 012'` as a group; of three words the second is its date (`'DATE H260115180000 '`). */
export function groupsOf(text: string): GroupToEncode[] {
	return text.split('|').map((item) => {
		const [label = '', first = '', second] = item.split(' ');
		return second === undefined ? { label, data: first } : { label, date: first, data: second };
	});
}

/** A frame of groups written `'ADCO 012345678912|IINST 012'`. */
export const frame = (mode: TicMode, text: string): Uint8Array => encodeFrame(mode, groupsOf(text));

/** A line in the test's hand. */
export class HandLine implements Line {
	readonly name = '/dev/ttyTEST';
	readonly hasSpeed: boolean;
	readonly quietMs: number = 60_000;
	/** The speed it was set to; undefined while it is closed. */
	baud: number | undefined;
	/** Rejects the next openings with this. */
	refusal: Error | undefined;
	#events: LineEvents | undefined;

	constructor(hasSpeed = true) {
		this.hasSpeed = hasSpeed;
	}

	async open(baud: number, events: LineEvents): Promise<void> {
		if (this.refusal !== undefined) throw this.refusal;
		this.baud = baud;
		this.#events = events;
	}

	async setSpeed(baud: number): Promise<void> {
		this.baud = baud;
	}

	async close(): Promise<void> {
		this.baud = undefined;
		this.#events = undefined;
	}

	receive(bytes: Uint8Array): void {
		this.#events?.bytes(bytes);
	}

	/** The adapter is pulled out. */
	pull(problem: string): void {
		const events = this.#events;
		this.baud = undefined;
		this.#events = undefined;
		events?.closed(problem);
	}
}

/** A running meter-reader on a bus without sockets and a clock that only the test moves. */
export class ReaderBench {
	readonly hub = new MemoryHub();
	readonly clock = new VirtualClock();
	readonly warnings: string[] = [];
	readonly failures: unknown[] = [];
	readonly line: HandLine;
	readonly #reader: MeterReader;

	constructor(dataDir: string, settings: Record<string, unknown> = {}, line = new HandLine()) {
		this.line = line;
		const log = { ...silentLog, warn: ((_: object, text: string) => this.warnings.push(text)) as never };
		const context = createContext('meter-reader', log, this.clock, (error) => void this.failures.push(error));
		const bus = new Bus(context, 'home', this.hub.transport());
		const meters = [{ id: 'main', source: 'serial:/dev/ttyTEST', ...settings }];
		const config = z.object(meterSections).parse({ meters });
		this.#reader = new MeterReader(context, bus, { dataDir, ...config }, () => line);
	}

	async start(): Promise<void> {
		await this.#reader.start();
	}

	async stop(): Promise<void> {
		await this.#reader.stop();
	}

	/** Sends frames as a meter does, one after the other, each taking `eachMs`. */
	async send(bytes: Uint8Array, eachMs = 1_500): Promise<void> {
		this.line.receive(bytes);
		await this.clock.advanceAsync(eachMs);
	}

	/** Lets seconds go by until something holds that a disk has part in, which keeps no clock of ours. */
	async goOnUntil(holds: () => boolean): Promise<void> {
		while (!holds()) {
			await this.clock.advanceAsync(1_000);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** Everything published on a topic of meter main, oldest first. */
	published<Payload>(topic: Topic<string, Payload>): Payload[] {
		const name = `pilotwire/home/${topic.template.replace('{meter}', 'main')}`;
		const messages = this.hub.published.filter((message) => message.name === name);
		return messages.map(({ payload }) => topic.schema.parse(JSON.parse(payload)));
	}

	get loads(): PayloadOf<typeof topics.load>[] {
		return this.published(topics.load);
	}

	/** The figures of the newest load: VA by phase. */
	get figures(): number[] | undefined {
		return this.loads.at(-1)?.phases.map(({ apparentPowerVA }) => apparentPowerVA);
	}

	get link(): PayloadOf<typeof topics.link> | undefined {
		return this.published(topics.link).at(-1);
	}

	get readings(): PayloadOf<typeof topics.reading>[] {
		return this.published(topics.reading);
	}
}
