import { firstAfter, type Stretch } from './rise.ts';

/** A value that holds from a moment on, ms since 1970 UTC, until the next one does. */
export interface Change<Value> {
	readonly atMs: number;
	readonly value: Value;
}

/** What held when. */
export class Timeline<Value> {
	readonly #atMs: readonly number[];
	readonly #values: readonly Value[];

	/** @param changes in order; those that change nothing are left out */
	constructor(changes: readonly Change<Value>[]) {
		const real = changes.filter(({ value }, index) => index === 0 || value !== changes[index - 1]?.value);
		this.#atMs = real.map(({ atMs }) => atMs);
		this.#values = real.map(({ value }) => value);
	}

	/** When it changed, in order. */
	get momentsMs(): readonly number[] {
		return this.#atMs;
	}

	get isEmpty(): boolean {
		return this.#values.length === 0;
	}

	/**
	 * A stretch in its parts, each with what held.
	 * @param before what held before the first change: nothing is known of it, or it was the same
	 */
	*parts(
		fromMs: number,
		toMs: number,
		before: 'unknown' | 'same',
	): Generator<Stretch & { readonly value: Value | undefined }> {
		for (let partMs = fromMs; partMs < toMs; ) {
			const next = firstAfter(this.#atMs, partMs);
			const isEarly = next === 0 && before === 'same';
			const endMs = Math.min(this.#atMs[isEarly ? 1 : next] ?? toMs, toMs);
			yield { fromMs: partMs, toMs: endMs, value: this.#values[isEarly ? 0 : next - 1] };
			partMs = endMs;
		}
	}
}
