import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { instantOf, messageOf, PilotwireError } from '@pilotwire/runtime';
import { backupFailed } from '../../backup/errors.ts';
import type { ConfigOptions } from '../../commands/options.ts';
import { type House, readHouse } from '../../config.ts';
import { fileUnreadable } from '../../errors.ts';
import { anonymous, blanked } from '../../support/anonymous.ts';
import { version } from '../../version.ts';
import { pack } from '../backup/archive.ts';
import { examine } from '../doctor/examine.ts';
import { machineFacts } from '../doctor/machine.ts';
import { type KnownPrivate, privateOf } from './private.ts';

const run = promisify(execFile);
/** What of the journal, or of a log, is of use. */
const MOST_LINES = 5_000;
const LARGEST_OUTPUT = 20_000_000;

/** Writes what somebody who helps needs to know into one archive, with nothing private in it. Returns the names within. */
export async function bundle(
	file: string,
	options: ConfigOptions & { readonly log?: readonly string[] },
): Promise<string[]> {
	const path = resolve(file);
	const texts = await gather(options);
	const staging = await mkdtemp(join(dirname(path), '.pilotwire-support-')).catch((error: unknown) => {
		throw backupFailed(path, messageOf(error));
	});
	try {
		const content = join(staging, 'pilotwire-support');
		await mkdir(content);
		for (const [name, text] of texts) await writeFile(join(content, name), text);
		await pack(staging, ['pilotwire-support'], join(staging, 'draft'));
		await rename(join(staging, 'draft'), path);
		return [...texts.keys()];
	} finally {
		await rm(staging, { recursive: true, force: true });
	}
}

async function gather(options: ConfigOptions & { readonly log?: readonly string[] }): Promise<Map<string, string>> {
	const texts = new Map<string, string>();
	const json = (name: string, value: unknown): void =>
		void texts.set(name, `${JSON.stringify(value, undefined, '\t')}\n`);
	const findings = await examine(options);
	json('doctor.json', { at: instantOf(Date.now()), version, findings });
	json('versions.json', { ...(await machineFacts()), versions: process.versions });
	texts.set('services.txt', await outputOf('systemctl', ['list-units', '--all', '--no-pager', 'pilotwire*']));
	const logs = await logsOf(options.log ?? []);
	const house = await houseOf(options);
	const hidden = house === undefined ? ofNoHouse : await privateOf(house);
	// Then nobody knows what in a log is private.
	const reason = house === undefined ? 'the configuration, which' : hidden.namesUnknown && 'the accounts, which';
	if (reason) texts.set('left-out.txt', `Left out are the logs, and ${reason} can't be read: doctor.json says why.\n`);
	else for (const [name, text] of logs) texts.set(name, text);
	if (house !== undefined) {
		const { simulated: _, ...configured } = house;
		json('configuration.json', blanked(configured).shown);
	}
	return new Map([...texts].map(([name, text]) => [name, anonymous(text, hidden)]));
}

const ofNoHouse: KnownPrivate = { secrets: [], accounts: [], hosts: [hostname()] };

async function houseOf(options: ConfigOptions): Promise<House | undefined> {
	try {
		return await readHouse(options);
	} catch (error) {
		if (error instanceof PilotwireError) return undefined;
		throw error;
	}
}

/** The end of each log: those that are named, and the journal's. */
async function logsOf(files: readonly string[]): Promise<Map<string, string>> {
	const logs = new Map<string, string>();
	const end = (text: string): string => text.split('\n').slice(-MOST_LINES).join('\n');
	for (const [index, file] of files.entries()) {
		const text = await readFile(file, 'utf8').catch((error: unknown) => {
			throw fileUnreadable(file, messageOf(error));
		});
		logs.set(`log-${index + 1}-${basename(file)}.txt`, end(text));
	}
	const journal = ['--unit=pilotwire*', '--no-pager', `--lines=${MOST_LINES}`, '--output=short-iso'];
	logs.set('journal.txt', await outputOf('journalctl', journal));
	return logs;
}

/** What a program of the system says, or that it isn't there. */
async function outputOf(program: string, given: readonly string[]): Promise<string> {
	try {
		return (await run(program, [...given], { maxBuffer: LARGEST_OUTPUT, timeout: 30_000 })).stdout;
	} catch (error) {
		return `${program} says nothing here: ${messageOf(error)}\n`;
	}
}
