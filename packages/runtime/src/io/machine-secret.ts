import { randomBytes } from 'node:crypto';
import { accessSync, constants, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, messageOf, PilotwireError, systemCodeOf } from '../errors.ts';

/**
 * The secret of a machine account, made at first use: 256 random bits in `<dataDir>/secrets/<account>`, readable by its
 * owner alone. Processes that start together agree on one: the file appears whole, once.
 */
export function machineSecret(dataDir: string, account: string): string {
	return readFileSync(machineSecretFile(dataDir, account), 'utf8').trim();
}

/** The file of such a secret, which is there then. Throws `DATA_DIR_UNUSABLE`. */
export function machineSecretFile(dataDir: string, account: string): string {
	const folder = join(dataDir, 'secrets');
	const file = join(folder, account);
	try {
		accessSync(file, constants.R_OK);
		return file;
	} catch (error) {
		if (systemCodeOf(error) !== 'ENOENT') throw unusable(file, error);
	}
	const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
		try {
			linkSync(draft, file);
		} catch (error) {
			if (systemCodeOf(error) !== 'EEXIST') throw error;
		}
		return file;
	} catch (error) {
		throw unusable(file, error);
	} finally {
		rmSync(draft, { force: true });
	}
}

function unusable(file: string, error: unknown): PilotwireError {
	return new PilotwireError({
		code: 'DATA_DIR_UNUSABLE',
		expected: `to read or create ${file}`,
		received: messageOf(error),
		action: 'Set dataDir to a folder that the user who runs Pilotwire may write.',
		exitCode: exitCodes.cantCreate,
		cause: error,
	});
}
