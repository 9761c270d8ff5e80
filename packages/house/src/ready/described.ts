import type { HouseDescription, HouseInput } from '../description.ts';
import { HouseError } from '../errors.ts';
import { parseHouse } from '../parse.ts';

/** Fills in the defaults of a house written in code. @throws HouseError HOUSE_INVALID */
export function described(input: HouseInput): HouseDescription {
	const parsed = parseHouse(input);
	if ('faults' in parsed) throw new HouseError('HOUSE_INVALID', parsed.faults);
	return parsed.house;
}
