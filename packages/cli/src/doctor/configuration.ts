import { ConfigurationInvalid, messageOf, PilotwireError } from '@pilotwire/runtime';
import { type Finding, failing, ok, wrong } from './finding.ts';

/** A configuration that was read. `file`: its path, undefined where defaults alone are used. */
export function soundConfiguration(file: string | undefined): Finding {
	return ok('configuration', file ?? 'none given: the simulated house (name yours with --config)');
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
