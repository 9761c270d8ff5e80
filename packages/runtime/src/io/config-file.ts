import { existsSync, readFileSync } from 'node:fs';
import { exitCodes, messageOf, PilotwireError } from '../errors.ts';

/** The text of a configuration file. Throws `CONFIGURATION_MISSING` or `CONFIGURATION_UNREADABLE`. */
export function readConfigFile(file: string): string {
	if (!existsSync(file)) {
		throw new PilotwireError({
			code: 'CONFIGURATION_MISSING',
			expected: `a configuration file at ${file}`,
			received: 'no such file',
			action: 'Check the path given with --config; docs/guides/first-house.md starts one from nothing.',
			exitCode: exitCodes.configuration,
		});
	}
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw new PilotwireError({
			code: 'CONFIGURATION_UNREADABLE',
			expected: `a file that this user may read at ${file}`,
			received: messageOf(error),
			action: `Give the user who runs Pilotwire the right to read it: chmod or chown ${file}.`,
			exitCode: exitCodes.noPermission,
			cause: error,
		});
	}
}
