/** What can be wrong with a board or its description; every code has one meaning. */
export type PilotWireErrorCode =
	| 'pin_map_size'
	| 'pin_out_of_range'
	| 'pin_used_twice'
	| 'wire_unknown'
	| 'board_never_written'
	| 'bus_failed';

/** An error of this package: what was expected, what came instead, and what to do about it. */
export class PilotWireError extends Error {
	override readonly name = 'PilotWireError';
	readonly code: PilotWireErrorCode;
	readonly expected: string;
	readonly received: string;
	readonly advice: string;

	constructor(code: PilotWireErrorCode, expected: string, received: string, advice: string, cause?: unknown) {
		super(`expected ${expected}, got ${received}; ${advice}`, cause === undefined ? undefined : { cause });
		this.code = code;
		this.expected = expected;
		this.received = received;
		this.advice = advice;
	}
}
