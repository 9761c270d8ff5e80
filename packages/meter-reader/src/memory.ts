import * as z from 'zod';
import type { Subscription } from './load/load-tracker.ts';

const memory = z.object({
	baud: z.number().int().positive().optional(),
	subscription: z.object({ phases: z.union([z.literal(1), z.literal(3)]), phaseVA: z.number().positive() }).optional(),
	secret: z
		.string()
		.regex(/^[0-9a-f]{32}$/)
		.optional(),
});

/** What is worth knowing of a meter before its first frame has come. */
export interface MeterMemory {
	readonly baud?: number | undefined;
	readonly subscription?: Subscription | undefined;
	/** What the meter's address is hashed with, 32 hexadecimal digits: an address alone is soon guessed. */
	readonly secret?: string | undefined;
}

/** Reads what was remembered; nothing where the file is not what it should be. */
export function readMemory(value: unknown): MeterMemory {
	const result = memory.safeParse(value);
	return result.success ? result.data : {};
}
