// What people do on the screen of costs: prices, and which subscription would do.
import { expect } from 'chai';
import mqtt from 'mqtt';
import { PASSWORD } from './home.ts';
import { faultsOf, open, type Stage } from './stage.ts';
import { barriers } from './visitors.ts';

export function costs(stage: Stage): void {
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
