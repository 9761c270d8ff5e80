import type { FindingCode } from './codes.ts';

/** `unsure`: nothing is wrong for certain, but a person should look; it does not make the command fail. */
export type Verdict = 'ok' | 'unsure' | 'wrong';

/** One line of the doctor's report. */
export interface Finding {
	/** What was looked at, such as `serial port`. */
	readonly check: string;
	readonly verdict: Verdict;
	/** What is the matter, for programs: one of `findingCodes`, or the code of an error; absent where all is well. */
	readonly code?: string;
	/** What was found, in a sentence without its full stop. */
	readonly found: string;
	/** What to type or to do; absent where all is well. */
	readonly todo?: string;
}

/** Nothing to do. */
export const ok = (check: string, found: string): Finding => ({ check, verdict: 'ok', found });

/** Something for a person to look at. */
export const unsure = (code: FindingCode, check: string, found: string, todo: string): Finding => ({
	...{ check, verdict: 'unsure', code },
	...{ found, todo },
});

/** Something that keeps the house, or a part of it, from working. */
export const wrong = (code: FindingCode, check: string, found: string, todo: string): Finding => ({
	...{ check, verdict: 'wrong', code },
	...{ found, todo },
});

/** The same, where a service would end with an error that docs/reference/errors.md lists. */
export const failing = (error: { readonly code: string }, check: string, found: string, todo: string): Finding => ({
	...{ check, verdict: 'wrong', code: error.code },
	...{ found, todo },
});

/** Such as `PORT_MISSING: expected a serial port at /dev/ttyAMA0, got no such port. Plug the adapter in`. */
const SENTENCE = /^([A-Z][A-Z0-9_]+): (expected .+?, got .+?)\. ([A-Z].+)$/s;

/** What a running service says is wrong: its own word and advice where its sentence has them, else what is given. */
export function reported(code: FindingCode, check: string, name: string, problem: string, todo: string): Finding {
	const [, word, found, advice] = SENTENCE.exec(problem) ?? [];
	if (word === undefined || found === undefined || advice === undefined)
		return wrong(code, check, `${name}${problem}`, todo);
	return failing({ code: word }, check, `${name}${found}`, advice.replace(/\.$/, ''));
}

const words: Readonly<Record<Verdict, string>> = { ok: 'ok', unsure: 'look', wrong: 'WRONG' };

/** The report for people: a line for each finding, what to do below it, and how many there are of each kind. */
export function reportText(findings: readonly Finding[]): string {
	const width = Math.max(0, ...findings.map(({ check }) => check.length));
	const lines = findings.flatMap(({ check, verdict, found, todo }) => [
		`${words[verdict].padEnd(5)}  ${check.padEnd(width)}  ${found}`,
		...(todo === undefined ? [] : [`${' '.repeat(width + 9)}-> ${todo}`]),
	]);
	const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
	return [...lines, '', `${count('ok')} ok, ${count('unsure')} to look at, ${count('wrong')} wrong`].join('\n');
}
