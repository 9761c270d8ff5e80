import { CR, EOT, ETX, LF, NUL, SEVEN_BITS, SP, STX } from './bytes.ts';
import type { Refusal, TicErrorCode } from './errors.ts';
import { FrameBuilder, type TicFrame } from './frame.ts';
import type { TicGroup, TicMode } from './group.ts';
import { Line, type ReadGroup } from './line.ts';
import { ModeDetector } from './mode.ts';

/** What the decoder reports, in the order of the line. */
export type TicEvent =
	/** A right group, the moment its CR has arrived. */
	| { readonly type: 'group'; readonly group: TicGroup }
	/** A frame ended: at its ETX, or at the next STX where its ETX was lost (then it is not complete). */
	| ({ readonly type: 'frame' } & TicFrame)
	/** The meter broke the frame off (EOT); it goes on with a new one. The groups that had come stay valid. */
	| { readonly type: 'interruption' }
	/** The mode was found, or it changed. Comes before the first group in that mode. */
	| { readonly type: 'mode'; readonly mode: TicMode }
	/** One group was refused. The texts are short, whatever came. */
	| { readonly type: 'error'; readonly code: TicErrorCode; readonly expected: string; readonly received: string };

export interface TicDecoderOptions {
	/** `auto` (the default) finds the mode and follows the meter when it changes. */
	readonly mode?: 'auto' | TicMode;
	/** Called synchronously from `push`. What it throws goes through `push` to its caller. */
	readonly onEvent: (event: TicEvent) => void;
}

/** Where on the line we are. */
type State =
	/** Waiting for a group to begin: at the start, and behind a group that was given up. */
	| 'lost'
	/** `lost`, and the last byte was an STX: a frame's if an LF follows, noise otherwise. */
	| 'lostAtStart'
	/** Behind a CR or an STX: a group, a frame's end or an interruption is due. */
	| 'between'
	/** In a group that an LF began. */
	| 'group'
	/** In a group whose LF was misread or lost. */
	| 'headless';

/**
 * Decodes the bytes of a meter's line as they arrive, in chunks of any size.
 *
 * It holds one line (128 bytes) and the groups of one frame (128 at most), and it never throws. A group is right if
 * its checksum, label, width and form are; a group that never began, or never ended, is not.
 *
 * Whatever stands exactly where an LF is due, behind a CR or an STX, may be a misread LF (real lines show 0x0B, 0x0E,
 * 0x0F) or the LF may be lost. The checksum does not cover the LF, and the CR before it proves that nothing of this
 * group is missing, so such a group is accepted too, but only under a label that we know: width and form then hold it
 * to the same proof as any other. Behind anything else a group without an LF is refused.
 */
export class TicDecoder {
	readonly #onEvent: (event: TicEvent) => void;
	readonly #line = new Line();
	readonly #frame = new FrameBuilder();
	readonly #mode: ModeDetector;
	#state: State = 'lost';
	/** A group came since the last STX, ETX or EOT. */
	#inFrame = false;

	constructor({ mode = 'auto', onEvent }: TicDecoderOptions) {
		this.#onEvent = onEvent;
		this.#mode = new ModeDetector(mode);
	}

	/** The mode the meter speaks, as far as known. */
	get mode(): TicMode | undefined {
		return this.#mode.mode;
	}

