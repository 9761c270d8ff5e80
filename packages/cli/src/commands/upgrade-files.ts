import type { Command } from 'commander';
import { readHouse } from '../config.ts';
import { filesToKeep } from '../io/backup/upgrade-files.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire upgrade-files`: what the installer keeps before this version runs for the first time. */
export function upgradeFilesCommand(root: Command, configurable: (command: Command) => Command): void {
	configurable(root.command('upgrade-files'))
		.description('list the files that an older version may not be able to read any more once this one has run')
		.action(async (options: ConfigOptions) => {
			for (const path of await filesToKeep(await readHouse(options))) console.log(path);
		});
}
