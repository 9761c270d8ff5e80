// People at their browsers: Debian's Chromium without a window, one context each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
	type Cookie,
	chromium,
	type LaunchOptions,
	type Page,
} from 'playwright-core';
import { PASSWORD } from './home.ts';

const FLAGS = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	// A microphone that beeps, for whoever is allowed it.
	'--use-fake-device-for-media-stream',
];
/** A page may take so long: a machine may be three times slower than this one, and its disk held up by the other lanes. */
const WAIT_MS = 60_000;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** `args`: more flags; `env`: its environment in the place of this process's. */
export function openBrowser({ args = [], env }: Pick<LaunchOptions, 'args' | 'env'> = {}): Promise<Browser> {
	const own = env === undefined ? {} : { env };
	return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, ...args], ...own });
}

/** A page, and what went wrong on it. */
export interface Visitor {
	readonly page: Page;
	/** Complaints of the browser, errors of scripts, and requests that left the origin. */
	readonly complaints: string[];
}

/** A person opens the address; with a name, signs in. */
export async function visit(
	browser: Browser,
	url: string,
	{ name, ...options }: BrowserContextOptions & { readonly name?: string } = {},
): Promise<Visitor> {
	const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 390, height: 844 }, ...options });
	context.setDefaultTimeout(WAIT_MS);
	if (name !== undefined) await enter(context, url, name);
	const page = await context.newPage();
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(error.message));
	page.on('console', (message) => {
		// The browser itself complains of each answer 401 and of each WebSocket that could not be opened.
		const expected = /401|WebSocket connection|ERR_CONNECTION|ERR_INTERNET/.test(message.text());
		if (message.type() === 'error' && !expected) complaints.push(message.text());
	});
	page.on('request', (request) => {
		if (new URL(request.url()).host !== new URL(url).host) complaints.push(`request to ${request.url()}`);
	});
	page.on('websocket', (socket) => {
		if (new URL(socket.url()).hostname !== new URL(url).hostname) complaints.push(`connection to ${socket.url()}`);
	});
	await page.goto(url);
	return { page, complaints };
}

/** The sessions that were opened for visitors, by address and name: checking a password takes long on purpose. */
const sessions = new Map<string, Cookie[]>();

/** Signs a context in beside the page: with the session of an earlier visitor of that name while it lasts. */
async function enter(context: BrowserContext, url: string, name: string): Promise<void> {
	const key = `${url} ${name}`;
	const kept = sessions.get(key);
	const session = `${url}/api/session`;
	if (kept !== undefined) {
		await context.addCookies(kept);
		if ((await context.request.get(session)).ok()) return;
		await context.clearCookies();
	}
	const answer = await context.request.post(session, { data: { name, password: PASSWORD }, headers: { origin: url } });
	if (!answer.ok()) throw new Error(`${name} was not let in: ${answer.status()} ${await answer.text()}`);
	sessions.set(key, await context.cookies());
}

/** Signs in as one of the house's people, in whichever language the page speaks. */
export async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
	await page.getByRole('textbox', { name: /^(Name|Nom)$/ }).fill(name);
	await page.getByLabel(/^(Password|Mot de passe)$/).fill(password);
	await page.getByRole('button', { name: /Sign in|Se connecter/ }).click();
}

/** Which of axe's rules: all that a page is held to, or those of them that another colour may break. */
const rules = {
	all: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
	colours: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const;

/** What axe finds wrong for people who use the page with other senses or other means; empty where nothing. */
export async function barriers(page: Page, which: keyof typeof rules = 'all'): Promise<string[]> {
	if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
	// Of what is well nothing is told, nor where on the page it is.
	const options = { runOnly: rules[which], resultTypes: ['violations'], selectors: false };
	const found = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as {
		violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
	};
	return found.violations.map(({ id, help, nodes }) => {
		const [first] = nodes;
		return `${id}: ${help} (${nodes.length}): ${first?.html} ${first?.failureSummary}`;
	});
}
