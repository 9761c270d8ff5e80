// npm run screenshots: the simulated house's screens, each size, theme and language, into screenshots/ (kept out of git);
// with --readme the README's own into docs/images. Then the same where things go wrong: a phase over its limit, a board that
// doesn't answer. --after=SECONDS looks at the house for another time first; --only=NAME,... takes these screens alone.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Browser, Locator, Page } from 'playwright-core';
import { startProgram } from '../support/processes.ts';
import { createTemporaryDirectory } from '../support/temporary.ts';
import {
	advice,
	beerC,
	beside,
	bringTrouble,
	cellar,
	HOST,
	OUTSIDE_C,
	OUTSIDE_TOPIC,
	PROBE_TOPIC,
	playDevices,
	prices,
	tempo,
} from './shown-house.ts';
import { live, open, openRadiators } from './stage.ts';
import { openBrowser, signIn, visit } from './visitors.ts';

const URL_OF_PAGE = `http://${HOST}:8080`;
/** The first evening peak of the simulated house has passed by then, so that there is something to see. Seconds. */
const SEEN_FOR_S = 300;

/** The pictures that the README shows. */
const inReadme: ReadonlySet<string> = new Set([
	...['now-phone', 'radiators-phone', 'programmes-phone', 'history-phone'],
	'now-desk',
]);

const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;
const languages = { en: 'en-GB', fr: 'fr-FR' } as const;
type Variant = { size: keyof typeof sizes; theme: 'light' | 'dark'; language: keyof typeof languages };

async function shoot(
	browser: Browser,
	password: string,
	variant: Variant,
	fileOf: (screen: string) => string,
	troubled = false,
): Promise<void> {
	const { page } = await visit(browser, URL_OF_PAGE, {
		viewport: sizes[variant.size],
		colorScheme: variant.theme,
		locale: languages[variant.language],
		deviceScaleFactor: variant.size === 'phone' ? 2 : 1,
	});
	// The invitation to the first steps would lie over every screen.
	await page.evaluate(`localStorage.setItem('pilotwire.preferences', '{"guide":"seen"}')`);
	await page.reload();
	await page.getByRole('textbox').first().waitFor();
	if (!forReadme && !troubled) await page.screenshot({ path: fileOf('sign-in') });
	await signIn(page, 'home', password);
	await live(page);
	for (const [name, way, ready] of screens) {
		if (only?.includes(name) === false || (troubled && !inTrouble.has(name))) continue;
		if (forReadme && !inReadme.has(`${name}-${variant.size}`)) continue;
		await open(page, way);
		await ready(page);
		const isSheet = await page.getByRole('dialog').isVisible();
		if (forReadme || isSheet) await page.screenshot({ path: fileOf(name) });
		else await shootWhole(page, fileOf(name));
		if (isSheet) await page.keyboard.press('Escape');
	}
	await openRadiators(page);
	await page
		.getByRole('main')
		.getByRole('button', { name: /^Cuisine/ })
		.click();
	await page.getByRole('dialog').waitFor();
	if (!forReadme) await page.screenshot({ path: fileOf('order') });
	await page.context().close();
}

/** The whole page, with the bar of a phone below it: it would lie over what is in the middle otherwise. */
async function shootWhole(page: Page, path: string): Promise<void> {
	const bar = (position: string) => `{
		const bar = document.querySelector('.tabs');
		document.querySelector('.frame').style.position = 'relative';
		if (getComputedStyle(bar).position !== 'sticky') bar.style.position = '${position}';
	}`;
	await page.evaluate(bar('absolute'));
	await page.screenshot({ path, fullPage: true });
	await page.evaluate(bar(''));
}

/** A sheet, by the button that opens it. */
const sheet = (button: RegExp) => async (page: Page) => {
	await page.getByRole('main').getByRole('button', { name: button }).first().click();
	await page.getByRole('dialog').waitFor();
};

/** A part of the settings, by its address, and what shows that it is there. */
const settings = (part: string, ready: (page: Page) => Locator) => async (page: Page) => {
	await page.evaluate(`location.hash = '#/settings/${part}'`);
	await ready(page).first().waitFor();
};

