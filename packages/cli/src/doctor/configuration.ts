import { ConfigurationInvalid, messageOf, PilotwireError } from '@pilotwire/runtime';
import { type Finding, failing, ok, unsure, wrong } from './finding.ts';

/**
 * A configuration that was read. `file`: its path, undefined where defaults alone are used. `installed`: the folder of the
 * house that this machine runs, if it was installed.
 */
export function soundConfiguration(file: string | undefined, installed?: string): Finding {
	if (file !== undefined) return ok('configuration', file);
	const found = 'none given: the simulated house';
	if (installed === undefined) return ok('configuration', `${found} (name yours with --config)`);
	const todo = `sudo -u pilotwire pilotwire doctor --config ${installed}/house.yaml`;
	return unsure('CONFIGURATION_NOT_GIVEN', 'configuration', `${found}, and not the one of this machine`, todo);
}

/** What keeps a configuration from being read: a finding for each of its faults. */
export function judgeConfiguration(file: string | undefined, error: unknown): Finding[] {
	if (error instanceof ConfigurationInvalid) {
		return error.faults.map(({ path, line, expected, received }) => {
			const where = line === undefined ? path : `line ${line}, ${path}`;
			const came = isSecret(path) ? 'something else' : received;
			return wrong(
				'CONFIGURATION_INVALID',
				'configuration',
				`${where}: ${came}`,
				`write ${expected} there, in ${file ?? 'the settings'}`,
			);
		});
	}
	if (!(error instanceof PilotwireError))
		return [wrong('CONFIGURATION_UNREADABLE', 'configuration', messageOf(error), `correct ${file}`)];
	return [failing(error, 'configuration', `${error.code}: ${error.received.trim()}`, error.action)];
}

/** Reports are shown to others. */
function isSecret(path: string): boolean {
	return /(password|token|secret|username)$/i.test(path);
}
