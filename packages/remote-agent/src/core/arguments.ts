import type { ArgumentConfig, CommandConfig } from '../config.ts';
import { argumentInvalid } from '../errors.ts';

/** Longest argument, characters. */
const MOST_CHARACTERS = 1_024;

/** A command's program and arguments with what a client gave, each checked. Throws `COMMAND_ARGUMENT_INVALID`. */
export function argumentsOf(
	{ run, arguments: known }: CommandConfig,
	given: Readonly<Record<string, string | number>>,
): string[] {
	for (const name of Object.keys(given)) {
		if (!Object.hasOwn(known, name))
			throw argumentInvalid(name, `no such argument: there are ${Object.keys(known).join(', ') || 'none'}`, name);
	}
	const checked = new Map(
		Object.entries(known).map(([name, argument]) => {
			const text = String((Object.hasOwn(given, name) ? given[name] : undefined) ?? argument.default ?? '');
			check(name, argument, text);
			return [name, text] as const;
		}),
	);
	return run.map((part) => filled(part, checked));
}

/** A part of a command, its placeholders filled. What fills it can't make an option of it that nobody wrote there. */
function filled(part: string, values: ReadonlyMap<string, string>): string {
	const text = part.replaceAll(/\{([a-z0-9-]+)\}/g, (whole, name: string) => values.get(name) ?? whole);
	if (!part.startsWith('-') && text.startsWith('-') && !/^-\d+$/.test(text))
		throw argumentInvalid(part, 'no "-" at its start', text);
	return text;
}

function check(name: string, { choices, min, max, pattern }: ArgumentConfig, text: string): void {
	if (text.length > MOST_CHARACTERS || text.includes('\0'))
		throw argumentInvalid(name, `at most ${MOST_CHARACTERS} characters and no NUL`, text);
	if (choices !== undefined && !choices.includes(text))
		throw argumentInvalid(name, `one of ${choices.join(', ')}`, text);
	if (min !== undefined && max !== undefined) {
		const number = Number(text);
		if (!/^-?\d{1,15}$/.test(text) || number < min || number > max)
			throw argumentInvalid(name, `a whole number from ${min} to ${max}`, text);
	}
	if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(text))
		throw argumentInvalid(name, `what fits ${pattern}`, text);
}
