// Signing in and out at the web service of this origin. The session itself is a cookie that no script can read.
import type { Language } from '../i18n/index.ts';

/** What an account may do. */
export type Role = 'admin' | 'resident' | 'viewer';

/** Who is signed in, and to which house. */
export interface Account {
	readonly name: string;
	readonly role: Role;
	readonly site: string;
	/** The language that the house's configuration names. */
	readonly language?: Language;
}

/** How a sign-in ended; `wait` where too many were tried, with the seconds to wait where the server says them. */
export type SignIn =
	| { readonly outcome: 'done' }
	| { readonly outcome: 'wrong' }
	| { readonly outcome: 'wait'; readonly seconds: number | undefined }
	| { readonly outcome: 'unreachable' };

const PATH = '/api/session';

/** A server that takes longer than this is not there. Milliseconds. */
const ANSWER_WITHIN_MS = 6_000;

/** The account of the session; `none` without one, `unreachable` where the server does not answer. */
export async function currentAccount(): Promise<Account | 'none' | 'unreachable'> {
	try {
		const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
		const response = await fetch(PATH, { headers: { accept: 'application/json' }, cache: 'no-store', signal });
		if (response.status === 401) return 'none';
		if (!response.ok) return 'unreachable';
		return (await response.json()) as Account;
	} catch {
		return 'unreachable';
	}
}

export async function signIn(name: string, password: string): Promise<SignIn> {
	try {
		const response = await fetch(PATH, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ name, password }),
		});
		if (response.ok) return { outcome: 'done' };
		if (response.status === 429) return { outcome: 'wait', seconds: retryAfter(response) };
		return response.status >= 500 ? { outcome: 'unreachable' } : { outcome: 'wrong' };
	} catch {
		return { outcome: 'unreachable' };
	}
}

function retryAfter(response: Response): number | undefined {
	const seconds = Number(response.headers.get('retry-after'));
	return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/** Ends the session on the server; whether the server has confirmed it. */
export async function signOut(): Promise<boolean> {
	try {
		const response = await fetch(PATH, { method: 'DELETE' });
		return response.ok || response.status === 401;
	} catch {
		return false;
	}
}
