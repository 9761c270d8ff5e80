import { type Logger, messageOf } from '@pilotwire/runtime';
import type { Line, LineEvents } from '../line.ts';
import { Recording } from './recording.ts';

/** So many are written together, which SD cards last longer for: four seconds in standard mode, half a minute in historic. */
const WRITTEN_TOGETHER = 4_096;

/** A line whose bytes are also written to the end of a file, as they came. Reading goes on whatever becomes of the file. */
export class RecordedLine implements Line {
	readonly name: string;
	readonly hasSpeed: boolean;
	readonly quietMs?: number;
	readonly #line: Line;
	readonly #path: string;
	readonly #log: Logger;
	#file: Recording | undefined;
	/** Bytes that are not written yet. */
	#gathered: Uint8Array[] = [];
	#size = 0;

	constructor(line: Line, path: string, log: Logger) {
		this.name = line.name;
		this.hasSpeed = line.hasSpeed;
		if (line.quietMs !== undefined) this.quietMs = line.quietMs;
		this.#line = line;
		this.#path = path;
		this.#log = log;
	}

	async open(baud: number, events: LineEvents): Promise<void> {
		await this.#line.open(baud, {
			bytes: (chunk) => {
				events.bytes(chunk);
				this.#record(chunk);
			},
			closed: (problem) => {
				void this.#end();
				events.closed(problem);
			},
		});
	}

	setSpeed(baud: number): Promise<void> {
		return this.#line.setSpeed(baud);
	}

	async close(): Promise<void> {
		await this.#line.close();
		await this.#end();
	}

	#record(chunk: Uint8Array): void {
		this.#file ??= this.#begin();
		// The chunk is the reader's.
		this.#gathered.push(Buffer.from(chunk));
		this.#size += chunk.length;
		if (this.#size >= WRITTEN_TOGETHER) this.#write(this.#file);
	}

	#write(file: Recording): void {
		const bytes = Buffer.concat(this.#gathered);
		this.#gathered = [];
		this.#size = 0;
		if (bytes.length > 0) file.write(bytes);
	}

	#begin(): Recording {
		const file = new Recording(this.#path);
		file.written.catch((error: unknown) => {
			this.#log.warn({ err: error }, `${this.name} can't be recorded in ${this.#path}: ${messageOf(error)}`);
		});
		this.#log.info({}, `${this.name} is recorded in ${this.#path}`);
		return file;
	}

	/** Settles when all is written, or can't be. */
	async #end(): Promise<void> {
		const file = this.#file;
		this.#file = undefined;
		if (file === undefined) return;
		this.#write(file);
		file.end();
		await file.written.catch(() => undefined);
	}
}
