/** One figure of a row and the unknown that it multiplies. */
export type Term = readonly [unknown: number, factor: number];

export interface Solution {
	readonly unknowns: Float64Array;
	/** The standard deviation of a sum of the unknowns times these factors. */
	deviationOf(factors: Float64Array): number;
}

/** A lower triangle of which each row begins at its first figure: what nothing connects costs nothing. */
interface Skyline {
	readonly first: Uint32Array;
	readonly rows: readonly Float64Array[];
}

/**
 * Linear least squares with what is believed beforehand: rows and beliefs add up to equations that have one answer.
 * Unknowns that meet in a row should be near each other; those that meet with all the others come last.
 */
export class NormalEquations {
	readonly #rows: Float64Array[];
	readonly #first: Uint32Array;
	readonly #right: Float64Array;

	constructor(size: number) {
		this.#right = new Float64Array(size);
		this.#first = Uint32Array.from({ length: size }, (_, row) => row);
		this.#rows = Array.from({ length: size }, () => new Float64Array(1));
	}

	/** The terms together are about `value`, and `weight` is one over the square of the standard deviation. */
	add(terms: readonly Term[], value: number, weight: number): void {
		for (const [row, left] of terms) {
			this.#right[row] = (this.#right[row] as number) + weight * left * value;
			for (const [column, factor] of terms) {
				if (column <= row) this.#add(row, column, weight * left * factor);
			}
		}
	}

	/** The likeliest unknowns, and how sure sums of them are. Every unknown needs a belief, or there is no answer. */
	solve(): Solution {
		const lower = choleskyOf({ first: this.#first, rows: this.#rows });
		return {
			unknowns: backward(lower, forward(lower, this.#right)),
			deviationOf: (factors) => Math.sqrt(forward(lower, factors).reduce((sum, value) => sum + value * value, 0)),
		};
	}

	#add(row: number, column: number, value: number): void {
		const first = this.#first[row] as number;
		if (column < first) {
			const longer = new Float64Array(row - column + 1);
			longer.set(this.#rows[row] as Float64Array, first - column);
			this.#rows[row] = longer;
			this.#first[row] = column;
		}
		const values = this.#rows[row] as Float64Array;
		const at = column - (this.#first[row] as number);
		values[at] = (values[at] as number) + value;
	}
}

function choleskyOf({ first, rows }: Skyline): Skyline {
	const lower = rows.map((row) => row.slice());
	for (const [row, values] of lower.entries()) {
		const from = first[row] as number;
		for (let column = from; column <= row; column++) {
			const other = lower[column] as Float64Array;
			const otherFrom = first[column] as number;
			let sum = values[column - from] as number;
			for (let inner = Math.max(from, otherFrom); inner < column; inner++) {
				sum -= (values[inner - from] as number) * (other[inner - otherFrom] as number);
			}
			values[column - from] = row === column ? Math.sqrt(sum) : sum / (other[column - otherFrom] as number);
		}
	}
	return { first, rows: lower };
}

function forward({ first, rows }: Skyline, right: Float64Array): Float64Array {
	const solved = right.slice();
	for (const [row, values] of rows.entries()) {
		const from = first[row] as number;
		let sum = solved[row] as number;
		for (let column = from; column < row; column++)
			sum -= (values[column - from] as number) * (solved[column] as number);
		solved[row] = sum / (values[row - from] as number);
	}
	return solved;
}

function backward({ first, rows }: Skyline, right: Float64Array): Float64Array {
	const solved = right.slice();
	for (let row = rows.length - 1; row >= 0; row--) {
		const values = rows[row] as Float64Array;
		const from = first[row] as number;
		const value = (solved[row] as number) / (values[row - from] as number);
		solved[row] = value;
		for (let column = from; column < row; column++) {
			solved[column] = (solved[column] as number) - (values[column - from] as number) * value;
		}
	}
	return solved;
}
