import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { silentLog, systemClock } from '@pilotwire/runtime';

const PASSWORD = 'correct horse battery staple';
const ASK_EVERY_MS = 5;
const WITHIN_MS = 60_000;

/** Makes accounts in a house that doesn't run yet; gives their names. */
export async function addPeople(dataDir: string, count: number): Promise<string[]> {
	const accounts = await Accounts.open({ path: join(dataDir, 'accounts.db'), log: silentLog, clock: systemClock });
	try {
		const names = Array.from({ length: count }, (_, index) => `person-${index + 1}`);
		for (const name of names) await accounts.addPerson(name, 'resident', PASSWORD);
		return names;
	} finally {
		await accounts.close();
	}
}

/** Signs a person in as a browser does. Rejects where they are not signed in. */
export async function signIn(url: string, name: string): Promise<void> {
	const { status, text } = await ask(url, { name, password: PASSWORD });
	if (status !== 204) throw new Error(`${name} was not signed in: ${status} ${text}`);
}

/** The same without a password, which is refused before anything is looked up. */
export async function knock(url: string, name: string): Promise<void> {
	const { status, text } = await ask(url, { name });
	if (status !== 400) throw new Error(`${name} without a password was not refused: ${status} ${text}`);
}

async function ask(url: string, body: object): Promise<{ status: number; text: string }> {
	const response = await fetch(`${url}/api/session`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', origin: url },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(WITHIN_MS),
	});
	return { status: response.status, text: await response.text() };
}

/** Asks for `/healthz` again and again while `work` runs; gives what it gave, and how long each answer took, ms. */
export async function askingMeanwhile(url: string, work: () => Promise<void>): Promise<number[]> {
	const tookMs: number[] = [];
	let over = false;
	const ask = async (): Promise<void> => {
		while (!over) {
			const from = performance.now();
			const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(WITHIN_MS) });
			await response.arrayBuffer();
			tookMs.push(performance.now() - from);
			await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
		}
	};
	const asking = ask();
	try {
		await work();
	} finally {
		over = true;
		await asking;
	}
	return tookMs;
}
