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
const SECRET_SETTING = /(^|\.)(password|token|secret|apiKey|passphrase)$/i;
/** Addresses that are secrets themselves: whoever knows them may read along, or post. */
const SECRET_ADDRESS = /(^|\.)(ntfy\.topic|webhooks\.url)$/;
/** Settings that name an account. */
const ACCOUNT_SETTING = /(^|\.)(username|accounts\.name|bridge\.house)$/i;
/**
 * What stands behind the name of such a number, whole or damaged, grouped or not; a line's control characters are written as
 * `\x09` in logs.
 */
const METER_NUMBER =
	/(?<=\b(?:ADCO|ADSC|PRM|PDL)(?:\\+x[0-9a-f]{2}|\\+[tnr]|\W){1,8})(?:\d[\d .-]{7,}\d|(?=\w*\d{4})\w{8,})/gi;
/** A number of 12 or 14 digits that stands alone, or right behind a control character. */
const LONG_NUMBER = /(?:(?<=\\x[0-9a-f]{2})|(?<!\d))(?:\d{12}|\d{14})(?!\d)/gi;
/** What other programs' lines in a log say of networks and passwords, such as `ssid="home" psk=word`. */
const SECRET_NAME = '\\b(?:b?ssid|psk|pass(?:word|wd|phrase)?|token|secret|api_?key)';
const NAMED_SECRET = new RegExp(
	`(?<=${SECRET_NAME}\\\\*"\\s*:\\s*\\\\*")[^"\\\\]+|(?<=${SECRET_NAME}=)(?:"[^"]*"|'[^']*'|[^\\s"'<,;&})\\]]+)`,
	'gi',
);
/** Of a network card: there are lists of where in the world each access point stands. */
const CARD_ADDRESS = /(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])/gi;
/** Where an address names no machine. */
const NAMELESS = /^(localhost|[\d.]+|\[.*\])$/;

/**
 * Text without anything private: known secrets and names, whatever is written like the number of a meter (ADCO, ADSC: 12
 * digits) or of a delivery point (PRM: 14 digits), or stands behind such a name, accounts and long words within addresses,
 * e-mail addresses, values that are named as secrets, and the addresses of machines on the internet and of network cards.
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
		.replaceAll(/(?<=\b(?:Bearer|Basic) +)[\w+/=.~-]{8,}/gi, '<secret>')
		.replaceAll(/\bhttps?:\/\/[^\s"'<>]+/g, withoutLongWords)
		.replaceAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '<e-mail>')
		.replaceAll(LONG_NUMBER, (digits) => `<${digits.length} digits>`)
		.replaceAll(METER_NUMBER, '<number>')
		.replaceAll(NAMED_SECRET, '<secret>')
		.replaceAll(CARD_ADDRESS, '<address>')
		.replaceAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/g, (address) =>
			isOfAHouse(address) ? address : '<address>',
		)
		// Global unicast (RFC 4291, section 2.4).
		.replaceAll(/(?<![\w:])[23][0-9a-f]{3}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/gi, '<address>');
	for (const account of longestFirst(accounts)) clean = clean.replaceAll(wordOf(account), '<account>');
	for (const host of longestFirst(hosts)) clean = clean.replaceAll(wordOf(host), '<host>');
	return clean;
}

/** A browser's address at a push service, or a webhook's, is a secret by its length. */
function withoutLongWords(url: string): string {
	return url.replaceAll(/(?<=[/=?&#])[\w:%~.-]{20,}/g, '<secret>');
}

/** Private, loopback, link-local and unspecified addresses (RFC 6890) say nothing of who lives there. */
function isOfAHouse(address: string): boolean {
	return /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(address);
}

/** A name where it stands alone: `home` isn't in `homely`. */
function wordOf(name: string): RegExp {
	return new RegExp(`(?<![A-Za-z0-9_])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![A-Za-z0-9_])`, 'gi');
}

/** A configuration with its secrets blanked, and the secrets, account names and machines that stood there. */
export function blanked(configuration: unknown): { readonly shown: unknown; readonly found: Private } {
	const [secrets, accounts, hosts]: [string[], string[], string[]] = [[], [], []];
	const blank = (value: unknown, path: string): unknown => {
		if (typeof value === 'string' || typeof value === 'number') {
			const text = String(value);
			if (ACCOUNT_SETTING.test(path)) {
				accounts.push(text);
				return '<account>';
			}
			if (SECRET_SETTING.test(path) || SECRET_ADDRESS.test(path)) {
				secrets.push(text, ...pathOf(text));
				return '<secret>';
			}
			hosts.push(...machineOf(text));
			const address = addressSecrets(text);
			secrets.push(...address.secrets);
			accounts.push(...address.accounts);
			return address.secrets.length + address.accounts.length === 0 ? value : address.shown;
		}
		if (Array.isArray(value)) return value.map((one: unknown) => blank(one, path));
		if (typeof value !== 'object' || value === null) return value;
		const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, blank(one, below(name))]));
	};
	return { shown: blank(configuration, ''), found: { secrets, accounts, hosts } };
}

/** Whom an address signs in as, and its options: people write passwords into both. */
function addressSecrets(text: string): { secrets: string[]; accounts: string[]; shown: string } {
	// To the last "@": a password may hold others, and what else an address may not have.
	const [, begin = '', signIn, place = '', options] = /^([a-z]+:\/\/)(?:(.*)@)?([^?]*)(?:\?(.*))?$/i.exec(text) ?? [];
	const name = signIn?.split(':')[0] ?? '';
	const password = signIn?.slice(name.length + 1) ?? '';
	const named = [...new URLSearchParams(options)].filter(([key]) => SECRET_SETTING.test(key));
	const secrets = [password, decoded(password), ...named.map(([, value]) => value)];
	return {
		secrets: [...new Set(secrets)].filter((secret) => secret !== ''),
		// Everybody's at a Redis.
		accounts: [name, decoded(name)].filter((account) => account !== '' && account !== 'default'),
		shown: `${begin}${signIn === undefined ? '' : '<account>@'}${place}${options === undefined ? '' : '?<secret>'}`,
	};
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** What comes behind the machine in an address. */
function pathOf(text: string): string[] {
	if (!URL.canParse(text)) return [];
	const { pathname, search } = new URL(text);
	return [`${pathname}${search}`];
}

/** The machine that an address leads to, where its name could tell whose it is. */
function machineOf(text: string): string[] {
	if (!/^[a-z]+:\/\//.test(text) || !URL.canParse(text)) return [];
	const { hostname } = new URL(text);
	return hostname === '' || NAMELESS.test(hostname) ? [] : [hostname];
}
