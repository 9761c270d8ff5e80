// What is wrong with an output, in the words of the screen. The service that drives it says a word for it, and a sentence
// that is English and begins with the code of its error where there is one (docs/reference/errors.md).
import type { CircuitFault } from '@pilotwire/contract';
import type { Key } from '../i18n/index.ts';

const keys: Readonly<Record<string, Key>> = {
	BOARD_SILENT: 'problem.silent',
	BOARD_IN_USE: 'problem.in_use',
	BOARD_FAILED: 'problem.failed',
	I2C_BUS_HUNG: 'problem.bus',
	I2C_NO_BUS: 'problem.bus',
	I2C_NO_PERMISSION: 'problem.bus',
	I2C_BINDING_MISSING: 'problem.bus',
	I2C_SIMULATOR_AWAY: 'problem.bus',
};

const faults: Readonly<Record<CircuitFault, Key>> = {
	board_silent: 'problem.silent',
	board_in_use: 'problem.in_use',
	board_failed: 'problem.failed',
	board_bus: 'problem.bus',
	output_stuck: 'problem.held',
	no_answer: 'problem.no_answer',
	other_phase: 'problem.other_phase',
};

/** The words for a problem: those of its fault where that is said; those for any other where it isn't known. */
export function problemKey(problem: string, fault?: CircuitFault): Key {
	if (fault !== undefined && Object.hasOwn(faults, fault)) return faults[fault];
	const code = /^[A-Z][A-Z0-9_]+(?=:)/.exec(problem)?.[0] ?? '';
	if (/^pin \w+ .* is held at /.test(problem)) return 'problem.held';
	return keys[code] ?? 'problem.other';
}
