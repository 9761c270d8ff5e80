import { instantOf } from '@pilotwire/runtime';
import { reportText } from '../doctor/finding.ts';
import { examine } from '../io/doctor/examine.ts';
import { version } from '../version.ts';
import type { ConfigOptions } from './options.ts';

/** `pilotwire doctor`: what is well, what is wrong, and what to type. Ends with 1 where something is wrong. */
export async function doctor(options: ConfigOptions & { readonly json?: true }): Promise<void> {
	const showsProgress = options.json !== true && process.stderr.isTTY === true;
	const findings = await examine(options, ({ check }) => {
		if (showsProgress) process.stderr.write(`\r\u001B[K${check}: looked at`);
	});
	if (showsProgress) process.stderr.write('\r\u001B[K');
	const isWell = findings.every(({ verdict }) => verdict !== 'wrong');
	if (options.json === true)
		console.log(JSON.stringify({ at: instantOf(Date.now()), version, isWell, findings }, undefined, 2));
	else console.log(reportText(findings));
	process.exitCode = isWell ? 0 : 1;
}
