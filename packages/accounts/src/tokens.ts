import { createHmac, timingSafeEqual } from 'node:crypto';

/** Every token begins so; no password that this program makes does. */
const prefix = 'pwt1.';
/** How long a token opens the bus: it is used right after it was asked for. Milliseconds. */
export const tokenLifeMs = 5 * 60_000;
/** A token from further in the future was made before the clock was set back. Milliseconds. */
const clockStepMs = 60_000;

/** What a token says. */
export interface TokenClaims {
	/** The account's name. */
	readonly name: string;
	/** The account's stamp when the token was made: another password or role makes another stamp. */
	readonly stamp: string;
	/** Wall clock, ms. */
	readonly issuedMs: number;
}

/** Whether a secret has the form of a token. */
export function isToken(secret: string): boolean {
	return secret.startsWith(prefix);
}

/** A text that proves its claims to who has the key. */
export function signToken(claims: TokenClaims, key: Uint8Array): string {
	const body = Buffer.from(JSON.stringify([claims.name, claims.stamp, claims.issuedMs])).toString('base64url');
	return `${prefix}${body}.${macOf(body, key)}`;
}

/** The claims of a token made with this key within its life, or undefined. */
export function readToken(token: string, key: Uint8Array, wallMs: number): TokenClaims | undefined {
	if (!isToken(token) || token.length > 512) return undefined;
	const [body = '', mac = '', ...more] = token.slice(prefix.length).split('.');
	// Compared as text: there is one way to write a token.
	const given = Buffer.from(mac);
	const right = Buffer.from(macOf(body, key));
	if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
	const [name, stamp, issuedMs] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [string, string, number];
	const ageMs = wallMs - issuedMs;
	return ageMs < -clockStepMs || ageMs > tokenLifeMs ? undefined : { name, stamp, issuedMs };
}

function macOf(body: string, key: Uint8Array): string {
	return createHmac('sha256', key).update(body).digest('base64url');
}
