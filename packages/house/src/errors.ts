/** Something in a house's data, or asked of a house, that cannot be. */
export interface HouseFault {
	/** Where it stands, e.g. `radiators.3.room`; empty for the whole. */
	readonly path: string;
	/** What was expected there, and what came. */
	readonly message: string;
}

const CODES = {
	HOUSE_INVALID: 'The house cannot be built from this description.',
	HOUSE_UNKNOWN_ID: 'The house has nothing with this id.',
} as const;

/** Thrown by {@link createHouse} and the house's commands; never by a step. */
export class HouseError extends Error {
	override readonly name = 'HouseError';
	readonly code: keyof typeof CODES;
	/** Every fault found, in the order of the data. */
	readonly faults: readonly HouseFault[];

	constructor(code: keyof typeof CODES, faults: readonly HouseFault[]) {
		const list = faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
		super(`${CODES[code]} ${list.join('; ')}`);
		this.code = code;
		this.faults = faults;
	}
}
