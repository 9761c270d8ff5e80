import { stat, writeFile } from 'node:fs/promises';
import { blackBoxPath } from '@pilotwire/telemetry';
import type { Command } from 'commander';
import { type House, readHouse, shedderMeter } from '../config.ts';
import { boxHasNoCircuit, boxHasNoLine, noBox } from '../errors.ts';
import { circuitStory, circuitText, findCircuit } from '../why/circuit-story.ts';
import { Boxes, boxOf, type FoundBox } from '../why/find-box.ts';
import { openingStory } from '../why/opening-story.ts';
import { storyText } from '../why/opening-text.ts';
import { lineOf } from '../why/raw-line.ts';
import { saveNow } from '../why/save-box.ts';
import { HouseClock } from '../why/when.ts';
import type { ConfigOptions } from './options.ts';

interface WhyOptions extends ConfigOptions {
	/** A moment, as a person writes it. */
	readonly at?: string;
	readonly last?: true;
	readonly save?: true;
	readonly line?: string;
	readonly json?: true;
}

/** `pilotwire why [what]`: the story of the last opening, of a moment, of a saved box, or of a circuit's waiting. */
export async function tellWhy(what: string | undefined, options: WhyOptions, command: Command): Promise<void> {
	const house = await readHouse(options);
	const clock = new HouseClock(house.timeZone);
	const atMs = options.at === undefined ? undefined : clock.momentOf(options.at, Date.now());
	if (options.at !== undefined && atMs === undefined) {
		const expected = 'expected now, 19:30, "2026-01-15 19:30" or ISO 8601.';
		command.error(`error: option '--at <time>' argument '${options.at}' is invalid. ${expected}`);
	}
	const path = blackBoxPath(house);
	const isFile = what !== undefined && (await exists(what));
	const asked = { ...options, house, clock, atMs, file: isFile ? what : undefined, what };
	const found = await choose(new Boxes(path), asked);
	const meter = shedderMeter(house);
	if (options.line !== undefined) return writeLine(found, meter, options.line);
	if (what === undefined || isFile) return tellOpening(found, asked);
	tellCircuit(found, what, asked);
}

type Asked = Omit<WhyOptions, 'at'> & {
	readonly house: House;
	readonly clock: HouseClock;
	/** The moment to explain, ms since 1970. */
	readonly atMs: number | undefined;
	readonly file: string | undefined;
	readonly what: string | undefined;
};

async function choose(boxes: Boxes, { atMs, last, save, file, what, house, clock }: Asked): Promise<FoundBox> {
	if (save === true) return boxOf(await saveNow(house));
	if (file !== undefined) return boxOf(file);
	if (atMs !== undefined) return boxes.at(atMs, clock);
	if (what === undefined || last === true) return boxes.ofLastOpening(last === true);
	const ring = await boxes.ring();
	if (ring === undefined) throw noBox(blackBoxPath(house), false);
	return ring;
}

function tellOpening({ from, box }: FoundBox, { atMs, json, house, clock }: Asked): void {
	const story = openingStory(box, { meter: shedderMeter(house), branchA: house.shedder.branchBreakerA }, atMs);
	if (json === true) console.log(JSON.stringify(withInstants({ from, ...story }), undefined, 2));
	else console.log(`${storyText(story, clock)}\n\nFrom ${from}.`);
}

function tellCircuit({ from, box }: FoundBox, asked: string, { atMs, json, clock }: Asked): void {
	const id = findCircuit(box, asked);
	const story = id === undefined ? undefined : circuitStory(box, id, atMs);
	if (story === undefined) throw boxHasNoCircuit(asked, [...new Set(box.circuits.map((said) => said.id))]);
	if (json === true) console.log(JSON.stringify(withInstants({ from, ...story }), undefined, 2));
	else console.log(circuitText(story, box, clock));
}

async function writeLine({ from, entries }: FoundBox, meter: string, path: string): Promise<void> {
	const bytes = lineOf(entries, meter);
	if (bytes.length === 0) throw boxHasNoLine(from);
	await writeFile(path, bytes, { mode: 0o600 });
	console.log(
		`${bytes.length} bytes of the meter's line in ${path}: they say whose meter it is. pilotwire replay ${path} replays them.`,
	);
}

async function exists(path: string): Promise<boolean> {
	try {
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}

/** Every `...Ms` that is a moment as ISO 8601, for programs. */
function withInstants(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withInstants);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, part]) => {
			if (typeof part === 'number' && MOMENT.test(name)) return [name.replace(/Ms$/, ''), new Date(part).toISOString()];
			return [name, part === Number.POSITIVE_INFINITY ? null : withInstants(part)];
		}),
	);
}

const MOMENT = /^(at|from|to|peakAt|overSince|disobeysSince)Ms$/;