/** Each screen, the way to it, and what shows that it is complete. */
const screens: readonly (readonly [name: string, way: RegExp, ready: (page: Page) => Promise<unknown>])[] = [
	['now', /^(Now|Maintenant)/, (page) => page.locator('canvas').first().waitFor()],
	['radiators', /^Radiat/, (page) => page.getByRole('button', { name: /^Cuisine/ }).waitFor()],
	['radiators-rooms', /^Radiat/, (page) => page.getByRole('radio', { name: /^(By room|Par pièce)$/ }).check()],
	['programmes', /^Programmes/, (page) => page.getByRole('heading', { name: 'Absence' }).waitFor()],
	['programmes-stretch', /^Programmes/, sheet(/^(Monday|lundi)/i)],
	['programmes-new', /^Programmes/, sheet(/^(New programme|Nouveau programme)$/)],
	['programmes-absence', /^Programmes/, sheet(/^(We are going away|Nous partons)/)],
	[
		'history',
		/^(History|Historique)/,
		async (page) => {
			await page.getByRole('radio', { name: /^(Hour|Heure)$/ }).check();
			await page.getByRole('radio', { name: /^(Current|Intensité)$/ }).check();
			// A house that is as young as this one has nothing to show of an hour.
			if (forReadme) {
				for (const button of ['Closer', 'Closer', 'To now']) await page.getByRole('button', { name: button }).click();
			}
			await page.getByText(/^(As a table|En tableau)$/).waitFor();
		},
	],
	[
		'costs',
		/^(Costs|Coûts)/,
		async (page) => {
			await page.getByRole('radio', { name: /^(Day|Jour)$/ }).check();
			await page.getByRole('img').waitFor();
		},
	],
	['costs-prices', /^(Costs|Coûts)/, sheet(/^(Add prices|Ajouter des prix)$/)],
	['probes', /^(Probes|Sondes)/, (page) => page.getByText(/^(As a table|En tableau)$/).waitFor()],
	['health', /^(Health|État)/, (page) => page.getByText(/SQLite/).waitFor()],
	[
		'health-story',
		/^(Health|État)/,
		async (page) => {
			await page.getByRole('button', { name: /^(What happened|Que s’est-il passé)/ }).click();
			await page.getByRole('region', { name: /^(To do|À faire)$/ }).waitFor();
		},
	],
	[
		'machines',
		/^(This machine|Cette machine)/,
		async (page) => {
			await page.getByRole('button', { name: /^(Watch|Observer)$/ }).click();
			await page.getByRole('slider').waitFor();
		},
	],
	['devices', /^(Devices|Appareils)/, (page) => page.getByRole('region', { name: 'cuve' }).waitFor()],
	['remote', /^(Remote|À distance)/, (page) => page.getByRole('button', { name: /^terrasse/ }).waitFor()],
	...(
		[
			['guide', (page) => page.getByRole('progressbar')],
			['house', (page) => page.getByRole('heading', { name: /^(Boards|Cartes)/ })],
			['commissioning', (page) => page.getByRole('button', { name: /^(Begin the run|Commencer l’essai)$/ })],
			['accounts', (page) => page.getByRole('listitem').filter({ hasText: 'portail' })],
		] as readonly [string, (page: Page) => Locator][]
	).map(([part, ready]) => [`settings-${part}`, /^(Settings|Réglages)/, settings(part, ready)] as const),
	[
		'settings',
		/^(Settings|Réglages)/,
		(page) => page.getByRole('button', { name: /Sign out|Se déconnecter/ }).waitFor(),
	],
];

/** The screens that show it when something goes wrong. */
const inTrouble: ReadonlySet<string> = new Set(['now', 'radiators', 'health']);

const root = new URL('../../', import.meta.url).pathname;
const forReadme = process.argv.includes('--readme');
const after = process.argv.find((argument) => argument.startsWith('--after='));
const seenForS = after === undefined ? SEEN_FOR_S : Number(after.slice('--after='.length));
const only = process.argv
	.find((argument) => argument.startsWith('--only='))
	?.slice('--only='.length)
	.split(',');
const variants: Variant[] = forReadme
	? [
			{ size: 'phone', theme: 'light', language: 'en' },
			{ size: 'desk', theme: 'dark', language: 'en' },
		]
	: (['phone', 'desk'] as const).flatMap((size) =>
			(['light', 'dark'] as const).flatMap((theme) =>
				(['en', 'fr'] as const).map((language) => ({ size, theme, language })),
			),
		);
const folder = createTemporaryDirectory();
const disk = join(folder.path, 'photos');
mkdirSync(join(disk, '2026'), { recursive: true });
writeFileSync(join(disk, 'terrasse.jpg'), '');
const at = ['--set', `dataDir=${folder.path}`];
const house = startProgram(process.execPath, [
	...['packages/cli/bin/pilotwire.js', 'up', '--no-show', ...at],
	...['--set', `broker.host=${HOST}`, '--set', `web.host=${HOST}`],
	...Object.entries({ ...cellar, ...beside(disk) }).flatMap(([name, value]) => [
		'--set',
		`${name}=${JSON.stringify(value)}`,
	]),
]);
try {
	await house.line('the load-shedder decides', { withinMs: 60_000 });
	const [, password = ''] =
		/password: (\S+)/.exec(readFileSync(join(folder.path, 'secrets', 'first-account'), 'utf8')) ?? [];
	const bus = await mqtt.connectAsync(`mqtt://${HOST}:1883`, { username: 'home', password });
	await bus.publishAsync('pilotwire/home/tariff/prices/set', JSON.stringify(prices), { qos: 1 });
	await bus.publishAsync('pilotwire/home/advice/state', JSON.stringify(advice), { qos: 1, retain: true });
	const endDevices = await playDevices(at);
	console.log(`looking at the house for ${seenForS} s first`);
	for (let second = 0; second < seenForS; second += 1) {
		await bus.publishAsync(PROBE_TOPIC, beerC(second), { qos: 1 });
		await bus.publishAsync(OUTSIDE_TOPIC, String(OUTSIDE_C), { qos: 1 });
		await new Promise((resolve) => setTimeout(resolve, 1_000));
	}
	// The README shows the house as it is.
	if (!forReadme)
		await bus.publishAsync('pilotwire/home/tariff/state', JSON.stringify(tempo()), { qos: 1, retain: true });
	await bus.endAsync();
	const browser = await openBrowser();
	for (const variant of variants) {
		const { size, theme, language } = variant;
		await shoot(browser, password, variant, (screen) =>
			forReadme
				? join(root, 'docs', 'images', `${screen}-${size}.png`)
				: join(root, 'screenshots', `${screen}-${size}-${theme}-${language}.png`),
		);
	}
	if (!forReadme) {
		await bringTrouble(folder.path);
		for (const variant of variants) {
			const { size, theme, language } = variant;
			const fileOf = (screen: string) =>
				join(root, 'screenshots', `trouble-${screen}-${size}-${theme}-${language}.png`);
			await shoot(browser, password, variant, fileOf, true);
		}
	}
	await browser.close();
	endDevices();
} finally {
	await house.kill('SIGTERM');
	folder.remove();
}
process.exit(0);
