/** What a line tells whoever opened it. */
export interface LineEvents {
	/** Bytes as they came, in chunks of any size; bit 7 may carry parity. The chunk belongs to the receiver. */
	bytes(chunk: Uint8Array): void;
	/** The line is gone (unplugged, hung up); called once, never after `close`. */
	closed(problem: string): void;
}

/** A meter's line: a serial port, a connection, a recording. Whoever uses one does not know which it is. */
export interface Line {
	/** What it is, for people: `/dev/ttyAMA0`. */
	readonly name: string;
	/** Whether it has a speed to be found. */
	readonly hasSpeed: boolean;
	/** Where nothing came for so long it is opened anew, milliseconds: it may hang without a word. Never where absent. */
	readonly quietMs?: number;
	/** Opens it at a speed in bauds. Rejects with a `PilotwireError` whose message a person can act upon. */
	open(baud: number, events: LineEvents): Promise<void>;
	/** Sets another speed, in bauds, on the open line. */
	setSpeed(baud: number): Promise<void>;
	/** Closes it; settles when it is free for others. May be called at any time. */
	close(): Promise<void>;
}
