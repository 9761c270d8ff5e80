import { asciiBytes } from './bytes.ts';
import type { TicMode } from './group.ts';
import type { LabelRule } from './label-rule.ts';
import { historicLabels } from './labels-historic.ts';
import { standardLabels } from './labels-standard.ts';

interface Entry {
	readonly rule: LabelRule;
	readonly bytes: Uint8Array;
}

/** Power of two, sparse enough that few labels share a place. */
const PLACES = 1024;

/** Finds a label's rule from its bytes, without building a string of them. */
class LabelTable {
	readonly #places: (Entry | undefined)[] = new Array<Entry | undefined>(PLACES).fill(undefined);

	constructor(rules: readonly LabelRule[]) {
		for (const rule of rules) {
			const bytes = asciiBytes(rule.label);
			let place = LabelTable.#hash(bytes, 0, bytes.length);
			while (this.#places[place] !== undefined) place = (place + 1) % PLACES;
			this.#places[place] = { rule, bytes };
		}
	}

	find(bytes: Uint8Array, from: number, to: number): LabelRule | undefined {
		let place = LabelTable.#hash(bytes, from, to);
		for (let entry = this.#places[place]; entry !== undefined; entry = this.#places[place]) {
			if (LabelTable.#same(entry.bytes, bytes, from, to)) return entry.rule;
			place = (place + 1) % PLACES;
		}
		return undefined;
	}

	static #hash(bytes: Uint8Array, from: number, to: number): number {
		let hash = 0;
		for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
		return (hash ^ (hash >>> 10)) & (PLACES - 1);
	}

	static #same(label: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
		if (label.length !== to - from) return false;
		for (let at = 0; at < label.length; at++) if (label[at] !== bytes[from + at]) return false;
		return true;
	}
}

const tables: Readonly<Record<TicMode, LabelTable>> = {
	historic: new LabelTable(historicLabels),
	standard: new LabelTable(standardLabels),
};

/** The rule of the label that stands in `bytes[from..to)`; undefined for a label we don't know. */
export function findRule(mode: TicMode, bytes: Uint8Array, from: number, to: number): LabelRule | undefined {
	return tables[mode].find(bytes, from, to);
}
