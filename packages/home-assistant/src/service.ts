import { topics } from '@pilotwire/contract';
import {
	type Bus,
	type ForeignTopics,
	instantOf,
	messageOf,
	type Service,
	type ServiceContext,
	type Timer,
} from '@pilotwire/runtime';
import type { HomeAssistantConfig } from './config.ts';
import { Announcer } from './core/announcer.ts';
import { announcements, BIRTH_TOPIC } from './core/discovery.ts';
import { Figures } from './core/figures.ts';
import { Inventory } from './core/inventory.ts';
import { listen } from './core/listen.ts';
import { tellNotice } from './core/notice.ts';
import type { Announced } from './core/plan.ts';
import { type Memory, memoryOf } from './io/memory.ts';
import { wordsOf } from './words.ts';

/** The broker gets this long to hand over what is retained, before anything is announced. Milliseconds. */
const RESTORE_MS = 1_500;
/** What was announced and has not been heard of for this long is gone. Milliseconds. */
const GONE_MS = 60_000;
/** Changes within this time are announced together. Milliseconds. */
const TOGETHER_MS = 500;
/** Home Assistant, once it is online, subscribes before it can take anything. Milliseconds. */
const BIRTH_MS = 2_000;
/** Registers are written this often: SD cards wear. Milliseconds. */
const REMEMBER_MS = 600_000;

