import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodes, messageOf, PilotwireError } from '../errors.ts';

/** A password from its setting or its file. Throws `SECRET_UNREADABLE`. */
export function readSecret(setting: {
	password?: string | undefined;
	passwordFile?: string | undefined;
}): string | undefined {
	if (setting.passwordFile === undefined) return setting.password;
	try {
		return readFileSync(resolve(setting.passwordFile), 'utf8').trimEnd();
	} catch (error) {
		throw new PilotwireError({
			code: 'SECRET_UNREADABLE',
			expected: `a readable file at ${setting.passwordFile}`,
			received: messageOf(error),
			action: 'Create the file, or let the user who runs Pilotwire read it.',
			exitCode: exitCodes.noPermission,
			cause: error,
		});
	}
}
