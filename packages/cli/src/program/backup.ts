import type { Command } from 'commander';
import { configurable, numberWithin } from './options.ts';

const actions = () => import('../commands/backup.ts');

/** `pilotwire backup` and `pilotwire restore`. */
export function backupCommands(root: Command): void {
	configurable(root.command('backup'))
		.description('write all that the house is made of into one file, while it runs; it holds its secrets')
		.argument('<file>', 'a .tar.gz to write, or a folder, which gets a file with the date in its name')
		.option('--keep <n>', 'keep so many in the folder, and delete the oldest beyond them', numberWithin(1, 10_000))
		.action(async (target, options) => (await actions()).backup(target, options));
	root
		.command('restore')
		.description('put a backup in the place of what is there, which is kept beside; the services must be stopped')
		.argument('<file>', 'a backup')
		.option('--root <folder>', 'restore below this folder instead of /')
		.action(async (file, options) => (await actions()).restoreBackup(file, options));
}
