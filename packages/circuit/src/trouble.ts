/** What is wrong with a circuit's output. */

/** As a word, which screens translate. */
export type CircuitFault =
	| 'board_silent'
	| 'board_in_use'
	| 'board_failed'
	| 'board_bus'
	| 'output_stuck'
	| 'no_answer'
	| 'other_phase';

/** As a word and as a sentence with what to do. */
export interface Trouble {
	readonly fault: CircuitFault;
	readonly problem: string;
}
