import { readHouse } from '../config.ts';
import { filesToKeep } from '../io/backup/upgrade-files.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire upgrade-files`: what the installer keeps before this version runs for the first time. */
export async function listUpgradeFiles(options: ConfigOptions): Promise<void> {
	for (const path of await filesToKeep(await readHouse(options))) console.log(path);
}
