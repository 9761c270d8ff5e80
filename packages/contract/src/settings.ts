/** What the web service answers to administrators who set the house up: the accounts, and the configuration's file. */
import * as z from 'zod/mini';

/** `GET /api/accounts`: who may sign in. */
export const accountsAnswer = z.object({
	/** Whether the broker is another program, which has to be given the accounts. */
	outsideBroker: z.boolean(),
	accounts: z.array(
		z.object({
			kind: z.enum(['person', 'device', 'service', 'home', 'integrator']),
			name: z.string(),
			/** Of a person. */
			role: z.optional(z.enum(['admin', 'resident', 'viewer'])),
			/** Wall clock, ms. */
			createdMs: z.number(),
		}),
	),
});
export type AccountsAnswer = z.infer<typeof accountsAnswer>;

/** One entry of a list of the configuration as it stands in the file, with whatever keys it has. */
const entries = z.array(z.record(z.string(), z.unknown()));

/** The parts of the configuration that a page changes; lists as they stand in the file, without defaults. */
export const houseSections = z.object({
	rooms: entries,
	/** `boards.modules`. */
	boards: entries,
	radiators: entries,
	switches: entries,
	relays: entries,
});
export type HouseSections = z.infer<typeof houseSections>;

/** One thing that is wrong in a configuration. */
const fileFault = z.object({
	/** Where, such as `radiators[0].wire`. */
	path: z.string(),
	expected: z.string(),
	received: z.string(),
});
export type FileFault = z.infer<typeof fileFault>;

/** `GET /api/house-file`: the configuration that a page may change, and how it stands with it. */
export const houseFileAnswer = z.object({
	/** `file`: can be changed; `simulated`: a file that names no part of its own; `none`: no file at all. */
	kind: z.enum(['file', 'simulated', 'none']),
	/** Name of the file, as it was given. */
	name: z.optional(z.string()),
	/** Marks this state of the file: a change names the one that it was made from. */
	version: z.string(),
	sections: houseSections,
	/** Whether the file is newer than what runs. */
	waits: z.boolean(),
	/** Whether a change is taken up without anybody's doing. */
	restarts: z.boolean(),
	/** Why the services could not run with the last change, which was taken back: an error's sentence. */
	takenBack: z.optional(z.string()),
});
export type HouseFileAnswer = z.infer<typeof houseFileAnswer>;

/** What a refused change carries besides its code. */
export const houseFileRefusal = z.object({
	code: z.string(),
	message: z.string(),
	faults: z.optional(z.array(fileFault)),
});
