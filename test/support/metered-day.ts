import { type LoadLog, type ReadingState, topicName, topics } from '@pilotwire/contract';
import { createHouse, demoHouse, type House } from '@pilotwire/house';
import { instantOf } from '@pilotwire/runtime';
import { connectAsync, type MqttClient } from 'mqtt';
import { brokerAccount } from './broker-process.ts';

/** Between two samples, and how many a message holds. */
const SAMPLE_MS = 2_000;
const SAMPLES = 5;
/** The meter's registers: off-peak and peak; the first alone is the base tariff's. */
const REGISTERS = ['HCHC', 'HCHP'];
/** Messages under way. */
const WINDOW = 40;

/** What the simulated house says of itself: the account that a history must come to. */
export interface Account {
	readonly samples: number;
	/** What its own meter counted since the start, whole watt-hours. */
	readonly drawnWh: number;
	/** Of all samples, VA. */
	readonly sumVA: number;
}

/**
 * A day of the simulator's house at its meter, as fast as the broker takes it: numbered samples of its first phase, and the
 * registers that its meter counts in.
 * What the broker has not acknowledged is sent again over the next connection.
 */
export class MeteredDay {
	readonly #startMs: number;
	readonly #messages: number;
	readonly #open = new Map<number, LoadLog>();
	readonly #logTopic = topicName('home', topics.loadLog, { meter: 'main' });
	readonly #readingTopic = topicName('home', topics.reading, { meter: 'main' });
	#sent = 0;
	#acknowledged = 0;
	#sumVA = 0;
	readonly #house: House;
	readonly #startWh: number;

	/** @param hours how much of a day it is */
	constructor(startMs: number, hours: number) {
		this.#startMs = startMs;
		this.#messages = (hours * 3_600_000) / SAMPLE_MS / SAMPLES;
		this.#house = createHouse(demoHouse(), 7, { startMs });
		this.#startWh = this.#registersWh();
	}

	get isOver(): boolean {
		return this.#sent >= this.#messages && this.#open.size === 0;
	}

	get acknowledged(): number {
		return this.#acknowledged;
	}

	get endMs(): number {
		return this.#startMs + this.#messages * SAMPLES * SAMPLE_MS;
	}

	/** When the last reading is dated; ms since 1970 UTC. */
	get lastReadingMs(): number {
		return this.endMs + 1;
	}

	get account(): Account {
		return { samples: this.#sent * SAMPLES, drawnWh: this.#registersWh() - this.#startWh, sumVA: this.#sumVA };
	}

	/** Publishes up to so many messages more, until the connection breaks; once all are there, the reading of the end. */
	async go(url: string, most: number): Promise<void> {
		const client = await connectAsync(url, { ...brokerAccount, reconnectPeriod: 0 });
		client.on('error', () => undefined);
		// What the meter stood at before anything was drawn, and in the end.
		if (this.#sent === 0 || this.isOver) await this.#publishReading(client);
		const left = [...this.#open];
		const until = Math.min(this.#messages, this.#sent + most);
		let gone: () => void = () => undefined;
		const closed = new Promise<void>((resolve) => {
			gone = resolve;
		});
		client.once('close', gone);
		const send = async (): Promise<void> => {
			while (client.connected) {
				const next = left.shift() ?? this.#next(until);
				if (next === undefined) return;
				await Promise.race([this.#publish(client, ...next), closed]);
			}
		};
		await Promise.all(Array.from({ length: WINDOW }, send));
		await client.endAsync(true);
	}

	#next(until: number): [number, LoadLog] | undefined {
		if (this.#sent >= until) return undefined;
		const first = this.#sent * SAMPLES;
		const samples = Array.from({ length: SAMPLES }, (_, index) => {
			const number = first + index;
			const at = instantOf(this.#startMs + number * SAMPLE_MS);
			const apparentPowerVA = Math.round(this.#house.va[0] as number);
			this.#sumVA += apparentPowerVA;
			this.#house.step(SAMPLE_MS / 1_000);
			return { at, phase: 1 as const, apparentPowerVA };
		});
		const log: LoadLog = { at: samples.at(-1)?.at ?? '', first, samples };
		const number = this.#sent;
		this.#sent += 1;
		this.#open.set(number, log);
		return [number, log];
	}

	async #publish(client: MqttClient, number: number, log: LoadLog): Promise<void> {
		try {
			await client.publishAsync(this.#logTopic, JSON.stringify(log), { qos: 1 });
			this.#open.delete(number);
			this.#acknowledged += 1;
			// What stands on the meter. At QoS 1, since here nobody republishes the last one.
			if (number % 10 === 0 || this.isOver) await this.#publishReading(client);
		} catch {
			// It goes again over the next connection.
		}
	}

	async #publishReading(client: MqttClient): Promise<void> {
		// The last one has a date of its own: it comes behind all that the broker has acknowledged.
		const atMs = this.isOver ? this.lastReadingMs : this.#startMs + this.#sent * SAMPLES * SAMPLE_MS;
		const at = instantOf(atMs);
		const energyWh = Object.fromEntries(
			[...this.#house.meter.drawnWh].map((wh, tariff) => [REGISTERS[tariff], Math.floor(wh)]),
		);
		const reading = { at, mode: 'historic', phases: 1, energyWh, reactiveEnergyVArh: {} } as ReadingState;
		await client.publishAsync(this.#readingTopic, JSON.stringify(reading), { qos: 1, retain: true });
	}

	/** All registers together. */
	#registersWh(): number {
		return this.#house.meter.drawnWh.reduce((sum, wh) => sum + Math.floor(wh), 0);
	}
}
