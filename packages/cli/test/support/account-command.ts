import { Command } from 'commander';
import { accountCommand } from '../../src/program/account.ts';

/** `pilotwire` with its account command alone, which says nothing of wrong arguments itself. */
export function accountProgram(): Command {
	const root = new Command('pilotwire').exitOverride().configureOutput({ writeErr: () => {} });
	accountCommand(root);
	return root;
}