/** Announces the house to Home Assistant, and publishes what it can't read from the bus as it is. */
export class HomeAssistant implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #foreign: ForeignTopics;
	readonly #config: HomeAssistantConfig;
	readonly #memory: Memory;
	readonly #inventory: Inventory;
	readonly #figures: Figures;
	#announcer: Announcer;
	#timers: Timer[] = [];
	#pending: Timer | undefined;
	/** Home Assistant has just started: however often it says so, all is said again once. */
	#born: Timer | undefined;
	/** Retained messages have had their time. */
	#speaks = false;
	/** What has not been heard of is gone. */
	#mayRemove = false;
	#birth: 'online' | 'offline' | undefined;
	#told = '';

	constructor(
		context: ServiceContext,
		bus: Bus,
		foreign: ForeignTopics,
		config: HomeAssistantConfig,
		memory: Memory = memoryOf(config.dataDir),
	) {
		this.#context = context;
		this.#bus = bus;
		this.#foreign = foreign;
		this.#config = config;
		this.#memory = memory;
		const { version, url, everyS, rooms } = config;
		const area = (room: string | undefined): string | undefined => {
			const known = rooms.find(({ id }) => id === room);
			return known && (known.name ?? known.id);
		};
		const naming = { site: bus.site, word: wordsOf(config.language), area };
		this.#inventory = new Inventory(naming, { version, url, everyS }, config.meters, () => this.#soon());
		this.#figures = new Figures({
			meters: config.meters,
			meter: (meter, figures) => bus.publish(topics.homeAssistantMeter, { meter }, figures),
			shedder: (view) => bus.publish(topics.homeAssistantShedder, {}, view),
			shape: (meter, shape) => this.#inventory.meter(meter, shape),
			notice: (meter, notice) => {
				tellNotice(context.log, meter, notice);
				if (notice.kind === 'exchanged') void this.#remember();
			},
		});
		this.#announcer = this.#announcerFrom({});
	}

	async start(): Promise<void> {
		const { announced, meters } = await this.#memory.read();
		this.#announcer = this.#announcerFrom(announced);
		this.#figures.remember(meters);
		this.#listen();
		this.#bus.onConnection((connected) => this.#connection(connected));
		const { clock } = this.#context;
		clock.every(this.#config.everyS * 1_000, () => this.#publish());
		clock.every(REMEMBER_MS, () => void this.#remember());
		this.#measure();
		this.#bus.start();
	}

	async stop(): Promise<void> {
		this.#announcer.stop();
		await this.#remember();
		await this.#bus.stop();
	}

	#announcerFrom(announced: Announced): Announcer {
		return new Announcer(
			{
				clock: this.#context.clock,
				send: ({ topic, payload }) => this.#foreign.publish({ name: topic, payload, qos: 1, retain: true }),
				changed: () => {
					void this.#remember();
					this.#tell();
				},
			},
			announced,
		);
	}

	#listen(): void {
		const { clock } = this.#context;
		listen(this.#bus, this.#inventory);
		this.#bus.on(topics.reading, {}, (reading, { meter }) => this.#figures.hearReading(meter, reading, clock.wallMs()));
		this.#bus.on(topics.homeAssistantMeter, {}, (figures, { meter }, { retained }) => {
			if (!retained) return;
			if (!this.#config.meters.includes(meter)) this.#bus.clear(topics.homeAssistantMeter, { meter });
			else if (!this.#speaks) this.#figures.recall(meter, figures);
		});
		this.#bus.on(topics.shedder, {}, (state) => this.#figures.hearShedder(state, this.#speaks));
		this.#foreign.hear(BIRTH_TOPIC, (text) => this.#hearBirth(text));
	}

	/** It may have started with a broker that forgot everything. */
	#hearBirth(text: string): void {
		if (text !== 'online' && text !== 'offline') return;
		this.#birth = text;
		if (!this.#speaks) return;
		if (text === 'online') {
			this.#born?.cancel();
			this.#born = this.#context.clock.after(BIRTH_MS, () => this.#announcer.repeat());
		}
		this.#tell();
	}

	#connection(connected: boolean): void {
		const { clock } = this.#context;
		for (const timer of this.#timers.splice(0)) timer.cancel();
		this.#born?.cancel();
		this.#mayRemove = false;
		this.#speaks = false;
		this.#announcer.stop();
		if (!connected) return;
		this.#timers = [clock.after(RESTORE_MS, () => this.#begin()), clock.after(GONE_MS, () => this.#settle())];
	}

	#begin(): void {
		this.#speaks = true;
		this.#announce();
		this.#publish();
	}

	#settle(): void {
		this.#mayRemove = true;
		this.#announce();
	}

	/** Announces what has changed, a moment later: changes come together. */
	#soon(): void {
		if (!this.#speaks || this.#pending !== undefined) return;
		this.#pending = this.#context.clock.after(TOGETHER_MS, () => {
			this.#pending = undefined;
			this.#announce();
		});
	}

	#announce(): void {
		if (!this.#speaks) return;
		const { discovery, version, url } = this.#config;
		const origin = { name: 'Pilotwire', sw_version: version, support_url: url };
		this.#announcer.want(announcements(this.#inventory.things(), discovery, origin), this.#mayRemove);
	}

	#publish(): void {
		if (this.#speaks) this.#figures.publish(instantOf(this.#context.clock.wallMs()));
	}

	#tell(): void {
		const announced = Object.values(this.#announcer.announced);
		const state = {
			version: this.#config.version,
			discovery: this.#config.discovery,
			devices: new Set(announced.map(({ thing }) => thing)).size,
			entities: announced.reduce((sum, { entities }) => sum + Object.keys(entities).length, 0),
			...(this.#birth === undefined ? {} : { homeAssistant: this.#birth }),
		};
		const text = JSON.stringify(state);
		if (text === this.#told) return;
		this.#told = text;
		this.#bus.publish(topics.homeAssistant, {}, { at: instantOf(this.#context.clock.wallMs()), ...state });
	}

	#measure(): void {
		const count = (of: (one: { thing: string; entities: object }) => number) => (): number =>
			Object.values(this.#announcer.announced).reduce((sum, one) => sum + of(one), 0);
		this.#context.measure([
			{
				name: 'pilotwire_home_assistant_entities',
				help: 'Entities that are announced to Home Assistant.',
				type: 'gauge',
				read: count(({ entities }) => Object.keys(entities).length),
			},
			{
				name: 'pilotwire_home_assistant_online',
				help: 'Whether Home Assistant last said that it is online.',
				type: 'gauge',
				read: () => (this.#birth === 'online' ? 1 : 0),
			},
		]);
	}

	async #remember(): Promise<void> {
		const announced = { ...this.#announcer.announced };
		try {
			await this.#memory.write({ announced, meters: this.#figures.memory() });
		} catch (error) {
			this.#context.log.warn({ err: error }, `what was announced could not be written: ${messageOf(error)}`);
		}
	}
}
