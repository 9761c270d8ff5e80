// A meter's serial line on a pseudo-terminal, honest about speed and time (test/native/ptyline.c says how).
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { nativeProgram } from './native-build.ts';
import { type Process, startProgram } from './processes.ts';

/** The speeds a meter speaks at, bauds. */
export type LineSpeed = 1200 | 9600;

/** What became of the bytes of one `send`. */
export interface Sent {
	/** CLOCK_MONOTONIC just before the first byte entered the port, nanoseconds: the clock of `process.hrtime.bigint()`. */
	readonly firstAtNs: bigint;
	/** The same for the last byte. */
	readonly lastAtNs: bigint;
	/** Bytes that the port took unharmed. */
	readonly good: number;
	/** Bytes that were noise to a reader set to another speed. */
	readonly noise: number;
	/** Bytes lost: nobody had the port open, it was unplugged, or the reader was too slow. */
	readonly lost: number;
	/** Bytes that the reader at another speed was given instead. */
	readonly garbage: number;
}

type LineFormat = '7e1' | '8n1' | '8n1odd';

export interface SerialLineOptions {
	/** Where the port's path is made. */
	readonly directory: string;
	/** The port's name there; a symbolic link, as /dev/serial0 is one. */
	readonly name?: string;
	readonly speed?: LineSpeed;
	/**
	 * `7e1`: 7 data bits arrive. `8n1`: bit 7 is the even parity, as a port opened with 8 bits and no parity delivers it.
	 * `8n1odd`: it is the odd parity of a line that is no meter's, or arrives upside down.
	 */
	readonly format?: LineFormat;
	/** At the line's speed, 10 bits a byte; or as fast as the reader takes the bytes. */
	readonly paced?: boolean;
}

/** A line with a meter at the one end, and at the other a port that a program under test opens. */
export class SerialLine {
	/** The port's path. */
	readonly path: string;
	readonly #helper: Process;
	readonly #events = new EventEmitter().setMaxListeners(0);
	#sends = 0;
	#readerSpeed: number | undefined;

	private constructor(path: string) {
		this.path = path;
		this.#helper = startProgram(nativeProgram('ptyline'), [path]);
		this.#helper.onLine(({ text }) => this.#take(text));
	}

	/** Lays the line and plugs it in. Needs gcc. */
	static async open(options: SerialLineOptions): Promise<SerialLine> {
		const line = new SerialLine(join(options.directory, options.name ?? 'ttyAMA0'));
		await line.#helper.line('plugged');
		line.setSpeed(options.speed ?? 1200);
		line.setFormat(options.format ?? '7e1');
		line.setPaced(options.paced ?? true);
		return line;
	}

	/** The speed that a program has set, undefined while none has the port open. */
	get readerSpeed(): number | undefined {
		return this.#readerSpeed;
	}

	/** Sends bytes, 7 bits each, right behind those of the send before. Settles when the last one has entered the port. */
	async send(bytes: Uint8Array | string): Promise<Sent> {
		const id = ++this.#sends;
		const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes);
		const done = once(this.#events, `sent ${id}`) as Promise<string[]>;
		this.#command(`send ${id} ${data.toString('hex')}`);
		const [firstAtNs = '0', lastAtNs = '0', good, noise, lost, garbage] = await done;
		return {
			firstAtNs: BigInt(firstAtNs),
			lastAtNs: BigInt(lastAtNs),
			good: Number(good),
			noise: Number(noise),
			lost: Number(lost),
			garbage: Number(garbage),
		};
	}

	/** Keeps the line at rest, after what was sent before. */
	pause(ms: number): void {
		this.#command(`pause ${ms}`);
	}

	/** From the next send on the meter speaks at this speed. */
	setSpeed(speed: LineSpeed): void {
		this.#command(`speed ${speed}`);
	}

	setFormat(format: LineFormat): void {
		this.#command(`format ${format}`);
	}

	setPaced(paced: boolean): void {
		this.#command(`pace ${paced ? 1 : 0}`);
	}

	/** Forgets what has not been sent yet; its sends settle. */
	drop(): void {
		this.#command('drop');
	}

	/** Pulls the adapter out: the reader is hung up on, and the port's path is gone. The meter speaks on, to nobody. */
	async unplug(): Promise<void> {
		const mark = this.#helper.mark();
		this.#command('unplug');
		await this.#helper.line(/^unplugged/, { from: mark });
	}

	/** Plugs it in again: the same path, another device behind it. */
	async plug(): Promise<void> {
		const mark = this.#helper.mark();
		this.#command('plug');
		await this.#helper.line(/^plugged/, { from: mark });
	}

	/** Settles when a program has the port open and set to this speed, now or within the time. */
	async reader(speed: LineSpeed, withinMs = 10_000): Promise<void> {
		await this.#untilReader((now) => now === speed, `set to ${speed} bd`, withinMs);
	}

	/** Settles when no program has the port open. */
	async noReader(withinMs = 10_000): Promise<void> {
		await this.#untilReader((now) => now === undefined, 'closed', withinMs);
	}

	/** Takes the line away. */
	async close(): Promise<void> {
		this.#helper.endInput();
		await this.#helper.ended;
	}

	#command(text: string): void {
		this.#helper.write(`${text}\n`);
	}

	async #untilReader(wanted: (speed: number | undefined) => boolean, what: string, withinMs: number): Promise<void> {
		const signal = AbortSignal.timeout(withinMs);
		try {
			while (!wanted(this.#readerSpeed)) await once(this.#events, 'reader', { signal });
		} catch (error) {
			throw new Error(`${this.path} was not ${what} within ${withinMs} ms; it is at ${this.#readerSpeed ?? 'rest'}`, {
				cause: error,
			});
		}
	}

	#take(text: string): void {
		const [word, first = '', ...rest] = text.split(' ');
		if (word === 'sent') this.#events.emit(`sent ${first}`, ...rest);
		if (word !== 'reader' && word !== 'unplugged') return;
		this.#readerSpeed = word === 'reader' && first !== 'closed' ? Number(first) : undefined;
		this.#events.emit('reader');
	}
}
