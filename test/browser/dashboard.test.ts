// The dashboard in a browser, against a running house: by role and label, waiting for what shows and for nothing else.
import { expect } from 'chai';
import mqtt from 'mqtt';
import type { Browser, Locator, Page } from 'playwright-core';
import { chromium, need } from '../support/parts.ts';
import { noProcessLeft } from '../support/processes.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Home, PASSWORD } from './home.ts';
import { barriers, openBrowser, signIn, type Visitor, visit } from './visitors.ts';

/** Waits until something is so: polls without a fixed wait in between, up to 15 s. */
async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + 15_000;
	while (!(await holds())) {
		if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

const loadShown = async (page: Page): Promise<number> =>
	Number(await page.getByRole('meter').getAttribute('aria-valuenow'));

const tab = (page: Page, name: RegExp): Locator => page.getByRole('navigation').getByRole('link', { name });
const radiator = (page: Page, name: string): Locator => page.getByRole('listitem').filter({ hasText: name });

async function openRadiators(page: Page): Promise<void> {
	await tab(page, /Radiat/).click();
	await page.getByRole('heading', { level: 1, name: /^Radiat/ }).waitFor();
}

async function order(page: Page, name: string, which: RegExp): Promise<void> {
	await page.getByRole('button', { name: new RegExp(name) }).click();
	await page.getByRole('dialog').getByRole('button', { name: which }).click();
}

describe('the dashboard in a browser', function () {
	this.timeout(60_000);
	const folder = temporaryDirectory('suite');
	noProcessLeft('suite');
	let home: Home;
	let browser: Browser;
	const visitors: Visitor[] = [];
	const visitAs = async (name?: string, options: Parameters<typeof visit>[2] = {}): Promise<Page> => {
		const visitor = await visit(browser, home.url, name === undefined ? options : { name, ...options });
		visitors.push(visitor);
		return visitor.page;
	};

	before(async function () {
		need(this, chromium);
		home = new Home(folder.path, '127.0.9.1');
		await home.start();
		browser = await openBrowser();
	});

	after(async () => {
		await browser?.close();
		await home?.stop();
	});

	afterEach(async () => {
		const complaints = visitors.flatMap((visitor) => visitor.complaints);
		await Promise.all(visitors.splice(0).map(({ page }) => page.context().close()));
		expect(complaints, 'complaints of the browser').to.deep.equal([]);
	});

	it('says when name and password do not go together, and lets in who knows them', async () => {
		const page = await visitAs();
		await signIn(page, 'camille', 'guess');
		await page.getByRole('alert').getByText('do not go together').waitFor();
		await signIn(page, 'camille');
		await page.getByText('Live', { exact: true }).first().waitFor();
		await page.getByRole('meter').waitFor();
	});

	it('shows the load move, and the session outlives a reload', async () => {
		const page = await visitAs('lou');
		await page.getByText('Live', { exact: true }).first().waitFor();
		const before = await loadShown(page);
		await home.house.tell({ do: 'start', appliance: 'oven', forS: 600 });
		await eventually('the oven shows', async () => (await loadShown(page)) > before + 1_000);
		await page.reload();
		await page.getByText('Live', { exact: true }).first().waitFor();
		await page.getByRole('heading', { level: 1, name: /wait|limit|full/ }).waitFor();
		await page
			.getByRole('region', { name: /Waiting/ })
			.getByRole('listitem')
			.first()
			.waitFor();
		await home.house.tell({ do: 'stop', appliance: 'oven' });
	});

	it('carries an order to the wire, pending until the radiator shows it, and back to the programme', async () => {
		const page = await visitAs('lou');
		await openRadiators(page);
		await order(page, 'Salon', /^Eco/);
		await radiator(page, 'Salon').getByText('Eco: confirmed').waitFor();
		await eventually('eco on the wire', async () => (await home.orderOn('salon')) === 'eco');
		await radiator(page, 'Salon').getByText('Your order, until it is changed').waitFor();
		await order(page, 'Salon', /^Auto/);
		await radiator(page, 'Salon').getByText('Auto: confirmed').waitFor();
	});

	it('gives an order until a time, and shows until when it holds', async () => {
		const page = await visitAs('lou');
		await openRadiators(page);
		await page.getByRole('button', { name: /Bureau/ }).click();
		await page.getByRole('radio', { name: '1 hour' }).check();
		await page
			.getByRole('dialog')
			.getByRole('button', { name: /^Frost protection/ })
			.click();
		await radiator(page, 'Bureau')
			.getByText(/until \d\d:\d\d/)
			.waitFor();
		await order(page, 'Bureau', /^Auto/);
		await radiator(page, 'Bureau').getByText('Auto: confirmed').waitFor();
	});

	it('gives one order to all, and two browsers see the same', async () => {
		const [one, other] = await Promise.all([visitAs('lou'), visitAs('camille')]);
		await openRadiators(other);
		await openRadiators(one);
		await order(one, 'All radiators', /^Off/);
		for (const name of ['Salon', 'Cuisine', 'Bureau']) {
			await radiator(other, name).getByText('Your order, until it is changed').waitFor();
			await eventually(`${name} off`, async () => (await home.orderOn(name.toLowerCase())) === 'off');
		}
		await order(one, 'All radiators', /^Auto/);
		for (const name of ['Salon', 'Cuisine', 'Bureau']) {
			await radiator(other, name).getByText('Your order').waitFor({ state: 'detached' });
		}
	});

	it('shows what another client of the bus has changed', async () => {
		const page = await visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Cuisine').waitFor();
		const client = await mqtt.connectAsync(home.broker, { username: 'camille', password: PASSWORD });
		await client.publishAsync('pilotwire/home/circuits/cuisine/set', 'frost_protection', { qos: 1 });
		await radiator(page, 'Cuisine').getByText('Frost protection').waitFor();
		await client.publishAsync('pilotwire/home/circuits/cuisine/set', 'auto', { qos: 1 });
		await client.endAsync();
	});

	it('offers a viewer no order', async () => {
		const page = await visitAs('sacha');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		await page.getByText('changing orders is for residents').waitFor();
		expect(await page.getByRole('main').getByRole('button').count()).to.equal(0);
	});

	it('ends the session on the server at sign-out', async () => {
		const page = await visitAs('lou');
		await page.getByText('Live', { exact: true }).first().waitFor();
		await page.getByRole('button', { name: 'Account and settings' }).click();
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('heading', { name: 'Welcome home' }).waitFor();
		const answer = await page.context().request.get(`${home.url}/api/session`);
		expect(answer.status()).to.equal(401);
		expect(await page.getByRole('meter').count()).to.equal(0);
	});

	it('asks to sign in again when the session has ended, and returns to the same place', async () => {
		const page = await visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		await home.endSessionsOf('lou');
		await page.getByText('Your session has ended').waitFor();
		await signIn(page, 'lou');
		await page.getByRole('heading', { level: 1, name: 'Radiators' }).waitFor();
	});

	it('says that the connection is gone, offers no order, and comes back by itself to the same place', async () => {
		const page = await visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		process.kill(home.house.pidOf('broker'), 'SIGKILL');
		await page.getByText(/No connection to the house since \d\d:\d\d/).waitFor();
		await page.getByText(/No connection to the house/).waitFor({ state: 'detached', timeout: 20_000 });
		await page.getByRole('heading', { level: 1, name: 'Radiators' }).waitFor();
		await order(page, 'Salon', /^Eco/);
		await radiator(page, 'Salon').getByText('Eco: confirmed').waitFor();
		await order(page, 'Salon', /^Auto/);
		await tab(page, /Now/).click();
		await page.getByText('Live', { exact: true }).first().waitFor();
	});

	it('never shows as live what the meter no longer says', async () => {
		const page = await visitAs('lou');
		await page.getByText('Live', { exact: true }).first().waitFor();
		await home.house.tell({ do: 'silence', on: true });
		try {
			// A load counts for ten seconds.
			await page.getByText(/The meter has been silent since \d\d:\d\d/).waitFor({ timeout: 25_000 });
			await page.getByRole('heading', { level: 1, name: 'No live figures' }).waitFor();
		} finally {
			await home.house.tell({ do: 'silence', on: false });
		}
		await page.getByText(/The meter has been silent/).waitFor({ state: 'detached' });
	});

	for (const colorScheme of ['light', 'dark'] as const) {
		it(`says in words, by sign and by shape that the limit is passed, and by how much: ${colorScheme}`, async () => {
			const page = await visitAs('lou', { colorScheme });
			await page.getByText('Live', { exact: true }).first().waitFor();
			// So little over that no breaker opens, and more than all radiators: nothing that can be shed helps.
			await home.house.tell({ do: 'load', phase: 1, powerW: 6_900 });
			try {
				const headline = page.getByRole('heading', { level: 1, name: 'Over the limit' });
				await headline.waitFor();
				const gauge = page.getByRole('region', { name: 'Load by phase' }).getByRole('listitem');
				await gauge.getByText('Over', { exact: true }).waitFor();
				await gauge.getByText('too much').waitFor();
				expect(await gauge.locator('.badge svg').count()).to.equal(1);
				expect(await page.getByRole('meter').getAttribute('aria-valuetext')).to.match(/of 6\.0 kVA, .* too much$/);
				const lit = "getComputedStyle(document.querySelector('.column-lit')).backgroundImage";
				expect(await page.evaluate(lit)).to.contain('repeating-linear-gradient');
				expect(await barriers(page)).to.deep.equal([]);
			} finally {
				await home.house.tell({ do: 'load', phase: 1, powerW: 0 });
			}
			await page.getByRole('heading', { level: 1, name: 'Over the limit' }).waitFor({ state: 'detached' });
		});
	}

	it('says in the language of the screen what is wrong with a board', async () => {
		const page = await visitAs('lou', { locale: 'fr-FR' });
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		await home.house.tell({ do: 'board', address: 0x20, condition: 'mute' });
		try {
			await radiator(page, 'Salon').getByText('Vérifiez l’alimentation').waitFor();
			expect(await barriers(page)).to.deep.equal([]);
		} finally {
			await home.house.tell({ do: 'board', address: 0x20, condition: 'working' });
		}
		await radiator(page, 'Salon').getByText('Vérifiez l’alimentation').waitFor({ state: 'detached', timeout: 30_000 });
	});

	it('works by keyboard alone', async () => {
		const page = await visitAs('lou');
		await page.getByText('Live', { exact: true }).first().waitFor();
		await page.keyboard.press('Tab');
		expect(await page.evaluate('document.activeElement.textContent')).to.equal('Skip to content');
		await tab(page, /Radiators/).focus();
		await page.keyboard.press('Enter');
		const button = page.getByRole('button', { name: /Salon/ });
		await button.focus();
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		expect(await page.evaluate('document.activeElement.textContent')).to.include('Salon');
	});

	for (const [locale, scheme, width, height] of [
		['en-GB', 'light', 390, 844],
		['fr-FR', 'dark', 390, 844],
		['fr-FR', 'light', 1440, 900],
		['en-GB', 'dark', 1440, 900],
	] as const) {
		it(`raises no barrier: ${locale}, ${scheme}, ${width} x ${height}`, async () => {
			const page = await visitAs(undefined, { locale, colorScheme: scheme, viewport: { width, height } });
			await page.getByRole('heading', { level: 1, name: /Welcome|Bienvenue/ }).waitFor();
			const found = { signIn: await barriers(page) } as Record<string, string[]>;
			await signIn(page, 'lou');
			await page
				.getByText(/^(Live|En direct)$/)
				.first()
				.waitFor();
			await page.getByRole('img').waitFor();
			found['now'] = await barriers(page);
			await openRadiators(page);
			await radiator(page, 'Salon').waitFor();
			found['radiators'] = await barriers(page);
			await page.getByRole('button', { name: /Salon/ }).click();
			await page.getByRole('dialog').waitFor();
			found['order'] = await barriers(page);
			expect(found).to.deep.equal({ signIn: [], now: [], radiators: [], order: [] });
			const wide = (await page.evaluate('document.documentElement.scrollWidth')) as number;
			expect(wide).to.be.at.most(width);
		});
	}

	it('keeps everything within the page at twice the text size', async () => {
		const page = await visitAs('lou', { reducedMotion: 'reduce' });
		await page.getByText('Live', { exact: true }).first().waitFor();
		await page.evaluate("document.documentElement.style.fontSize = '200%'");
		for (const screen of [/Now/, /Radiators/]) {
			await tab(page, screen).click();
			await page.getByRole('heading', { level: 1 }).waitFor();
			expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(390);
		}
	});
});