	/** Takes the next bytes of the line. Bit 7 may carry parity; it is checked where it does. */
	push(bytes: Uint8Array): void {
		let at = 0;
		while (at < bytes.length) {
			if (this.#state === 'group' || this.#state === 'headless') {
				at = this.#line.take(bytes, at);
				if (at === bytes.length) break;
				if (this.#line.isFull) this.#giveUp();
				else this.#controlInGroup(bytes[at++] as number);
			} else if (this.#state === 'between') {
				at = this.#begin(bytes[at] as number) ? at + 1 : at;
			} else {
				this.#search((bytes[at++] as number) & SEVEN_BITS);
			}
		}
	}

	/** Forgets the line, the frame and, in `auto`, the mode: for a port that was opened again. */
	reset(): void {
		this.#state = 'lost';
		this.#inFrame = false;
		this.#line.clear();
		this.#frame.reset();
		this.#mode.reset();
	}

	/** A control character within a group. Only CR ends it; the rest is noise, or the group was cut. */
	#controlInGroup(byte: number): void {
		const character = byte & SEVEN_BITS;
		if (character === CR) {
			this.#endGroup(byte);
			return;
		}
		// A second control character where one LF is due is noise before the group, not a group.
		if (this.#line.isEmpty && this.#state === 'headless') {
			this.#state = 'between';
			this.#begin(byte);
			return;
		}
		this.#state = 'lost';
		// Of two LFs the second begins the group: none was there to refuse.
		if (character !== LF || !this.#line.isEmpty) {
			const code = character === LF || character === STX ? 'UNFINISHED' : 'CHARACTER';
			this.#refuse(this.#line.refuse(code, 'a CR', byte));
		}
		this.#search(character);
	}

	#endGroup(end: number): void {
		const headless = this.#state === 'headless';
		this.#state = 'between';
		// Nothing between LF and CR: no group was there to refuse.
		if (this.#line.isEmpty) return;
		const read = this.#line.read(end);
		if ('code' in read) this.#refuse(read);
		else if (headless && !read.known) this.#refuse(this.#line.refuse('LABEL', 'an LF, or a label that is known'));
		else this.#accept(read);
	}

	/** Behind a CR or an STX. Returns false where the byte is the first of the group itself. */
	#begin(byte: number): boolean {
		const character = byte & SEVEN_BITS;
		if (character === STX) this.#beginFrame();
		else if (character === ETX) this.#endFrame(true);
		else if (character === EOT) this.#interrupt();
		else if (character !== NUL && character !== CR) {
			this.#line.clear();
			this.#state = character === LF ? 'group' : 'headless';
			return character < SP;
		}
		return true;
	}

	/** Looks for the next group; a stray STX counts only if an LF follows it, since a flip makes one of a `B`. */
	#search(character: number): void {
		if (character === LF) {
			if (this.#state === 'lostAtStart') this.#beginFrame();
			this.#line.clear();
			this.#state = 'group';
		} else if (character === CR) this.#state = 'between';
		else this.#state = character === STX ? 'lostAtStart' : 'lost';
	}

	#beginFrame(): void {
		this.#state = 'between';
		const cut = this.#inFrame;
		this.#endFrame(false);
		this.#frame.begin(cut);
	}

	#endFrame(sawEnd: boolean): void {
		this.#inFrame = false;
		const frame = this.#frame.end(sawEnd);
		if (frame !== undefined) this.#onEvent({ type: 'frame', ...frame });
	}

	#interrupt(): void {
		this.#inFrame = false;
		this.#frame.drop();
		this.#onEvent({ type: 'interruption' });
	}

	#accept({ event, known }: ReadGroup): void {
		const { group } = event;
		const verdict = this.#mode.weigh(group.mode, known);
		if (verdict === 'refuse') {
			const { mode } = this.#mode;
			const expected = mode === undefined ? 'a label that is known, to find the mode by' : `a group in ${mode} mode`;
			this.#refuse(this.#line.refuse('MODE', expected));
			return;
		}
		if (verdict === 'turn') this.#onEvent({ type: 'mode', mode: group.mode });
		this.#inFrame = true;
		this.#frame.add(group);
		this.#onEvent(event);
	}

	/** The line is full and goes on. */
	#giveUp(): void {
		this.#state = 'lost';
		this.#refuse(this.#line.refuse('TOO_LONG', 'a CR'));
	}

	#refuse(refusal: Refusal): void {
		this.#frame.refuse();
		this.#onEvent({ type: 'error', ...refusal });
	}
}
