/** What must not leave the house. */
export interface Private {
	/** Passwords, tokens, secrets. */
	readonly secrets: readonly string[];
	/** Names of accounts. */
	readonly accounts: readonly string[];
	/** Names of this machine. */
	readonly hosts: readonly string[];
}

/** A shorter secret would be found in every other word; none that Pilotwire makes or takes is. */
const LEAST_SECRET = 4;
/** Settings whose value nobody else may see; the names of files that hold them say nothing. */
const SECRET_SETTING = /^(password|token|secret|username|apiKey|passphrase)$/i;

/**
 * Text without anything private: known secrets and names, whatever is written like the number of a meter (ADCO, ADSC: 12
 * digits) or of a delivery point (PRM: 14 digits), accounts within addresses, and e-mail addresses.
 */
export function anonymous(text: string, { secrets, accounts, hosts }: Private): string {
	const longestFirst = (words: readonly string[]): string[] =>
		[...new Set(words)].filter((word) => word.length > 0).sort((a, b) => b.length - a.length);
	let clean = text;
	for (const secret of longestFirst(secrets)) {
		if (secret.length < LEAST_SECRET) continue;
		for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
			clean = clean.replaceAll(form, '<secret>');
		}
	}
	clean = clean
		.replaceAll(/(?<=:\/\/)[^\s/@"']+@/g, '<account>@')
		.replaceAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '<e-mail>')
		.replaceAll(/(?<!\d)(\d{12}|\d{14})(?!\d)/g, (digits) => `<${digits.length} digits>`);
	for (const account of longestFirst(accounts)) clean = clean.replaceAll(wordOf(account), '<account>');
	for (const host of longestFirst(hosts)) clean = clean.replaceAll(wordOf(host), '<host>');
	return clean;
}

/** A name where it stands alone: `home` isn't in `homely`. */
function wordOf(name: string): RegExp {
	return new RegExp(`(?<![A-Za-z0-9_])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![A-Za-z0-9_])`, 'gi');
}

/** A configuration with its secrets blanked, and the secrets and account names that stood there. */
export function blanked(configuration: unknown): {
	readonly shown: unknown;
	readonly found: Pick<Private, 'secrets' | 'accounts'>;
} {
	const secrets: string[] = [];
	const accounts: string[] = [];
	const blank = (value: unknown, key: string, inAccounts: boolean): unknown => {
		if (typeof value === 'string' || typeof value === 'number') {
			if (SECRET_SETTING.test(key)) {
				(key === 'username' ? accounts : secrets).push(String(value));
				return '<secret>';
			}
			if (inAccounts && key === 'name') {
				accounts.push(String(value));
				return '<account>';
			}
			return value;
		}
		if (Array.isArray(value)) return value.map((one: unknown) => blank(one, '', inAccounts));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([name, one]) => [name, blank(one, name, inAccounts || /accounts$/i.test(name))]),
		);
	};
	return { shown: blank(configuration, '', false), found: { secrets, accounts } };
}
