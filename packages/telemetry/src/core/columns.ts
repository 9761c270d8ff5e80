/** Beyond this a whole number, or the difference of two, is no longer exact when it is packed. */
const MOST_WHOLE = 2 ** 48;
/** Decimals that a column may have and still be packed as whole numbers. */
const MOST_DECIMALS = 6;
/** Says, in the place of the decimals, that the numbers follow as they are: 8 bytes each. */
const AS_THEY_ARE = 255;

const scales = Array.from({ length: MOST_DECIMALS + 1 }, (_, decimals) => 10 ** decimals);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a column's numbers are told by: the difference to the one before, or the difference of the differences. */
export type Order = 1 | 2;

/** Packs columns of numbers: what repeats or goes on evenly takes next to nothing. */
export class ColumnWriter {
	#bytes = new Uint8Array(256);
	#at = 0;

	/** What was packed since the start. */
	bytes(): Uint8Array {
		return this.#bytes.slice(0, this.#at);
	}

	/** A whole number from 0 to 2^53. */
	whole(value: number): void {
		this.#room(8);
		let left = value;
		while (left >= 128) {
			this.#bytes[this.#at++] = (left % 128) + 128;
			left = Math.floor(left / 128);
		}
		this.#bytes[this.#at++] = left;
	}

	text(text: string): void {
		const bytes = encoder.encode(text);
		this.whole(bytes.length);
		this.#room(bytes.length);
		this.#bytes.set(bytes, this.#at);
		this.#at += bytes.length;
	}

	/** Numbers, whose count the reader must know. Every one comes back exactly. */
	column(values: readonly number[], order: Order = 1): void {
		const decimals = decimalsOf(values);
		this.#room(1);
		this.#bytes[this.#at++] = decimals;
		if (decimals === AS_THEY_ARE) this.#asTheyAre(values);
		else this.#differences(values, scales[decimals] as number, order);
	}

	/** Runs of zeros as one odd number, each other difference as one even number. */
	#differences(values: readonly number[], scale: number, order: Order): void {
		let [previous, step, zeros] = [0, 0, 0];
		for (const value of values) {
			const whole = scale === 1 ? value : Math.round(value * scale);
			const difference = whole - previous;
			const told = order === 1 ? difference : difference - step;
			previous = whole;
			step = difference;
			if (told === 0) zeros += 1;
			else {
				if (zeros > 0) this.whole(zeros * 2 - 1);
				zeros = 0;
				this.whole(told > 0 ? told * 4 : -told * 4 + 2);
			}
		}
		if (zeros > 0) this.whole(zeros * 2 - 1);
	}

	#asTheyAre(values: readonly number[]): void {
		this.#room(values.length * 8);
		const view = new DataView(this.#bytes.buffer);
		for (const value of values) {
			view.setFloat64(this.#at, value, true);
			this.#at += 8;
		}
	}

	#room(bytes: number): void {
		if (this.#at + bytes <= this.#bytes.length) return;
		const more = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + bytes));
		more.set(this.#bytes);
		this.#bytes = more;
	}
}

function decimalsOf(values: readonly number[]): number {
	let decimals = 0;
	for (const value of values) {
		while (!isExact(value, scales[decimals] as number)) {
			decimals += 1;
			if (decimals > MOST_DECIMALS) return AS_THEY_ARE;
		}
	}
	// A number that fits with few decimals may be too large with many.
	const scale = scales[decimals] as number;
	return decimals > 0 && !values.every((value) => isExact(value, scale)) ? AS_THEY_ARE : decimals;
}

function isExact(value: number, scale: number): boolean {
	const whole = Math.round(value * scale);
	return Math.abs(whole) <= MOST_WHOLE / 4 && whole / scale === value;
}

/** Reads what a {@link ColumnWriter} packed, in the same order. */
export class ColumnReader {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	get isAtEnd(): boolean {
		return this.#at >= this.#bytes.length;
	}

	whole(): number {
		let [value, weight] = [0, 1];
		for (;;) {
			const byte = this.#bytes[this.#at++] ?? 0;
			if (byte < 128) return value + byte * weight;
			value += (byte - 128) * weight;
			weight *= 128;
		}
	}

	text(): string {
		const length = this.whole();
		this.#at += length;
		return decoder.decode(this.#bytes.subarray(this.#at - length, this.#at));
	}

	column(count: number, order: Order = 1): number[] {
		const decimals = this.#bytes[this.#at++] ?? 0;
		if (decimals === AS_THEY_ARE) return this.#asTheyAre(count);
		return this.#differences(count, scales[decimals] ?? 1, order);
	}

	#differences(count: number, scale: number, order: Order): number[] {
		const values = new Array<number>(count);
		let [previous, step, zeros] = [0, 0, 0];
		for (let index = 0; index < count; index += 1) {
			let told = 0;
			if (zeros > 0) zeros -= 1;
			else {
				const word = this.whole();
				if (word % 2 === 1) zeros = (word - 1) / 2;
				else told = word % 4 === 0 ? word / 4 : (2 - word) / 4;
			}
			step = order === 1 ? told : step + told;
			previous += step;
			values[index] = scale === 1 ? previous : previous / scale;
		}
		return values;
	}

	#asTheyAre(count: number): number[] {
		const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
		return Array.from({ length: count }, () => {
			this.#at += 8;
			return view.getFloat64(this.#at - 8, true);
		});
	}
}
