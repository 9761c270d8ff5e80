import { Command } from 'commander';
import { accountCommand } from '../../src/commands/account.ts';

const collect = (value: string, all: string[] = []): string[] => [...all, value];

/** `pilotwire` with its account command alone, which says nothing of wrong arguments itself. */
export function accountProgram(): Command {
	const root = new Command('pilotwire').exitOverride().configureOutput({ writeErr: () => {} });
	accountCommand(root, (command) =>
		command.option('-c, --config <file>').option('-s, --set <path=value>', '', collect),
	);
	return root;
}
