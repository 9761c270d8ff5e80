// Every screen in both languages, both themes, on a phone and on a desk; and what people do on those that steer nothing.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { eventually, faultsOf, live, open, radiator, type Stage } from './stage.ts';
import { barriers } from './visitors.ts';

/** The screens' names in both languages, what shows that they have their figures, and the buttons that open their sheets. */
const all: readonly (readonly [name: RegExp, there: (page: Page) => Promise<void>, ...sheets: RegExp[]])[] = [
	[/^(Now|Maintenant)/, live],
	[/^(Radiators|Radiateurs)/, (page) => radiator(page, 'Salon').last().waitFor(), /Salon/],
	[
		/^Programmes/,
		(page) => page.getByRole('heading', { name: 'Absence' }).waitFor(),
		/We are going away|Nous partons/,
		/New programme|Nouveau programme/,
	],
	[/^(History|Historique)/, (page) => page.getByText(/^(As a table|En tableau)$/).waitFor()],
	[
		/^(Costs|Coûts)/,
		(page) => page.getByRole('heading', { name: /^(Prices|Prix)$/ }).waitFor(),
		/Add prices|Ajouter des prix/,
	],
	[/^(Health|État)/, (page) => page.getByText(/(History in|Historique dans) SQLite/).waitFor()],
	[/^(Settings|Réglages)/, (page) => page.getByRole('button', { name: /Sign out|Se déconnecter/ }).waitFor()],
];

