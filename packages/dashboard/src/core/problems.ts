// What is wrong with an output, in the words of the screen. The sentence of the service that drives it is English, and
// begins with the code of its error where there is one (docs/reference/errors.md).
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

/** The words for a problem; those for any other where it isn't known. */
export function problemKey(problem: string): Key {
	const code = /^[A-Z][A-Z0-9_]+(?=:)/.exec(problem)?.[0] ?? '';
	if (/^pin \w+ .* is held at /.test(problem)) return 'problem.held';
	return keys[code] ?? 'problem.other';
}
