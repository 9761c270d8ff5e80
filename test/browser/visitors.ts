// People at their browsers: Debian's Chromium without a window, one context each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
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
];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export function openBrowser(): Promise<Browser> {
	return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
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
	context.setDefaultTimeout(12_000);
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
	await page.goto(url);
	if (name !== undefined) await signIn(page, name);
	return { page, complaints };
}

/** Signs in as one of the house's people, in whichever language the page speaks. */
export async function signIn(page: Page, name: string, password = PASSWORD): Promise<void> {
	await page.getByRole('textbox', { name: /^(Name|Nom)$/ }).fill(name);
	await page.getByLabel(/^(Password|Mot de passe)$/).fill(password);
	await page.getByRole('button', { name: /Sign in|Se connecter/ }).click();
}

/** What axe finds wrong for people who use the page with other senses or other means; empty where nothing. */
export async function barriers(page: Page): Promise<string[]> {
	await page.evaluate(axe);
	const found = (await page.evaluate(
		"axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
	)) as { violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] };
	return found.violations.map(({ id, help, nodes }) => {
		const [first] = nodes;
		return `${id}: ${help} (${nodes.length}): ${first?.html} ${first?.failureSummary}`;
	});
}
