const STX = 0x02;
const ETX = 0x03;
const SEVEN_BITS = 0x7f;
/** More than three times the longest frame (1,442 bytes). */
const MOST_BYTES = 4_608;
/** Groups that say whose meter it is. */
const IDENTIFIERS = /^(ADCO|ADSC|PRM)([ \t]).*$/;

/** Keeps the text of the last frame as it stood on the line, right or not: for people who look for a fault. */
export class FrameRecorder {
	#running: number[] | undefined;
	#last: string | undefined;

	push(bytes: Uint8Array): void {
		for (const byte of bytes) {
			const character = byte & SEVEN_BITS;
			if (character === STX) this.#running = [];
			else if (character === ETX) this.#end();
			else if (this.#running !== undefined && this.#running.length < MOST_BYTES) this.#running.push(character);
		}
	}

	/** Its groups, one a line, or undefined where none came yet. Who the meter belongs to is left out unless asked for. */
	text(identifiers: boolean): string | undefined {
		const lines = this.#last?.split(/[\r\n]+/).filter((line) => line !== '');
		return lines?.map((line) => (identifiers ? line : line.replace(IDENTIFIERS, '$1$2…'))).join('\n');
	}

	#end(): void {
		if (this.#running !== undefined) this.#last = String.fromCharCode(...this.#running);
		this.#running = undefined;
	}
}
