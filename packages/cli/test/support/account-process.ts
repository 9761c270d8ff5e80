// `pilotwire account ...` in a process of its own: it reads standard input and ends with an exit code.
import { endOf } from '../../src/end.ts';
import { accountProgram } from './account-command.ts';

try {
	await accountProgram().parseAsync();
} catch (error) {
	const { text, exitCode } = endOf(error);
	if (text !== undefined) console.error(text);
	process.exitCode = exitCode;
}
