import type { LabelRule } from './label-rule.ts';
import type { ReadGroup } from './line.ts';

interface Seen {
	/** All that followed the label. */
	rest: Uint8Array;
	read: ReadGroup;
}

/**
 * The last right group of each label that we know. A meter repeats most groups from frame to frame, byte for byte:
 * they need no second look at date and form, and no new strings. Bounded by the number of labels there are.
 */
export class SeenGroups {
	readonly #groups = new Map<LabelRule, Seen>();

	/** The group read last under this label, if `bytes[from..to)`, all that follows the label, is the same. */
	find(rule: LabelRule, bytes: Uint8Array, from: number, to: number): ReadGroup | undefined {
		const seen = this.#groups.get(rule);
		if (seen === undefined || seen.rest.length !== to - from) return undefined;
		const { rest } = seen;
		for (let at = 0; at < rest.length; at++) if (rest[at] !== bytes[from + at]) return undefined;
		return seen.read;
	}

	keep(rule: LabelRule, read: ReadGroup, bytes: Uint8Array, from: number, to: number): void {
		const seen = this.#groups.get(rule);
		if (seen === undefined) {
			this.#groups.set(rule, { rest: bytes.slice(from, to), read });
			return;
		}
		if (seen.rest.length !== to - from) seen.rest = new Uint8Array(to - from);
		for (let at = from; at < to; at++) seen.rest[at - from] = bytes[at] as number;
		seen.read = read;
	}
}
