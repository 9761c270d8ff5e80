import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { exitCodes, PilotwireError } from '../errors.ts';
import { readConfigFile } from '../io/config-file.ts';
import { configurationError, type Fault, pathText, valueText } from './faults.ts';

/** Checks across sections that a schema can't say, such as a radiator on a board that isn't there. */
export type CrossCheck<Config> = (config: Config) => Fault[];

/** Where a configuration comes from: a file, or nothing but defaults, then single settings from the command line. */
export interface ConfigSource {
	readonly file?: string | undefined;
	/** `['shedder.enabled=false', ...]`; values are read as YAML. */
	readonly settings?: readonly string[] | undefined;
}

/** Reads, completes and checks a configuration. Throws `CONFIGURATION_*` naming every fault at once. */
export function loadConfig<Schema extends z.ZodType>(
	source: ConfigSource,
	schema: Schema,
	crossChecks: readonly CrossCheck<z.output<Schema>>[] = [],
): z.output<Schema> {
	const name = source.file ?? 'the built-in defaults';
	const lines = new LineCounter();
	const document = parseDocument(source.file === undefined ? '{}' : readConfigFile(source.file), {
		lineCounter: lines,
	});
	const [first] = document.errors;
	if (first !== undefined) throw notYaml(name, first.message);
	for (const setting of source.settings ?? []) applySetting(document, setting);
	const raw: unknown = document.toJS() ?? {};
	const result = schema.safeParse(raw, { reportInput: true });
	const lineOf = (path: readonly PropertyKey[]): number | undefined => lineOfPath(document, lines, path);
	if (!result.success)
		throw configurationError(
			name,
			result.error.issues.flatMap((issue) => faultsOf(issue, raw, lineOf)),
		);
	const faults = crossChecks.flatMap((check) => check(result.data));
	if (faults.length > 0) throw configurationError(name, faults);
	return result.data;
}

function notYaml(name: string, message: string): PilotwireError {
	return new PilotwireError({
		code: 'CONFIGURATION_NOT_YAML',
		expected: `YAML in ${name}`,
		received: message,
		action: 'Correct the place the message shows; indentation counts in YAML.',
		exitCode: exitCodes.configuration,
	});
}

function applySetting(document: Document, setting: string): void {
	const at = setting.indexOf('=');
	if (at < 1) {
		throw new PilotwireError({
			code: 'SETTING_INVALID',
			expected: 'PATH=VALUE, such as shedder.enabled=false',
			received: setting,
			action: 'Correct the --set option.',
			exitCode: exitCodes.usage,
		});
	}
	const path = setting
		.slice(0, at)
		.split('.')
		.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
	document.setIn(path, parseDocument(setting.slice(at + 1)).toJS());
}

type Issue = z.core.$ZodIssue;

function faultsOf(issue: Issue, raw: unknown, lineOf: (path: readonly PropertyKey[]) => number | undefined): Fault[] {
	const fault = (path: readonly PropertyKey[], expected: string): Fault => {
		const line = lineOf(path);
		const base = { path: pathText(path), expected, received: valueText(valueAt(raw, path)) };
		return line === undefined ? base : { ...base, line };
	};
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => fault([...issue.path, key], 'a setting that exists (check the spelling)'));
	}
	return [fault(issue.path, expectationOf(issue))];
}

function expectationOf(issue: Issue): string {
	return issue.message
		.replace(/^(Invalid input: expected |Invalid option: expected |expected )/, '')
		.replace(/, received \w+$/, '')
		.replace(/^Too (small|big): expected (string|array) to have /, '')
		.replace(/^Too (small|big): expected \w+ to be /, 'a number ');
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
	let value = raw;
	for (const part of path) {
		if (typeof value !== 'object' || value === null) return undefined;
		value = (value as Record<PropertyKey, unknown>)[part];
	}
	return value;
}

function lineOfPath(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
	for (let length = path.length; length > 0; length -= 1) {
		const node = document.getIn(path.slice(0, length), true);
		if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
	}
	return undefined;
}
