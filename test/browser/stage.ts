// One house and one browser for all tests of the dashboard, and what people do on its screens: by role and label.
import { setTimeout as passes } from 'node:timers/promises';
import { expect } from 'chai';
import type { Browser, Locator, Page } from 'playwright-core';
import { chromium, need } from '../support/parts.ts';
import { noProcessLeft } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Home, type More } from './home.ts';
import { barriers, openBrowser, type Visitor, visit } from './visitors.ts';

type VisitOptions = Parameters<typeof visit>[2];

/** Where the tests play. */
export interface Stage {
	readonly home: Home;
	/** Opens the page; with a name, signs in. Its context is closed after the test, and the browser's complaints fail it. */
	readonly visitAs: (name?: string, options?: VisitOptions) => Promise<Page>;
}

/** Sets the stage for the suite in whose body this is called. */
export function setStage(host = '127.0.9.1', more: More = {}): Stage {
	const folder = temporaryDirectory('suite');
	noProcessLeft('suite');
	let home: Home | undefined;
	let browser: Browser | undefined;
	const visitors: Visitor[] = [];

	before(async function () {
		need(this, chromium);
		home = new Home(folder.path, host, more);
		await home.start();
		browser = await openBrowser();
	});

	after(async () => {
		await browser?.close();
		await home?.stop();
	});

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') console.error(home?.said());
		const complaints = visitors.flatMap((visitor) => visitor.complaints);
		await Promise.all(visitors.splice(0).map(({ page }) => page.context().close()));
		expect(complaints, 'complaints of the browser').to.deep.equal([]);
	});

	const there = (): { home: Home; browser: Browser } => {
		if (home === undefined || browser === undefined) throw new Error('the house stands only while its tests run');
		return { home, browser };
	};
	return {
		get home() {
			return there().home;
		},
		visitAs: async (name, options = {}) => {
			const { home: open, browser: chrome } = there();
			const visitor = await visit(chrome, open.url, name === undefined ? options : { name, ...options });
			visitors.push(visitor);
			return visitor.page;
		},
	};
}

/** Between two looks at a page or at the house. Without it the looks alone keep both as busy as they can be. Milliseconds. */
const LOOK_AGAIN_MS = 30;

/** Until something is so, up to 90 s: the supervisor may have to start a service anew. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + 90_000;
	while (!(await holds())) {
		if (Date.now() > deadline) throw new Error(`not within 90 s: ${what}`);
		await passes(LOOK_AGAIN_MS);
	}
}

/** The way to a screen, in the bar, in the rail, or behind "more". */
export async function open(page: Page, name: RegExp): Promise<void> {
	const link = page.getByRole('navigation').getByRole('link', { name });
	const more = page.getByRole('navigation').getByRole('button', { name: /^(More|Plus)$/ });
	await page.getByRole('navigation').waitFor();
	if (await link.first().isVisible()) await link.first().click();
	else {
		await more.click();
		await page.getByRole('dialog').getByRole('link', { name }).click();
	}
}

/** Signed in and connected: the first live figures are there. */
export const live = (page: Page): Promise<void> =>
	page
		.getByText(/^(Live|En direct)$/)
		.first()
		.waitFor();

export const radiator = (page: Page, name: string): Locator => page.getByRole('listitem').filter({ hasText: name });

export async function openRadiators(page: Page): Promise<void> {
	await open(page, /^Radiat/);
	await page.getByRole('heading', { level: 1, name: /^Radiat/ }).waitFor();
}

/** Gives an order through the quick menu. */
export async function order(page: Page, name: string, which: RegExp): Promise<void> {
	await page
		.getByRole('main')
		.getByRole('button', { name: new RegExp(name) })
		.click();
	await page.getByRole('dialog').getByRole('button', { name: which }).click();
}

/** Charts take some frames to follow another width. Milliseconds. */
const SETTLES_MS = 5_000;

/**
 * Whether nothing lies beside the page: people scroll in one direction only. It looks at each frame from within, since
 * playwright's own way to wait for it evaluates text in the page, which the page's policy refuses.
 */
export function fits(page: Page, width: number): Promise<boolean> {
	return page.evaluate(`new Promise((settle) => {
		const untilMs = performance.now() + ${SETTLES_MS};
		const look = () => {
			const holds = document.documentElement.scrollWidth <= ${width};
			if (holds || performance.now() > untilMs) settle(holds);
			else requestAnimationFrame(look);
		};
		look();
	})`);
}

const PHONE = { width: 390, height: 844 };
/** How people look at a screen: on a phone and at a desk, by day and by night. */
const ways = (['light', 'dark'] as const).flatMap((colorScheme) =>
	[PHONE, { width: 1440, height: 900 }].map((viewport) => ({ colorScheme, viewport })),
);
/** The narrowest phone that is still sold. */
const NARROW = { width: 360, height: 740 };

/** What reaches farthest to the right. */
const widest = `[...document.querySelectorAll('main *, dialog *')]
	.filter((one) => one.closest('.table-scroll, .typed') === null)
	.sort((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right)
	.slice(0, 3).map((one) => one.outerHTML.slice(0, 100)).join(' | ')`;

/** Texts that their place cuts off; what ends in an ellipsis says so by itself. */
const cutTexts = `[...document.querySelectorAll('main *, nav *, dialog *')].filter((one) => {
	const { overflowX, textOverflow } = getComputedStyle(one);
	const says = [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim() !== '');
	if (!says || !/hidden|clip/.test(overflowX) || textOverflow === 'ellipsis' || one.clientWidth <= 1) return false;
	return one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
}).map(({ textContent }) => textContent)`;

/** What is wrong with a screen in one of these ways: what axe finds, what is wider than the page, what is cut off. */
export async function faultsOf(page: Page, what: string): Promise<string[]> {
	const faults: string[] = [];
	const tooWide = async (width: number, how = ''): Promise<void> => {
		if (!(await fits(page, width)))
			faults.push(`${what}, ${width} px${how}: wider than the page: ${await page.evaluate(widest)}`);
		const cut = (await page.evaluate(cutTexts)) as string[];
		faults.push(...cut.map((text) => `${what}, ${width} px${how}: cut off: ${text}`));
	};
	for (const { colorScheme, viewport } of ways) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize(viewport);
		// By night the page has other colours, and nothing else.
		const found = await barriers(page, colorScheme === 'dark' ? 'colours' : 'all');
		faults.push(...found.map((barrier) => `${what}, ${colorScheme}, ${viewport.width} px: ${barrier}`));
		await tooWide(viewport.width);
	}
	await page.setViewportSize(NARROW);
	await tooWide(NARROW.width);
	await page.setViewportSize(PHONE);
	await page.evaluate("document.documentElement.style.fontSize = '200%'");
	await tooWide(PHONE.width, ', twice the text size');
	await page.evaluate("document.documentElement.style.fontSize = ''");
	return faults;
}
