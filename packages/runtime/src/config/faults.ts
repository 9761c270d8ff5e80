import { type ErrorFacts, exitCodes, PilotwireError } from '../errors.ts';

/** One thing that is wrong in a configuration. */
export interface Fault {
	/** Where, such as `radiators[0].wire`. */
	readonly path: string;
	readonly expected: string;
	/** What stands there. */
	readonly received: string;
	/** Line of the file, from 1. */
	readonly line?: number;
}

/** `['radiators', 0, 'wire']` as people write it. */
export function pathText(path: readonly PropertyKey[]): string {
	let text = '';
	for (const part of path)
		text += typeof part === 'number' ? `[${part}]` : text === '' ? String(part) : `.${String(part)}`;
	return text === '' ? '(the whole file)' : text;
}

/** A value as it stands in the file, short. */
export function valueText(value: unknown): string {
	if (value === undefined) return 'nothing';
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function faultLine(fault: Fault): string {
	const where = fault.line === undefined ? fault.path : `line ${fault.line}, ${fault.path}`;
	return `  ${where}: expected ${fault.expected}, got ${fault.received}`;
}

/** A configuration that can't be used, with what is wrong in it. */
export class ConfigurationInvalid extends PilotwireError {
	readonly faults: readonly Fault[];

	constructor(facts: ErrorFacts, faults: readonly Fault[]) {
		super(facts);
		this.faults = faults;
	}
}

/** All faults of one file in one error. */
export function configurationError(file: string, faults: readonly Fault[]): ConfigurationInvalid {
	const facts: ErrorFacts = {
		code: 'CONFIGURATION_INVALID',
		expected: `a configuration without faults in ${file}`,
		received: `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:\n${faults.map(faultLine).join('\n')}\n`,
		action: 'Correct the lines above; docs/reference/configuration.md lists every setting.',
		exitCode: exitCodes.configuration,
	};
	return new ConfigurationInvalid(facts, faults);
}
