import { readFile } from 'node:fs/promises';
import { type HouseDescription, parseHouse } from '@pilotwire/house';
import { parse } from 'yaml';
import { houseInvalid, houseUnreadable } from '../errors.ts';

/** Reads a house from a YAML or JSON file. Rejects with SIMULATOR_HOUSE_UNREADABLE or SIMULATOR_HOUSE_INVALID. */
export async function readHouse(file: string): Promise<HouseDescription> {
	const parsed = parseHouse(await readData(file));
	if ('faults' in parsed) throw houseInvalid(file, parsed.faults);
	return parsed.house;
}

async function readData(file: string): Promise<unknown> {
	try {
		return parse(await readFile(file, 'utf8'));
	} catch (error) {
		throw houseUnreadable(file, error);
	}
}
