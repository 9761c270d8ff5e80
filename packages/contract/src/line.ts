import * as z from 'zod/mini';
import { count, instant } from './common.ts';

/** More than a line at 9600 baud carries between two messages, with room for a long silence of the publisher. Characters. */
const MOST_BASE64 = 65_536;

/**
 * `lines/<meter>/log`: the bytes of a meter's line as they came, right or not. They say whose meter it is (ADCO, ADSC,
 * PRM), so they have a branch of their own that residents and viewers may not read.
 */
export const lineLog = z.object({
	/** When the first of these bytes arrived. */
	at: instant,
	/** Number of the first byte; numbers go on by one, so that a gap shows. */
	first: count,
	/** The bytes, parity bit included where the port passed it, in base64. */
	bytes: z.string().check(z.maxLength(MOST_BASE64), z.regex(/^[A-Za-z0-9+/]*={0,2}$/, 'expected base64')),
});
export type LineLog = z.infer<typeof lineLog>;
