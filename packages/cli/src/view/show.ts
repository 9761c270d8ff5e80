import { Writable } from 'node:stream';
import { topics } from '@pilotwire/contract';
import { Bus, createContext, MqttTransport, silentLog, systemClock } from '@pilotwire/runtime';
import { busAddress, type House, shedderMeter } from '../config.ts';
import { type HouseSeen, houseLine, houseLines } from './house-view.ts';

const SHOW_MS = 1_000;
/** Log lines kept under the picture. */
const LOG_LINES = 8;

export interface Show {
	/** In a terminal the log appears under the picture; elsewhere it goes where logs go. */
	readonly logStream: NodeJS.WritableStream | undefined;
	stop(): Promise<void>;
}

/** Shows the house once a second: as a picture in a terminal, as a line elsewhere. It sees what any client of the bus sees. */
export function startShow(house: House): Show {
	const context = createContext('terminal', silentLog, systemClock, (error) => {
		throw error;
	});
	const bus = new Bus(context, house.site, new MqttTransport(busAddress(house, 'terminal'), 'terminal', context.log));
	const seen: HouseSeen = { shedder: undefined, link: undefined, circuits: new Map() };
	let heardMs = 0;
	bus.on(topics.shedder, {}, (state, _, { arrivedMs, retained }) => {
		if (retained) return;
		seen.shedder = state;
		heardMs = arrivedMs;
	});
	bus.on(topics.link, { meter: shedderMeter(house) }, (state) => {
		seen.link = state;
	});
	bus.on(
		topics.circuit,
		{},
		(state, { circuit }) => void seen.circuits.set(circuit, state),
		({ circuit }) => void seen.circuits.delete(circuit),
	);
	bus.start();
	const terminal = process.stdout.isTTY ? new Terminal() : undefined;
	const show = context.clock.every(SHOW_MS, () => {
		const ageMs = context.clock.monotonicMs() - heardMs;
		if (terminal === undefined) console.log(houseLine(seen, ageMs));
		else terminal.draw(houseLines(seen, ageMs, process.stdout.columns || 80));
	});
	return {
		logStream: terminal?.log,
		stop: async () => {
			show.cancel();
			await bus.stop();
			context.end();
		},
	};
}

/** Draws over its last picture, with the newest log lines below. */
class Terminal {
	readonly log: Writable;
	readonly #lines: string[] = [];
	#height = 0;

	constructor() {
		this.log = new Writable({
			write: (chunk: Buffer, _, done) => {
				this.#lines.push(...String(chunk).trimEnd().split('\n'));
				this.#lines.splice(0, this.#lines.length - LOG_LINES);
				done();
			},
		});
	}

	draw(lines: readonly string[]): void {
		const width = process.stdout.columns || 80;
		const room = Math.max(0, (process.stdout.rows || 40) - lines.length - 2);
		const log = this.#lines.slice(-Math.min(LOG_LINES, room)).map((line) => line.slice(0, width - 1));
		const all = [...lines, '', ...log];
		const up = this.#height === 0 ? '' : `\u001B[${this.#height}A`;
		process.stdout.write(`${up}\u001B[0J${all.join('\n')}\n`);
		this.#height = all.length;
	}
}
