import { createHouse, demoHouse, type HouseDescription, MeterLine, type Opening } from '@pilotwire/house';
import type { Service, ServiceContext } from '@pilotwire/runtime';
import type { SimulatorConfig } from './config.ts';
import { Boards } from './core/boards.ts';
import { type Command, execute, type World } from './core/command.ts';
import { LinePacer } from './core/line-pacer.ts';
import { Radio, type RadioEnds } from './core/radio.ts';
import { RunningHouse } from './core/running-house.ts';
import { withPlug } from './core/water-plug.ts';
import { BusServer } from './io/bus-server.ts';
import { Control } from './io/control.ts';
import { readHouse } from './io/house-file.ts';
import { LineServer } from './io/line-server.ts';
import type { Listener } from './io/listener.ts';

/** The house's time never lags behind the clock by more, ms. */
const CATCH_UP_MS = 500;

export interface SimulatorOptions {
	readonly config: SimulatorConfig;
	/** Runs this house instead of the one that the configuration names. */
	readonly house?: HouseDescription;
	/** Where its wireless devices speak; without it they are silent. */
	readonly radio?: RadioEnds;
}

/** A house that runs: its meter speaks on one socket, its boards answer on another, a third takes commands. */
export class Simulator implements Service {
	readonly #context: Pick<ServiceContext, 'clock' | 'log'>;
	readonly #options: SimulatorOptions;
	readonly #endings: (() => void | Promise<void>)[] = [];
	#execute: ((given: Command) => unknown) | undefined;
	readonly #listeners: Listener[] = [];

	constructor(context: Pick<ServiceContext, 'clock' | 'log'>, options: SimulatorOptions) {
		this.#context = context;
		this.#options = options;
	}

	/** Rejects with SIMULATOR_HOUSE_*, SIMULATOR_SOCKET_BUSY or SIMULATOR_CANNOT_LISTEN; nothing is left open then. */
	async start(): Promise<void> {
		const { config } = this.#options;
		const { clock, log } = this.#context;
		const startMs = config.startsAt === 'now' ? clock.wallMs() : Date.parse(config.startsAt);
		const house = createHouse(await this.#description(), config.seed, { startMs: Math.round(startMs) });
		const running = new RunningHouse(house, clock, config.timeScale, (opening) => this.#tellOpening(opening));
		const boards = new Boards(house);
		try {
			const bus = await this.#serveBus(running, boards);
			const line = await this.#serveLine(running);
			const world: World = {
				house,
				boards,
				setHang: (on) => bus?.setHang(on),
				setSilence: (on) => {
					if (line !== undefined) line.silent = on;
				},
			};
			this.#execute = (given) => {
				running.catchUp();
				return execute(world, given);
			};
			if (config.controlSocket !== undefined) {
				await this.#listen(new Control(config.controlSocket, this.#execute).listener);
			}
		} catch (error) {
			await this.stop();
			throw error;
		}
		const radio = this.#startRadio(running);
		const timer = clock.every(CATCH_UP_MS, () => {
			radio?.follow();
			running.catchUp();
			radio?.speak();
		});
		this.#endings.push(() => timer.cancel());
		log.info({ house: house.description.name, listening: this.#listeners.map(({ end }) => end) }, 'the house runs');
	}

	async stop(): Promise<void> {
		this.#execute = undefined;
		for (const end of this.#endings.splice(0).reverse()) await end();
		this.#listeners.length = 0;
	}

	/** Carries a command out, as the control socket does. @throws while the simulator is not started, and as `execute` */
	command(given: Command): unknown {
		if (this.#execute === undefined) throw new Error('the simulator is not started');
		return this.#execute(given);
	}

	/** Ports of the ends that listen on TCP, in the order bus, line, control. */
	get ports(): (number | undefined)[] {
		return this.#listeners.map(({ port }) => port);
	}

	async #description(): Promise<HouseDescription> {
		const { house, config } = this.#options;
		const whole = house ?? (config.house === 'demo' ? demoHouse() : await readHouse(config.house));
		return config.waterHeaterTopic === undefined ? whole : withPlug(whole);
	}

	#startRadio(running: RunningHouse): Radio | undefined {
		const { config, radio: ends } = this.#options;
		if (ends === undefined) return undefined;
		const topic = config.waterHeaterTopic;
		const radio = new Radio(running.house, ends, this.#context.clock, { topic, catchUp: () => running.catchUp() });
		this.#endings.push(() => radio.stop());
		radio.start();
		return radio;
	}

	async #serveBus(running: RunningHouse, boards: Boards): Promise<BusServer | undefined> {
		const { busSocket } = this.#options.config;
		if (busSocket === undefined) return undefined;
		const bus = new BusServer(busSocket, (operation, address, register, value) => {
			running.catchUp();
			return boards.transact(operation, address, register, value);
		});
		await this.#listen(bus.listener);
		return bus;
	}

	async #serveLine(running: RunningHouse): Promise<LineServer | undefined> {
		const { lineSocket } = this.#options.config;
		if (lineSocket === undefined) return undefined;
		const meter = new MeterLine(running.house);
		const line = new LineServer(lineSocket, () => pacer.hear());
		const pacer = new LinePacer({
			clock: this.#context.clock,
			baud: meter.baud,
			next: () => {
				running.catchUp();
				return meter.next();
			},
			send: (bytes) => line.send(bytes),
			isHeard: () => line.isHeard,
		});
		await this.#listen(line.listener);
		pacer.start();
		this.#endings.push(() => pacer.stop());
		return line;
	}

	async #listen(listener: Listener): Promise<void> {
		await listener.start();
		this.#listeners.push(listener);
		this.#endings.push(() => listener.stop());
	}

	#tellOpening({ atS, phase, cause }: Opening): void {
		this.#context.log.error({ atS, phase, cause }, "the house's breaker has opened: everything is dark");
	}
}
