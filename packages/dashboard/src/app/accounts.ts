// Who may sign in, as the server says it to administrators. It comes with the settings.
import { signal } from '@preact/signals';
import { type HouseAccount, readAccounts } from '../core/accounts.ts';
import { type Answer, askServer } from '../io/server.ts';
import type { Role } from '../io/session.ts';

const PATH = '/api/accounts';

export const accounts = signal<readonly HouseAccount[] | undefined>(undefined);
/** Whether the broker is another program, which has to be given the accounts by hand. */
export const outsideBroker = signal(false);
export const status = signal<'loading' | 'there' | 'missing'>('loading');

/** Asks for the accounts. */
export async function loadAccounts(): Promise<void> {
	const answer = await askServer('GET', PATH);
	const said = answer.ok ? readAccounts(answer.body) : undefined;
	if (said === undefined) {
		status.value = 'missing';
		return;
	}
	accounts.value = said.accounts;
	outsideBroker.value = said.outsideBroker;
	status.value = 'there';
}

/** Makes a change, and asks anew; the code of a refusal, or undefined. */
async function change(method: string, path: string, body?: unknown): Promise<string | undefined> {
	const answer = await askServer(method, path, body);
	await loadAccounts();
	return answer.ok ? undefined : answer.code;
}

const pathOf = (name: string): string => `${PATH}/${encodeURIComponent(name)}`;

export const addPerson = (name: string, role: Role, password: string): Promise<string | undefined> =>
	change('POST', PATH, { kind: 'person', name, role, password });

export const setRole = (name: string, role: Role): Promise<string | undefined> =>
	change('PATCH', pathOf(name), { role });

export const setPassword = (name: string, password: string): Promise<string | undefined> =>
	change('PATCH', pathOf(name), { password });

export const removeAccount = (name: string): Promise<string | undefined> => change('DELETE', pathOf(name));

/** Adds a device or a program; its secret, told this once. */
export async function addMachine(
	kind: 'device' | 'service',
	name: string,
): Promise<{ readonly secret: string } | { readonly code: string }> {
	const answer: Answer = await askServer('POST', PATH, { kind, name });
	await loadAccounts();
	const secret = answer.ok ? (answer.body as { secret?: unknown }).secret : undefined;
	if (typeof secret === 'string') return { secret };
	return { code: answer.ok ? 'FAILED' : answer.code };
}

/** Gives oneself another password; the session ends with it. */
export async function setOwnPassword(current: string, password: string): Promise<string | undefined> {
	const answer = await askServer('PUT', '/api/session/password', { current, password });
	return answer.ok ? undefined : answer.code;
}