export function screens(stage: Stage): void {
	for (const locale of ['en-GB', 'fr-FR']) {
		it(`raises no barrier, and keeps within the page, by day and night, on phone and desk: ${locale}`, async () => {
			const stranger = await stage.visitAs(undefined, { locale });
			await stranger.getByRole('heading', { level: 1, name: /Welcome|Bienvenue/ }).waitFor();
			const found = await faultsOf(stranger, 'sign-in');
			const page = await stage.visitAs('lou', { locale });
			await live(page);
			const look = async (what: string): Promise<void> => void found.push(...(await faultsOf(page, what)));
			const sheet = async (button: RegExp): Promise<void> => {
				await page.getByRole('main').getByRole('button', { name: button }).first().click();
				await page.getByRole('dialog').waitFor();
				await look(String(button));
				await page.keyboard.press('Escape');
				await page.getByRole('dialog').waitFor({ state: 'detached' });
			};
			for (const [name, there, ...sheets] of all) {
				await open(page, name);
				await there(page);
				await look(String(name));
				for (const button of sheets) await sheet(button);
			}
			expect(found).to.deep.equal([]);
		});
	}

	it('moves nothing by itself for people who want no motion', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		const moving = (): Promise<number> => page.evaluate('document.getAnimations().length');
		await eventually('the sign of what is live beats', async () => (await moving()) > 0);
		await page.emulateMedia({ reducedMotion: 'reduce' });
		// What was under way as people said so may still be there for a frame.
		const stands = (where: string): Promise<void> =>
			eventually(`${where} stands still`, async () => (await moving()) === 0);
		for (const [name, there, sheet] of all) {
			await open(page, name);
			await there(page);
			await stands(String(name));
			if (sheet === undefined) continue;
			await page.getByRole('main').getByRole('button', { name: sheet }).first().click();
			await page.getByRole('dialog').waitFor();
			await stands(String(sheet));
			await page.keyboard.press('Escape');
			await page.getByRole('dialog').waitFor({ state: 'detached' });
		}
	});

	it('shows the history of what people choose, moved by key and by button, and compared', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^History/);
		await page.getByRole('radio', { name: 'Hour', exact: true }).check();
		await page.getByText('As a table').click();
		const cell = page.getByRole('cell', { name: /^\d/ }).first();
		await cell.waitFor();
		const range = page.getByRole('region', { name: /–/ }).getByRole('heading', { level: 2 });
		const shown = await range.textContent();
		const chart = page.getByRole('figure');
		await chart.focus();
		await page.keyboard.press('ArrowLeft');
		await eventually('the chart moved', async () => (await range.textContent()) !== shown);
		await page.keyboard.press('Home');
		for (const subject of ['Current', 'Temperatures', 'Shed time', 'Power']) {
			await page.getByRole('radio', { name: subject }).check();
			await page.getByRole('figure', { name: subject }).waitFor();
		}
		await page.getByRole('checkbox', { name: 'Compare with the day before' }).check();
		await cell.waitFor();
		// The oven of an earlier test made radiators wait.
		const journal = page.getByRole('region', { name: /^What load shedding did/ });
		await journal.getByRole('listitem').first().waitFor();
		expect(await page.getByRole('link', { name: 'Save as CSV' }).getAttribute('href')).to.contain(
			'load.apparentPowerVA',
		);
	});

	it('leaves the page its scroll under a finger on the chart, and moves the chart sideways', async () => {
		const page = await stage.visitAs('lou', { hasTouch: true });
		await open(page, /^History/);
		await page.getByText('As a table').waitFor();
		const over = page.locator('.plot .u-over');
		expect(await page.evaluate("getComputedStyle(document.querySelector('.plot .u-over')).touchAction")).to.equal(
			'pan-y',
		);
		const range = page.getByRole('region', { name: /–/ }).getByRole('heading', { level: 2 });
		const shown = await range.textContent();
		const box = await over.boundingBox();
		if (box === null) throw new Error('the chart has no place');
		const y = box.y + box.height / 2;
		await page.mouse.move(box.x + 40, y);
		await page.mouse.down();
		await page.mouse.move(box.x + box.width - 20, y, { steps: 4 });
		await page.mouse.up();
		await eventually('the chart moved', async () => (await range.textContent()) !== shown);
	});

	it('says what is wrong and what to do', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Health/);
		await page.getByRole('heading', { level: 1, name: 'Everything works' }).waitFor();
		await stage.home.house.tell({ do: 'board', address: 0x20, condition: 'mute' });
		try {
			await page.getByRole('heading', { level: 1, name: 'Something does not work' }).waitFor();
			await page.getByText('Check the power and the wiring of its board.').waitFor();
		} finally {
			await stage.home.house.tell({ do: 'board', address: 0x20, condition: 'working' });
		}
		await page.getByRole('heading', { level: 1, name: 'Everything works' }).waitFor();
	});

	it('puts the last minutes of the black box aside', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Health/);
		await page.getByRole('button', { name: 'Put the last minutes aside' }).click();
		await page.getByText(/^Put aside as /).waitFor();
	});

	it("tells the black box's story: what was drawn, what came on, what was decided, who waited, what to do", async () => {
		const page = await stage.visitAs('lou', { locale: 'fr-FR' });
		await open(page, /^État/);
		await page.getByRole('button', { name: 'Que s’est-il passé ?' }).click();
		// An earlier test took all load away while it was above the limit, as an opening does.
		await page.getByText(/· (Aucune coupure du disjoncteur|La charge est tombée)/).waitFor();
		const load = page.getByRole('region', { name: 'Charge', exact: true });
		await load.getByText(/^Phase 1 : \d+,\d\skVA sur 6,0\skVA, au plus /).waitFor();
		// The oven of an earlier test came on, and made radiators wait.
		for (const part of ['Mises en marche', 'Circuits', 'À faire'])
			await page.getByRole('region', { name: part }).waitFor();
		await page.getByRole('region', { name: 'Décisions' }).getByText(/kVA/).first().waitFor();
		expect(await barriers(page)).to.deep.equal([]);
	});

	it('changes language and appearance on the spot, and remembers them', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Settings/);
		await page.getByRole('radio', { name: 'Français' }).check();
		await page.getByRole('heading', { level: 1, name: 'Réglages' }).waitFor();
		await page.getByRole('radio', { name: 'Sombre' }).check();
		await page.reload();
		await page.getByRole('heading', { level: 1, name: 'Réglages' }).waitFor();
		expect(await page.evaluate('document.documentElement.dataset.theme')).to.equal('dark');
		expect(await page.evaluate('document.documentElement.lang')).to.equal('fr');
	});

	it("makes a week's programme by touch, which the planner keeps, and deletes it", async () => {
		const [page, other] = await Promise.all([stage.visitAs('lou'), stage.visitAs('camille')]);
		await open(page, /^Programmes/);
		await open(other, /^Programmes/);
		await page.getByRole('button', { name: 'New programme' }).click();
		await page.getByRole('combobox', { name: 'For whom' }).selectOption({ label: 'Only Bureau' });
		await page.getByRole('button', { name: 'Create' }).click();
		const own = other.getByRole('region', { name: 'Only Bureau' });
		await own.waitFor();
		await page
			.getByRole('region', { name: 'Only Bureau' })
			.getByRole('button', { name: 'Monday, 06:00 to 08:30: Comfort' })
			.click();
		expect(await barriers(page)).to.deep.equal([]);
		await page.getByLabel('From', { exact: true }).fill('05:15');
		await page.getByRole('radio', { name: 'Frost protection' }).check();
		await page.getByRole('button', { name: 'Save' }).click();
		await own.getByRole('button', { name: 'Monday, 05:15 to 08:30: Frost protection' }).waitFor();
		await page.getByText('Saved.').waitFor();
		await page.getByRole('region', { name: 'Only Bureau' }).getByRole('button', { name: 'Delete' }).click();
		await own.waitFor({ state: 'detached' });
	});

	it('goes away and comes back', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Programmes/);
		await page.getByRole('button', { name: 'We are going away' }).click();
		await page.getByRole('button', { name: 'Begin the absence' }).click();
		await page.getByText(/^Away until /).waitFor();
		await page.getByRole('button', { name: 'We are back' }).click();
		await page.getByText('Somebody is at home.').waitFor();
	});
}
