// A recorded line or a load curve through the real services, on virtual time.
import { LoadShedder } from '@pilotwire/load-shedder';
import { type Line, type LineEvents, MeterReader, travelMs } from '@pilotwire/meter-reader';
import { DEFAULT_PIN_MAP, type Signal } from '@pilotwire/pilot-wire';
import { RadiatorActuator } from '@pilotwire/radiator-actuator';
import { Bus, createContext, type Logger, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/virtual';
import { SwitchActuator } from '@pilotwire/switch-actuator';
import { blindShareOf } from '../blind-share.ts';
import { type House, shedderMeter } from '../config.ts';
import { MemoryBoards } from './memory-boards.ts';
import { MemoryPlugs } from './memory-plugs.ts';
import { Story } from './story.ts';
import { VirtualServices } from './virtual-services.ts';

/** Promises settle at least this often. Milliseconds of virtual time. */
const STEP_MS = 20;
/** How long a message travels: a broker on the same machine takes about as long. Milliseconds. */
const HUB_MS = 1;
/** Nothing is known of before, and nothing is kept. */
const NO_MEMORY = { read: async () => undefined, write: async () => undefined };
/** The machine has been up for long. Milliseconds. */
const LONG_UP_MS = 86_400_000;
/** Slices that a port would hand over of a recorded line. Milliseconds. */
const SLICE_MS = 20;

export interface ReplayOptions {
	readonly house: House;
	/** For what services write down; nothing of it is kept. */
	readonly folder: string;
	/** The replayed clock at the start, ms since 1970 UTC. */
	readonly startMs: number;
	/** The line that the meter-reader reads, on the replay's clock. */
	line(replay: Replay): Line;
	/** What stands on a wire (1 to 8) of a board now. */
	drive?(address: number, wire: number, signal: Signal): void;
	/** What a switched circuit draws now, W; its power while it is on unless given. */
	wattsOf?(id: string): number;
	/** Where services log; nowhere unless given. */
	log?(service: string): Logger;
}

/** The services under way, and what is heard of them. */
export class Replay {
	readonly clock: VirtualClock;
	readonly story: Story;
	/** The devices of switched circuits. */
	readonly plugs: MemoryPlugs;
	readonly #hub: MemoryHub;
	readonly #options: ReplayOptions;
	readonly #services: VirtualServices;
	#failure: { readonly error: unknown } | undefined;

	constructor(options: ReplayOptions) {
		const { house, startMs, log = () => silentLog } = options;
		this.clock = new VirtualClock(startMs);
		this.#hub = new MemoryHub({ clock: this.clock, delayMs: () => HUB_MS });
		this.story = new Story(() => this.clock.wallMs());
		this.plugs = new MemoryPlugs(house.switches, this.#hub, (id) => options.wattsOf?.(id));
		this.#options = options;
		this.#services = new VirtualServices({
			...{ site: house.site, clock: this.clock, hub: this.#hub, log },
			failed: (error) => {
				this.#failure ??= { error };
			},
			settle: () => this.clock.advanceAsync(STEP_MS, 1),
		});
	}

	/** Starts who listens, then the services, the wires first. */
	async start(): Promise<void> {
		const { house, folder, line, drive = () => undefined } = this.#options;
		const meter = shedderMeter(house);
		const actuatorConfig = { ...house, dataDir: folder, shedderEnabled: house.shedder.enabled, meter };
		const context = createContext('replay', silentLog, this.clock, (error) => {
			this.#failure ??= { error };
		});
		const bus = new Bus(context, house.site, this.#hub.transport());
		this.story.listen(bus, meter);
		bus.start();
		const pinMapOf = ({ pinMap }: House['boards']['modules'][number]) =>
			pinMap === 'standard' ? DEFAULT_PIN_MAP : pinMap;
		const boards = new MemoryBoards(
			house.boards.modules.map((module) => ({ address: module.address, pinMap: pinMapOf(module) })),
			drive,
		);
		await this.#services.start('radiator-actuator', (own, ownBus, isAlive) => {
			const config = { ...actuatorConfig, shareOf: blindShareOf(house, 'radiators') };
			return new RadiatorActuator(own, ownBus, config, {
				port: boards.port(isAlive),
				memory: NO_MEMORY,
				lock: async () => ({ release: async () => undefined }),
				killAtExit: () => () => undefined,
			});
		});
		if (house.switches.length > 0) {
			this.plugs.start(this.clock);
			await this.#services.start('switch-actuator', (own, ownBus, _, foreign) => {
				const config = { ...actuatorConfig, shareOf: blindShareOf(house, 'switches') };
				return new SwitchActuator(own, ownBus, foreign, config, NO_MEMORY, () => LONG_UP_MS);
			});
		}
		await this.#services.start('meter-reader', (own, ownBus) => {
			const meters = house.meters.filter(({ id }) => id === meter);
			return new MeterReader(own, ownBus, { dataDir: folder, meters }, () => line(this));
		});
		await this.#services.start(
			'load-shedder',
			(own, ownBus) => new LoadShedder(own, ownBus, { ...house.shedder, meter }),
		);
	}

	/** Lets virtual time pass, milliseconds. Rejects with an error that would have ended a service. */
	async advance(ms: number): Promise<void> {
		await this.clock.advanceAsync(ms, STEP_MS);
		// Nobody looks at them afterwards.
		this.#hub.published.length = 0;
		if (this.#failure !== undefined) throw this.#failure.error;
	}

	async stop(): Promise<void> {
		this.story.end();
		await this.#services.stopAll();
	}
}

/** A recorded line, given to whoever opened it piece by piece. */
export class PiecewiseLine implements Line {
	readonly name = 'the recorded line';
	readonly hasSpeed = false;
	#events: LineEvents | undefined;

	async open(_baud: number, events: LineEvents): Promise<void> {
		this.#events = events;
	}

	async setSpeed(): Promise<void> {}

	async close(): Promise<void> {
		this.#events = undefined;
	}

	/** Cuts a chunk into what a port hands over at once, each with the time it takes on the line, milliseconds. */
	*pieces(chunk: Uint8Array, baud: number): Generator<{ readonly ms: number; arrive(): void }> {
		const size = Math.max(1, Math.round(SLICE_MS / travelMs(1, baud)));
		for (let from = 0; from < chunk.length; from += size) {
			const piece = chunk.slice(from, from + size);
			yield { ms: travelMs(piece.length, baud), arrive: () => this.#events?.bytes(piece) };
		}
	}
}
