import { DEVICE_NAME_LENGTH, DEVICE_TEXT_LENGTH, MOST_DEVICE_VALUES } from '@pilotwire/contract';

/** A figure or a text of a device. */
type Value = number | boolean | string;

/** What a device said at one moment. */
export interface Said {
	/** What it says of itself. */
	readonly status: string | undefined;
	/** Figures and texts by the device's own names; what was nested has a dot between the levels. */
	readonly values: Readonly<Record<string, Value>>;
	/** Values that could not be taken: too many, too deep, or of no kind that history knows. */
	readonly leftOut: number;
}

/** A message of a device. */
export type DeviceMessage =
	| { readonly kind: 'auth'; readonly name: string; readonly password: string }
	| { readonly kind: 'telemetry'; readonly said: Said }
	/** JSON, but no message that the gateway knows. */
	| { readonly kind: 'unknown' }
	/** Not a JSON object. */
	| { readonly kind: 'nonsense' };

/** Levels of nested objects and lists that are looked into. */
const DEEPEST = 4;
const LONGEST_STATUS = 64;

/** Reads what a device sent. Never throws. */
export function readMessage(text: string): DeviceMessage {
	let message: unknown;
	try {
		message = JSON.parse(text);
	} catch {
		return { kind: 'nonsense' };
	}
	if (!isObject(message)) return { kind: 'nonsense' };
	if (message['type'] === 'telemetry') return { kind: 'telemetry', said: saidIn(message) };
	const { name, password } = message;
	if (message['type'] !== 'auth') return { kind: 'unknown' };
	// Wrong by their form, they are a name and a password that nobody has.
	return { kind: 'auth', name: textOf(name), password: textOf(password) };
}

/** What a telemetry message says, without its `type`. */
export function saidIn({ type: _, status, ...rest }: Readonly<Record<string, unknown>>): Said {
	const values: [string, Value][] = [];
	let leftOut = 0;
	const take = (name: string, value: unknown, depth: number): void => {
		const taken = figureOf(value);
		if (taken !== undefined && values.length < MOST_DEVICE_VALUES && isFigureName(name)) values.push([name, taken]);
		else if (isNested(value) && depth < DEEPEST) {
			for (const [key, inner] of Object.entries(value)) {
				if (values.length >= MOST_DEVICE_VALUES) {
					leftOut += 1;
					return;
				}
				take(`${name}.${key}`, inner, depth + 1);
			}
		} else if (value !== null) leftOut += 1;
	};
	for (const [name, value] of Object.entries(rest)) {
		if (leftOut > MOST_DEVICE_VALUES) break;
		take(name, value, 1);
	}
	return { status: statusOf(status), values: Object.fromEntries(values), leftOut };
}

/** An account's name as it is written here: firmware writes it with capitals, underscores and spaces too. */
export function accountNameOf(name: string): string {
	return name
		.slice(0, 200)
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-+|-+$/g, '');
}

/** What a device is told: its value as text, left out where there is none. */
export function commandText(command: string, value: string | undefined): string {
	return JSON.stringify(value === undefined ? { command } : { command, value });
}

function statusOf(status: unknown): string | undefined {
	if (typeof status !== 'string' && typeof status !== 'number' && typeof status !== 'boolean') return undefined;
	const text = clean(String(status)).slice(0, LONGEST_STATUS).trim();
	return text === '' ? undefined : text;
}

function figureOf(value: unknown): Value | undefined {
	if (typeof value === 'boolean') return value;
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	return typeof value === 'string' ? clean(value).slice(0, DEVICE_TEXT_LENGTH) : undefined;
}

/** Without control characters and halves of letters, which neither a terminal nor a database takes. */
function clean(text: string): string {
	return text.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ');
}

function isFigureName(name: string): boolean {
	return name.length <= DEVICE_NAME_LENGTH && /^[\p{L}\p{N} _.:/%()-]+$/u.test(name) && name !== '__proto__';
}

function isNested(value: unknown): value is object {
	return typeof value === 'object' && value !== null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return isNested(value) && !Array.isArray(value);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
