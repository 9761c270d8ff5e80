import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, instantOf, PilotwireError } from '@pilotwire/runtime';
import { notIn } from '../backup/cluster.ts';
import { archiveName } from '../backup/manifest.ts';
import { type House, readHouse } from '../config.ts';
import { backUp } from '../io/backup/collect.ts';
import { restore } from '../io/backup/restore.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire backup`. */
export async function backup(target: string, options: ConfigOptions & { readonly keep?: number }): Promise<void> {
	const house = await readHouse(options);
	const isFolder = target.endsWith('/') || (await stat(target).catch(() => undefined))?.isDirectory() === true;
	if (options.keep !== undefined && !isFolder) throw keepWhat(target);
	const file = isFolder ? join(target, archiveName(house.site, instantOf(Date.now()))) : target;
	const isShown = process.stderr.isTTY === true;
	const told = (text: string): void => void (isShown && process.stderr.write(`\r\u001B[K${text}`));
	const { files } = await backUp(file, { house, config: options.config, keep: options.keep, told });
	if (isShown) process.stderr.write('\r\u001B[K');
	console.log(
		`${file}: ${files.length} files, ${inMB(files)} MB before packing. It holds the house's secrets: keep it safe.`,
	);
	if (house.broker.cluster !== undefined) console.log(notIn(house.broker));
}

/** `pilotwire restore`. */
export async function restoreBackup(file: string, { root }: { readonly root?: string }): Promise<void> {
	const { manifest, kept } = await restore(file, root);
	const { at, version, files, dataDir } = manifest;
	console.log(
		`${files.length} files of ${at.slice(0, 16).replace('T', ' ')} UTC (version ${version}) are back in ${root ?? ''}${dataDir}.`,
	);
	for (const place of kept) console.log(`What was there before is in ${place}`);
	const house = await restoredHouse(manifest.config, root);
	if (house?.broker.cluster !== undefined) console.log(notIn(house.broker));
	if (root === undefined) console.log('Start the house: sudo systemctl start pilotwire.target');
}

async function restoredHouse(config: string | undefined, root = '/'): Promise<House | undefined> {
	if (config === undefined) return undefined;
	return readHouse({ config: join(root, config) }).catch(() => undefined);
}

const inMB = (files: readonly { bytes: number }[]): string =>
	(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1);

function keepWhat(target: string): PilotwireError {
	return new PilotwireError({
		code: 'BACKUP_FOLDER_WANTED',
		expected: 'a folder with --keep',
		received: target,
		action: 'Name a folder that is there, or end its name with a slash.',
		exitCode: exitCodes.usage,
	});
}
