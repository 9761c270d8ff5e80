import * as z from 'zod/mini';
import { ID_PATTERN } from './topic.ts';

z.config(z.locales.en());

/** When it was true: ISO 8601, UTC, milliseconds, as `Date.prototype.toISOString` writes it. */
export const instant = z.string().check(
	z.regex(/^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'expected UTC ISO 8601 with milliseconds'),
	// A 99th day reads like one and is none: whoever counted with it would come to no number at all.
	z.refine((text) => !Number.isNaN(Date.parse(text)), 'expected a moment that there is'),
);

/** A moment that people type: ISO 8601 with any offset, seconds optional. */
export const typedInstant = z.iso.datetime({ offset: true, error: 'expected ISO 8601 such as 2026-01-31T22:00:00Z' });

export const id = z.string().check(z.regex(ID_PATTERN, 'expected an id of [a-z0-9-]'));

/** Phase of the mains, 1 to 3. */
export const phase = z.union([z.literal(1), z.literal(2), z.literal(3)], { error: 'expected phase 1, 2 or 3' });
export type Phase = z.infer<typeof phase>;

/** The six orders of a pilot wire (GIFAM), named as Zigbee2MQTT's `pilot_wire_mode` names them. */
export const order = z.enum(['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection', 'off'], {
	error: 'expected one of comfort, comfort_-1, comfort_-2, eco, frost_protection, off',
});
export type Order = z.infer<typeof order>;

/** Apparent power of a phase or a circuit, VA. */
export const voltAmperes = z.number().check(z.nonnegative(), z.lte(1_000_000));
/** Active power, W. */
export const watts = z.number().check(z.nonnegative(), z.lte(1_000_000));
/** Current, A. */
export const amperes = z.number().check(z.nonnegative(), z.lte(10_000));
/** A span of time, seconds. */
export const seconds = z.number().check(z.nonnegative(), z.lte(31_622_400));
/** A count that only grows while its publisher runs. */
export const count = z.int().check(z.nonnegative());
