// What the house does and what people ask of it.
import { expect } from 'chai';
import mqtt from 'mqtt';
import type { Page } from 'playwright-core';
import { PASSWORD } from './home.ts';
import { eventually, live, open, openRadiators, order, radiator, type Stage } from './stage.ts';
import { barriers, signIn } from './visitors.ts';

const loadShown = async (page: Page): Promise<number> =>
	Number(await page.getByRole('meter').getAttribute('aria-valuenow'));

/** Lets a process go on, unless it has been ended for hanging. */
function resume(pid: number): void {
	try {
		process.kill(pid, 'SIGCONT');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

export function ordersAndLoad(stage: Stage): void {
	it('shows the load move, and the session outlives a reload', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		const before = await loadShown(page);
		await stage.home.house.tell({ do: 'start', appliance: 'oven', forS: 600 });
		await eventually('the oven shows', async () => (await loadShown(page)) > before + 1_000);
		await page.reload();
		await live(page);
		await page.getByRole('heading', { level: 1, name: /wait|limit|full/ }).waitFor();
		await page
			.getByRole('region', { name: /Waiting/ })
			.getByRole('listitem')
			.first()
			.waitFor();
		await stage.home.house.tell({ do: 'stop', appliance: 'oven' });
	});

	it('carries an order to the wire, pending until the radiator shows it, and back to the programme', async () => {
		const page = await stage.visitAs('lou');
		await openRadiators(page);
		await order(page, 'Salon', /^Eco/);
		await radiator(page, 'Salon').getByText('Eco: confirmed').waitFor();
		await eventually('eco on the wire', async () => (await stage.home.orderOn('salon')) === 'eco');
		await radiator(page, 'Salon').getByText('Your order, until it is changed').waitFor();
		await order(page, 'Salon', /^Auto/);
		await radiator(page, 'Salon').getByText('Auto: confirmed').waitFor();
	});

	it('gives an order until a time, and shows until when it holds', async () => {
		const page = await stage.visitAs('lou');
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
		const [one, other] = await Promise.all([stage.visitAs('lou'), stage.visitAs('camille')]);
		await openRadiators(other);
		await openRadiators(one);
		await order(one, 'All radiators', /^Off/);
		for (const name of ['Salon', 'Cuisine', 'Bureau']) {
			await radiator(other, name).getByText('Your order, until it is changed').waitFor();
			await eventually(`${name} off`, async () => (await stage.home.orderOn(name.toLowerCase())) === 'off');
		}
		await order(one, 'All radiators', /^Auto/);
		for (const name of ['Salon', 'Cuisine', 'Bureau']) {
			await radiator(other, name).getByText('Your order').waitFor({ state: 'detached' });
		}
	});

	it('gives one order to a room, which goes to each of its radiators', async () => {
		const page = await stage.visitAs('lou');
		const client = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
		const heard = new Map<string, string>();
		client.on('message', (topic, payload) => heard.set(topic, String(payload)));
		await client.subscribeAsync('pilotwire/home/circuits/bureau/state');
		await eventually('the state of a radiator', async () => heard.size > 0);
		const bureau = JSON.parse([...heard.values()][0] ?? '') as Record<string, unknown>;
		heard.clear();
		await client.subscribeAsync('pilotwire/home/circuits/+/set');
		// Two that no actuator knows.
		const ids = ['etage-nord', 'etage-sud'];
		const topicOf = (id: string, end: string): string => `pilotwire/home/circuits/${id}/${end}`;
		const say = (id: string, state: string): Promise<unknown> =>
			client.publishAsync(topicOf(id, 'state'), state, { qos: 1, retain: true });
		for (const id of ids) await say(id, JSON.stringify({ ...bureau, name: id, room: 'etage' }));
		try {
			await openRadiators(page);
			await page.getByRole('radio', { name: 'By room' }).check();
			await order(page, 'One order for Etage', /^Frost protection/);
			await eventually('both were told', async () => {
				await page.getByRole('region', { name: 'Etage' }).waitFor();
				return ids.every((id) => heard.get(topicOf(id, 'set'))?.includes('frost_protection') === true);
			});
			expect([...heard.keys()].filter((topic) => topic.endsWith('/set'))).to.have.members(
				ids.map((id) => topicOf(id, 'set')),
			);
		} finally {
			for (const id of ids) await say(id, '');
			await client.endAsync();
		}
	});

	it('shows what another client of the bus has changed', async () => {
		const page = await stage.visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Cuisine').waitFor();
		const client = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
		await client.publishAsync('pilotwire/home/circuits/cuisine/set', 'frost_protection', { qos: 1 });
		await radiator(page, 'Cuisine').getByText('Frost protection').waitFor();
		await client.publishAsync('pilotwire/home/circuits/cuisine/set', 'auto', { qos: 1 });
		await client.endAsync();
	});

	it('says when an order was not confirmed, and takes it again', async () => {
		const page = await stage.visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Cuisine').waitFor();
		// An actuator that hangs: its last word still stands on the bus, until the supervisor starts it anew.
		const actuator = stage.home.house.pidOf('radiator-actuator');
		process.kill(actuator, 'SIGSTOP');
		try {
			await order(page, 'Cuisine', /^Eco/);
			await radiator(page, 'Cuisine').getByText('Eco: on its way…').waitFor();
			await radiator(page, 'Cuisine').getByText('Eco was not confirmed').waitFor();
		} finally {
			resume(actuator);
		}
		// It may take a moment until an actuator is there again.
		await eventually('the order is taken', async () => {
			const again = radiator(page, 'Cuisine').getByRole('button', { name: 'Try again' });
			// It goes where the state that confirms arrives meanwhile.
			if (await again.isVisible()) await again.click({ timeout: 2_000 }).catch(() => undefined);
			return radiator(page, 'Cuisine').getByText('Your order, until it is changed').isVisible();
		});
		await order(page, 'Cuisine', /^Auto/);
		await radiator(page, 'Cuisine').getByText('Auto: confirmed').waitFor();
	});

	it('says that the house refused an order', async () => {
		const page = await stage.visitAs();
		// The order goes out under a topic that no resident may publish to: the broker itself refuses it.
		await page.addInitScript(`
			const send = WebSocket.prototype.send;
			WebSocket.prototype.send = function (data) {
				const text = Array.from(new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength), (one) => String.fromCharCode(one)).join('');
				const other = text.replace('/circuits/bureau/set', '/radiator/bureau/set');
				send.call(this, Uint8Array.from(other, (one) => one.charCodeAt(0)));
			};
		`);
		await page.reload();
		await signIn(page, 'lou');
		await openRadiators(page);
		await radiator(page, 'Bureau').waitFor();
		await order(page, 'Bureau', /^Eco/);
		await radiator(page, 'Bureau').getByText('Eco was refused by the house.').waitFor();
		expect(await stage.home.orderOn('bureau')).to.not.equal('eco');
	});

	it('offers a viewer no order', async () => {
		const page = await stage.visitAs('sacha');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		await page.getByText('changing orders is for residents').waitFor();
		expect(await page.getByRole('main').getByRole('button').count()).to.equal(0);
	});

	it('offers a viewer nothing that changes the house, on any screen', async () => {
		const page = await stage.visitAs('sacha');
		const look = async (way: RegExp, there: string, ...not: string[]): Promise<void> => {
			await open(page, way);
			await page.getByRole('main').getByText(there).first().waitFor();
			for (const name of not) expect(await page.getByRole('button', { name }).count(), name).to.equal(0);
		};
		await look(/^Programmes/, 'Absence', 'New programme', 'We are going away', 'Delete', 'Switch off');
		await look(/^Costs/, 'Which subscription would do?', 'Add prices', 'Find out');
		await look(/^Health/, 'Everything works', 'Put the last minutes aside');
		await look(/^Settings/, 'Sign out');
		for (const part of ['First steps', 'Commissioning', 'People and devices'])
			expect(await page.getByRole('link', { name: part }).count(), part).to.equal(0);
	});

	for (const colorScheme of ['light', 'dark'] as const) {
		it(`says in words, by sign and by shape that the limit is passed, and by how much: ${colorScheme}`, async () => {
			const page = await stage.visitAs('lou', { colorScheme });
			await live(page);
			// So little over that no breaker opens, and more than all radiators: nothing that can be shed helps.
			await stage.home.house.tell({ do: 'load', phase: 1, powerW: 6_900 });
			try {
				const headline = page.getByRole('heading', { level: 1, name: 'Over the limit' });
				await headline.waitFor();
				const gauge = page.getByRole('region', { name: 'Load by phase' }).getByRole('listitem');
				await gauge.getByText('Over', { exact: true }).waitFor();
				await gauge.getByText('too much').waitFor();
				expect(await gauge.locator('.badge svg').count()).to.equal(1);
				expect(await page.getByRole('meter').getAttribute('aria-valuetext')).to.match(/of 6\.0\skVA, .* too much$/);
				const lit = "getComputedStyle(document.querySelector('.column-lit')).backgroundImage";
				expect(await page.evaluate(lit)).to.contain('repeating-linear-gradient');
				expect(await barriers(page)).to.deep.equal([]);
				// Now its breaker would open, but not yet for minutes.
				await stage.home.house.tell({ do: 'load', phase: 1, powerW: 8_100 });
				await gauge.getByText(/^Opens in \d/).waitFor();
				await page.getByText(/^Breaker: \d+% margin$/).waitFor();
			} finally {
				await stage.home.house.tell({ do: 'load', phase: 1, powerW: 0 });
			}
			await page.getByRole('heading', { level: 1, name: 'Over the limit' }).waitFor({ state: 'detached' });
		});
	}

	it('says in the language of the screen what is wrong with a board', async () => {
		const page = await stage.visitAs('lou', { locale: 'fr-FR' });
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		await stage.home.house.tell({ do: 'board', address: 0x20, condition: 'mute' });
		try {
			await radiator(page, 'Salon').getByText('Vérifiez l’alimentation').waitFor();
			expect(await barriers(page)).to.deep.equal([]);
		} finally {
			await stage.home.house.tell({ do: 'board', address: 0x20, condition: 'working' });
		}
		await radiator(page, 'Salon').getByText('Vérifiez l’alimentation').waitFor({ state: 'detached' });
	});

	it('works by keyboard alone', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		await page.keyboard.press('Tab');
		expect(await page.evaluate('document.activeElement.textContent')).to.equal('Skip to content');
		await page.getByRole('navigation').getByRole('link', { name: 'Radiators' }).focus();
		await page.keyboard.press('Enter');
		const button = page.getByRole('button', { name: /Salon/ });
		await button.focus();
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		expect(await page.evaluate('document.activeElement.textContent')).to.include('Salon');
	});
}
