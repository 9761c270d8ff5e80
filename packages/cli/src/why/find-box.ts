// Which of the boxes on this machine holds the answer.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '@pilotwire/runtime/basics';
import { type BoxEntry, bootId, causeOf, DiskBoxFolder, entriesOf } from '@pilotwire/telemetry/black-box';
import { boxNotABox, boxUnreadable, noBox, noBoxAt } from '../errors.ts';
import { type Box, readBox } from './box.ts';
import type { HouseClock } from './when.ts';

/** A box and where it came from. */
export interface FoundBox {
	/** Its file, or what it is in words. */
	readonly from: string;
	readonly entries: readonly BoxEntry[];
	readonly box: Box;
}

/** The boxes of a house, read straight from the disk: nothing needs to run. */
export class Boxes {
	readonly #path: string;
	readonly #folder: DiskBoxFolder;

	/** @param path the folder of the black box */
	constructor(path: string) {
		this.#path = path;
		this.#folder = new DiskBoxFolder(path);
	}

	/** The newest box of an opening; without one, and unless `only`, the ring. Throws `BOX_*`. */
	async ofLastOpening(only: boolean): Promise<FoundBox> {
		const ring = await this.ring();
		if (ring !== undefined && (await lostItsPower(ring.box))) return asOpening(ring);
		const last = (await this.#saved()).filter((name) => causeOf(name) !== 'asked').at(-1);
		if (last !== undefined) return boxOf(join(this.#path, 'saved', last));
		if (ring === undefined || only) throw noBox(this.#path, only);
		return ring;
	}

	/** The box that holds a moment: the ring, or a saved one. Throws `BOX_*`. */
	async at(atMs: number, clock: HouseClock): Promise<FoundBox> {
		const covered: string[] = [];
		const holds = ({ box, from }: FoundBox): boolean => {
			covered.push(`${clock.dayAndTime(box.fromMs)} to ${clock.dayAndTime(box.toMs)} (${from})`);
			return box.lives.some((life) => atMs >= life.fromMs && atMs <= life.toMs + LATE_MS);
		};
		const ring = await this.ring();
		if (ring !== undefined && holds(ring)) return ring;
		for (const name of (await this.#saved()).toReversed()) {
			const found = await boxOf(join(this.#path, 'saved', name));
			if (holds(found)) return found;
		}
		throw covered.length === 0 ? noBox(this.#path, false) : noBoxAt(clock.dayAndTime(atMs), covered);
	}

	/** What was recorded last; undefined where nothing was. */
	async ring(): Promise<FoundBox | undefined> {
		const bytes = await reading(this.#path, async () => {
			const parts: Buffer[] = [];
			for (const { number } of await this.#folder.segments()) {
				// The oldest may fall out meanwhile.
				parts.push(await this.#folder.read(number).catch(() => Buffer.alloc(0)));
			}
			return Buffer.concat(parts);
		});
		const entries = [...entriesOf(bytes)];
		const box = readBox(entries);
		return box === undefined ? undefined : { from: 'the running record', entries, box };
	}

	#saved(): Promise<string[]> {
		return reading(this.#path, () => this.#folder.saved());
	}
}

/** It ends without the mark of an end, in another life of the machine: telemetry had no time yet to save it. */
async function lostItsPower({ lives }: Box): Promise<boolean> {
	const last = lives.at(-1);
	const boot = await bootId();
	return last !== undefined && !last.ended && last.boot !== undefined && boot !== undefined && last.boot !== boot;
}

const asOpening = (found: FoundBox): FoundBox => {
	return { ...found, box: { ...found.box, saved: { cause: 'power_lost', atMs: found.box.toMs } } };
};

/** What is recorded is on the disk some seconds later. Milliseconds. */
const LATE_MS = 15_000;

/** Reads a saved box. Rejects with `BOX_UNREADABLE` or `BOX_NOT_A_BOX`. */
export async function boxOf(path: string): Promise<FoundBox> {
	const entries = [...entriesOf(await reading(path, () => readFile(path)))];
	const box = readBox(entries);
	if (box === undefined) throw boxNotABox(path);
	return { from: path, entries, box };
}

async function reading<Answer>(path: string, read: () => Promise<Answer>): Promise<Answer> {
	try {
		return await read();
	} catch (error) {
		throw boxUnreadable(path, systemCodeOf(error) || String(error));
	}
}
