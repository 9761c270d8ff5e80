import { messageOf, type ServiceContext, type Timer } from '@pilotwire/runtime';
import type { TicMode } from '@pilotwire/teleinfo';
import type { Line, LineEvents } from '../line.ts';
import { lineSpeedOf, travelMs } from '../line-speed.ts';
import { readRecording } from './recording.ts';

/** A port hands over what has come about this often. Milliseconds. */
const SLICE_MS = 20;
/** Timers may be late by this much and the line catches up. Milliseconds. */
const MOST_BEHIND_MS = 1_000;

export interface FileLineOptions {
	readonly path: string;
	/** Begin again at the end; otherwise the line is silent then. */
	readonly loop: boolean;
	readonly mode: 'auto' | TicMode;
}

/** A recorded line, sent at line speed from its start each time it is opened. */
export class FileLine implements Line {
	readonly name: string;
	readonly hasSpeed = false;
	readonly #context: Pick<ServiceContext, 'clock' | 'guard'>;
	readonly #options: FileLineOptions;
	#timer: Timer | undefined;
	#bytes: AsyncGenerator<Uint8Array, void, undefined> | undefined;
	/** When the last bit of what was sent would have come. */
	#sentMs = 0;

	constructor(context: Pick<ServiceContext, 'clock' | 'guard'>, options: FileLineOptions) {
		this.name = `the recorded line ${options.path}`;
		this.#context = context;
		this.#options = options;
	}

	/** Rejects with `RECORDING_*` where the file can't be read. */
	async open(_baud: number, events: LineEvents): Promise<void> {
		const bytes = readRecording(this.#options.path);
		this.#bytes = bytes;
		this.#sentMs = this.#context.clock.monotonicMs();
		await this.#sendAll(bytes, events);
	}

	async setSpeed(): Promise<void> {}

	async close(): Promise<void> {
		this.#timer?.cancel();
		const bytes = this.#bytes;
		this.#bytes = undefined;
		await bytes?.return();
	}

	/** Begins a pass over the file; settles once its first bytes are on their way. */
	async #sendAll(bytes: AsyncGenerator<Uint8Array, void, undefined>, events: LineEvents): Promise<void> {
		const first = await bytes.next();
		if (this.#bytes !== bytes || first.done === true) return;
		this.#send(first.value, lineSpeedOf(first.value, this.#options.mode), events);
	}

	/** Sends a chunk slice by slice, each once its last bit would have come; then the next one. */
	#send(chunk: Uint8Array, baud: number, events: LineEvents, from = 0): void {
		const { clock, guard } = this.#context;
		if (from >= chunk.length) {
			guard(() => this.#goOn(baud, events))();
			return;
		}
		const slice = chunk.slice(from, from + Math.max(1, Math.round(SLICE_MS / travelMs(1, baud))));
		const nowMs = clock.monotonicMs();
		// Late timers don't slow the line down; a machine that slept is not flooded.
		if (nowMs - this.#sentMs > MOST_BEHIND_MS) this.#sentMs = nowMs;
		this.#sentMs += travelMs(slice.length, baud);
		this.#timer = clock.after(Math.max(0, this.#sentMs - nowMs), () => {
			events.bytes(slice);
			this.#send(chunk, baud, events, from + slice.length);
		});
	}

	async #goOn(baud: number, events: LineEvents): Promise<void> {
		const bytes = this.#bytes;
		try {
			const chunk = await bytes?.next();
			if (bytes === undefined || this.#bytes !== bytes) return;
			if (chunk?.done === false) this.#send(chunk.value, baud, events);
			else if (this.#options.loop) {
				this.#bytes = readRecording(this.#options.path);
				await this.#sendAll(this.#bytes, events);
			}
		} catch (error) {
			if (this.#bytes !== undefined) events.closed(messageOf(error));
		}
	}
}
