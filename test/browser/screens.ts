// Every screen in both languages, both themes, on a phone and on a desk; and what people do on those that steer nothing.
import { expect } from 'chai';
import mqtt from 'mqtt';
import type { Page } from 'playwright-core';
import { PASSWORD } from './home.ts';
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

	it('asks the house which subscription would do, which says that it has seen too few days of it', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Costs/);
		const card = page.getByRole('region', { name: 'Which subscription would do?' });
		await card.getByRole('textbox', { name: /Mean temperature outside/ }).fill('4,5');
		await card.getByRole('button', { name: 'Find out' }).click();
		await card.getByText(/The history is too short: 0 whole days are there, 7 are needed/).waitFor();
		expect(await barriers(page)).to.deep.equal([]);
		const viewer = await stage.visitAs('sacha', { locale: 'fr-FR' });
		await open(viewer, /^Coûts/);
		await viewer.getByText(/L’historique est trop court : il y a 0 jours/).waitFor();
		expect(await viewer.getByRole('button', { name: 'Chercher' }).count()).to.equal(0);
	});

	it('shows how far the house is, and a row for each size with the one that would do', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Costs/);
		const card = page.getByRole('region', { name: 'Which subscription would do?' });
		await card.getByRole('button', { name: 'Find out' }).waitFor();
		const house = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
		const say = (state: object): Promise<unknown> =>
			house.publishAsync('pilotwire/home/advice/state', JSON.stringify(state), { qos: 1, retain: true });
		const at = '2026-01-15T18:05:00.000Z';
		const asked = { at, outsideC: 4.5, days: 14, startedAt: at };
		await say({ ...asked, state: 'running', progress: { step: 'trying', done: 4, of: 18 } });
		await card.getByText('Trying size 5 of 18.').waitFor();
		await card.getByRole('progressbar').waitFor();
		await card.getByRole('button', { name: 'Stop it' }).waitFor();
		const trial = (prefKVA: number, phases: number, openings: number, minutesShed: number) => ({
			...{ prefKVA, phases, openings, minutesShed, openingsWithoutHeating: 0, comfortLostKh: 12, coldestC: 18 },
			...{ days: 14, suffices: openings === 0 },
		});
		const learned = {
			...{ days: 14, daysLeftOut: 0, radiators: 3, phases: 1, sure: true },
			...{ heatingKWhADay: 20, heatingPlusMinusKWh: 2, otherKWhADay: 9 },
		};
		const trials = [trial(3, 1, 9, 9_000), trial(6, 1, 0, 700), trial(9, 1, 0, 14), trial(6, 3, 0, 0)];
		await say({ ...asked, state: 'done', learned, trials });
		const rows = card.getByRole('table').first().getByRole('row');
		await rows.filter({ hasText: '6 kVA (yours)' }).filter({ hasText: 'Yes: the smallest' }).waitFor();
		await rows.filter({ hasText: '3 kVA' }).filter({ hasText: 'No: the breaker opens' }).waitFor();
		expect(await rows.filter({ hasText: '6 kVA' }).getByRole('cell').allTextContents()).to.include('50');
		await card.getByText('What each size costs a year').click();
		await card.getByRole('textbox', { name: '6 kVA' }).fill('150');
		await card.getByRole('textbox', { name: '9 kVA' }).fill('185,5');
		await rows.filter({ hasText: '9 kVA' }).filter({ hasText: '+€35.50' }).waitFor();
		expect(await faultsOf(page, 'advice')).to.deep.equal([]);
		await house.endAsync();
	});

	it('keeps what goes into two fields before the next frame', async () => {
		const page = await stage.visitAs('lou');
		await open(page, /^Costs/);
		await page.getByRole('button', { name: 'Add prices' }).click();
		await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).waitFor();
		const kept = await page.evaluate(`new Promise((settle) => {
			const [name, price] = ['text', 'decimal'].map((mode) => document.querySelector('dialog input[inputmode=' + mode + ']'));
			const type = (field, text) => {
				field.value = text;
				field.dispatchEvent(new Event('input', { bubbles: true }));
			};
			requestAnimationFrame(() => {
				type(name, 'Base tariff');
				type(price, '0,25');
				requestAnimationFrame(() => requestAnimationFrame(() => settle([name.value, price.value])));
			});
		})`);
		expect(kept).to.deep.equal(['Base tariff', '0,25']);
	});

	it('counts money with prices that are typed here, which the house confirms and another browser sees', async () => {
		const [page, other] = await Promise.all([stage.visitAs('lou'), stage.visitAs('sacha', { locale: 'fr-FR' })]);
		await open(page, /^Costs/);
		await open(other, /^Coûts/);
		// It says so only once the house has.
		await other.getByText(/^Pas encore de prix/).waitFor();
		await page.getByRole('button', { name: 'Add prices' }).click();
		const sheet = page.getByRole('dialog');
		await sheet.getByRole('textbox', { name: 'Price', exact: true }).fill('dear');
		await sheet.getByRole('button', { name: 'Save' }).click();
		await sheet.getByText('Each kWh needs a price').waitFor();
		await sheet.getByRole('textbox', { name: 'Price', exact: true }).fill('0,2516');
		await sheet.getByRole('textbox', { name: 'Name' }).fill('Base tariff');
		await sheet.getByRole('textbox', { name: 'Subscription', exact: true }).fill('15.74');
		await sheet.getByLabel('First day').fill('2026-01-01');
		await sheet.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Saved: the house counts with them.').waitFor();
		await other.getByText('Base tariff').waitFor();
		await other.getByText(/0,2516\s€ le kWh/).waitFor();
		await page.getByText('What it is made of').waitFor();
		await open(page, /^Now/);
		await page.getByRole('heading', { name: 'This hour' }).waitFor();
		await page.getByText(/^€\d+\.\d\d today$/).waitFor();
		await open(page, /^Costs/);
		await page.getByRole('button', { name: /Base tariff/ }).click();
		await page.getByRole('button', { name: 'Remove these prices' }).click();
		await other.getByText(/^Pas encore de prix/).waitFor();
	});
}
