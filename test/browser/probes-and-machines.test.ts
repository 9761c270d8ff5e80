// Probes, heaters and machines in a browser, against a house that has them; clients of the bus play the probe and look on.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import mqtt, { type MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { PASSWORD } from './home.ts';
import { eventually, faultsOf, open, setStage } from './stage.ts';

const HOST = '127.0.9.21';
const OTHER = `ws://${HOST}:9001`;
const more = {
	config: {
		host: { id: 'attic', name: 'Attic' },
		switches: [{ id: 'belt', name: 'Belt', powerW: 35, programme: 'off', output: { topic: 'garden/belt/set' } }],
		probes: [
			{ id: 'beer', name: 'Fermenter', source: { topic: 'garden/beer', temperature: 't', humidity: 'h' }, jumpC: 5 },
			{ id: 'cellar', name: 'Cellar', source: { oneWire: '28-00000a1b2c3d' } },
		],
		thermostats: [
			{
				id: 'brew',
				name: 'Fermentation',
				probe: 'beer',
				heats: 'belt',
				mode: 'heat',
				targetC: 19,
				minOnS: 0,
				minOffS: 0,
			},
		],
	},
	web: { otherBrokers: [OTHER] },
	services: ['switch-actuator'],
	beside: ['thermostat', 'host-monitor'],
};

describe('probes and machines in a browser', function () {
	this.timeout(150_000);
	const stage = setStage(HOST, more);
	let garden: MqttClient;
	let outside: MqttClient;
	const states = new Map<string, Record<string, unknown>>();

	before(async () => {
		const password = await stage.home.device('garden');
		garden = await mqtt.connectAsync(stage.home.broker, { username: 'garden', password });
		outside = await mqtt.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD });
		outside.on('message', (topic, payload) => {
			if (payload.length > 0) states.set(topic.replace('pilotwire/home/', ''), JSON.parse(String(payload)));
		});
		await outside.subscribeAsync(
			['thermostats/+/state', 'hosts/+/state', 'circuits/+/state', 'probes/+/state'].map(
				(one) => `pilotwire/home/${one}`,
			),
		);
	});

	after(async () => {
		await garden?.endAsync(true);
		await outside?.endAsync(true);
	});

	/** What the bus says, heard by a client that is no browser. */
	const said = async (
		what: string,
		topic: string,
		holds: (state: Record<string, unknown>) => boolean,
	): Promise<void> => {
		const check = (): boolean => holds(states.get(topic) ?? {});
		const signal = AbortSignal.timeout(30_000);
		while (!check()) {
			if (signal.aborted) throw new Error(`not within 30 s: ${what}; it was ${JSON.stringify(states.get(topic))}`);
			await new Promise((resolve) => outside.once('message', resolve));
		}
	};
	const measure = (t: number): Promise<unknown> =>
		garden.publishAsync('garden/beer', JSON.stringify({ t, h: 61 }), { qos: 1 });
	const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
	const openProbes = async (page: Page): Promise<void> => {
		await open(page, /^(Probes|Sondes)/);
		await card(page, 'Fermentation').waitFor();
	};
	const openMachines = async (page: Page): Promise<void> => {
		await open(page, /^(This machine|Cette machine)/);
		await card(page, 'Attic').waitFor();
	};
	const watched = (count: number) =>
		said(
			`${count} watch`,
			'hosts/attic/state',
			({ watch }) => ((watch as { watchers: number } | undefined)?.watchers ?? 0) === count,
		);

	for (const locale of ['en-GB', 'fr-FR']) {
		it(`raises no barrier, and keeps within the page, by day and night, on phone and desk: ${locale}`, async () => {
			const page = await stage.visitAs('camille', { locale });
			await measure(18.5);
			await openProbes(page);
			await card(page, 'Fermenter')
				.getByText(/18[.,]5/)
				.waitFor();
			await page.getByText(/^(As a table|En tableau)$/).click();
			await page.getByText(/^(Finer settings|Réglages plus fins)$/).click();
			const found = await faultsOf(page, 'probes');
			await page.getByRole('button', { name: /^(By hand|À la main)… Belt$/ }).click();
			await page.getByRole('dialog').waitFor();
			found.push(...(await faultsOf(page, 'by hand')));
			await page.keyboard.press('Escape');
			await openMachines(page);
			await page.getByRole('button', { name: /^(Watch|Observer)$/ }).click();
			await page
				.getByRole('region', { name: /^Process(es|us)$/ })
				.first()
				.waitFor();
			await page.getByText(/^(Another house|Une autre maison)$/).click();
			found.push(...(await faultsOf(page, 'machines')));
			await page.getByRole('button', { name: /^(Stop|Arrêter)$/ }).click();
			expect(found).to.deep.equal([]);
			await watched(0);
		});
	}

	it('shows what a probe measures, what is wrong with it and what to do, and when it was last right', async () => {
		const page = await stage.visitAs('lou');
		await measure(18);
		await openProbes(page);
		await card(page, 'Fermenter').getByText('18.0 °C').waitFor();
		await card(page, 'Fermenter').getByText('61%').waitFor();
		await card(page, 'Cellar').getByText('It is not there. Check its wire and its plug.').waitFor();
		await measure(85);
		await card(page, 'Fermenter')
			.getByText(/It says 85 °C|It has jumped/)
			.waitFor();
		await card(page, 'Fermenter').getByText('No figure').waitFor();
		await card(page, 'Fermenter')
			.getByText(/^\d\d:\d\d \(/)
			.waitFor();
		await card(page, 'Fermentation').getByText('Its probe gives no right figure, so everything is off.').waitFor();
		await measure(18);
		await measure(18);
		await card(page, 'Fermenter').getByText('18.0 °C').waitFor();
	});

	it('reads a probe now, and says that it did', async () => {
		const page = await stage.visitAs('lou');
		await openProbes(page);
		await page.getByRole('button', { name: 'Read now Cellar' }).click();
		await card(page, 'Cellar').getByRole('status').getByText('Read', { exact: true }).waitFor();
		expect(await page.getByRole('button', { name: 'Read now Fermenter' }).count()).to.equal(0);
	});

	it('sets a target by button and by key, pending until the thermostat says it, and shows what others set', async () => {
		const page = await stage.visitAs('lou');
		await measure(18);
		await openProbes(page);
		const target = page.getByRole('spinbutton', { name: 'Target of Fermentation' });
		const before = Number(await target.inputValue());
		await page.getByRole('button', { name: 'More: Target of Fermentation' }).click();
		await card(page, 'Fermentation').getByText('Confirmed').waitFor();
		await said('the target', 'thermostats/brew/state', ({ targetC }) => targetC === before + 0.5);
		await target.focus();
		await page.keyboard.press('ArrowUp');
		await said('the next target', 'thermostats/brew/state', ({ targetC }) => targetC === before + 1);
		await outside.publishAsync('pilotwire/home/thermostats/brew/set', JSON.stringify({ targetC: 12 }), { qos: 1 });
		await eventually('12 shows', async () => (await target.inputValue()) === '12.0');
		await card(page, 'Fermentation')
			.getByText('It is warmer than it should be.')
			.or(card(page, 'Fermentation').getByText('It is as warm as it should be.'))
			.waitFor();
		await page.getByRole('radio', { name: 'Off' }).check();
		await said('off', 'thermostats/brew/state', ({ mode }) => mode === 'off');
		expect(await page.getByRole('radio', { name: 'Cool' }).count(), 'nothing cools').to.equal(0);
		await page.getByRole('radio', { name: 'Heat' }).check();
		await said('heat', 'thermostats/brew/state', ({ mode }) => mode === 'heat');
	});

	it('offers no change while the house is away, and the same figures once it is back', async () => {
		const page = await stage.visitAs('lou');
		await openProbes(page);
		const target = page.getByRole('spinbutton', { name: 'Target of Fermentation' });
		const before = await target.inputValue();
		await page.context().setOffline(true);
		await page.getByText(/No connection to the house/).waitFor({ timeout: 40_000 });
		expect(await target.count(), 'no change is offered while away').to.equal(0);
		await page.context().setOffline(false);
		await eventually(
			'the same target is back',
			async () => (await target.count()) === 1 && (await target.inputValue()) === before,
		);
	});

	it('switches the relay by hand until a time, which ends it', async () => {
		const page = await stage.visitAs('lou');
		await openProbes(page);
		await page.getByRole('button', { name: 'By hand… Belt' }).click();
		await page.getByRole('radio', { name: '1 hour' }).check();
		await page.getByRole('dialog').getByRole('button', { name: /^On/ }).click();
		await card(page, 'Fermentation')
			.getByText(/Your order, until \d\d:\d\d/)
			.waitFor();
		await said('on until', 'circuits/belt/state', ({ override }) => {
			const { order, until } = (override ?? {}) as { order?: string; until?: string };
			return order === 'comfort' && Math.abs(Date.parse(until ?? '') - Date.now() - 3_600_000) < 60_000;
		});
		await page.getByRole('button', { name: 'By hand… Belt' }).click();
		await page.getByRole('dialog').getByRole('button', { name: /^Auto/ }).click();
		await said('its programme', 'circuits/belt/state', ({ override }) => override === undefined);
	});

	it('draws the trend of a day, leafs to the day before by key, and has the same as a table', async () => {
		const page = await stage.visitAs('lou');
		await measure(18.2);
		await openProbes(page);
		await page.getByRole('button', { name: 'Trend Fermenter' }).click();
		await page.getByText('As a table').click();
		await page.getByRole('cell', { name: /^\d/ }).first().waitFor({ timeout: 40_000 });
		await page.getByRole('radio', { name: '60 min' }).check();
		await page.getByRole('cell', { name: /^\d/ }).first().waitFor();
		const chart = page.getByRole('figure');
		const label = await chart.getAttribute('aria-label');
		await chart.focus();
		await page.keyboard.press('ArrowLeft');
		await page.getByText('This probe measured nothing on this day.').waitFor();
		expect(await chart.getAttribute('aria-label')).to.not.equal(label);
		await page.keyboard.press('Home');
		await page.getByRole('cell', { name: /^\d/ }).first().waitFor();
	});

	it('offers a viewer no change', async () => {
		const page = await stage.visitAs('sacha');
		await openProbes(page);
		await page.getByText('changing temperatures is for residents').waitFor();
		expect(await page.getByRole('spinbutton').count()).to.equal(0);
		expect(await page.getByRole('button', { name: /By hand|Read now/ }).count()).to.equal(0);
		await openMachines(page);
		await page.getByText('Watching live, with processes, is for administrators.').waitFor();
		await page.getByRole('meter', { name: 'Processor' }).waitFor();
		expect(await page.getByRole('button', { name: 'Watch' }).count()).to.equal(0);
	});

	it('streams while somebody watches: they share it, change the rhythm, stop, and go elsewhere', async () => {
		const [one, two] = await Promise.all([stage.visitAs('camille'), stage.visitAs('camille')]);
		for (const page of [one, two]) {
			await openMachines(page);
			await page.getByRole('button', { name: 'Watch' }).click();
			await page.getByText('Live', { exact: true }).waitFor();
		}
		await watched(2);
		await one.getByRole('radio', { name: '0.5 s' }).check();
		await said('0.5 s for both', 'hosts/attic/state', ({ watch }) => (watch as { everyS: number }).everyS === 0.5);
		await two.getByText(/^2 watch/).waitFor();
		await two.getByRole('button', { name: 'Stop' }).click();
		await watched(1);
		await two.getByRole('button', { name: 'Watch' }).click();
		await watched(2);
		await open(two, /^Now/);
		await watched(1);
		// No page at all: whoever vanishes without a word is given up by the house in time, which its own tests hold.
		await one.close({ runBeforeUnload: true });
		await watched(0);
	});

	it('ends the watch when somebody signs out, and forgets what was watched', async () => {
		const page = await stage.visitAs('camille');
		await openMachines(page);
		await page.getByRole('button', { name: 'Watch' }).click();
		await page.getByText(/^\d+ samples$/).waitFor();
		await watched(1);
		await open(page, /^Settings/);
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('heading', { name: 'Welcome home' }).waitFor();
		await watched(0);
		await eventually(
			'the record is erased',
			async () =>
				!(await page.evaluate(
					'indexedDB.databases().then((all) => all.some(({ name }) => name === "pilotwire.machines"))',
				)),
		);
	});

	it('sorts and searches the processes, shows their commands, and holds their order', async () => {
		const page = await stage.visitAs('camille', { viewport: { width: 1440, height: 900 } });
		await openMachines(page);
		await page.getByRole('radio', { name: '1 s', exact: true }).check();
		await page.getByRole('button', { name: 'Watch' }).click();
		const table = page.getByRole('table').last();
		await table.getByRole('button', { name: 'PID', exact: true }).click();
		const pids = async (): Promise<number[]> =>
			(await table.locator('tbody td:last-child').allTextContents()).map(Number);
		await eventually('sorted by PID', async () => {
			const shown = await pids();
			return shown.length > 5 && shown.every((pid, index) => index === 0 || pid >= (shown[index - 1] ?? 0));
		});
		expect(await page.getByRole('columnheader', { name: 'PID' }).getAttribute('aria-sort')).to.equal('ascending');
		await page.getByRole('searchbox', { name: 'Filter' }).fill('pilotwire.js');
		await eventually('filtered', async () => {
			const commands = await table.locator('.command').allTextContents();
			return commands.length > 0 && commands.every((command) => command.includes('pilotwire.js'));
		});
		await page.getByRole('checkbox', { name: 'Keep the order' }).check();
		const row = table.getByRole('button', { name: /pilotwire/ }).first();
		const opened = table.locator('[aria-expanded="true"]').first();
		await eventually('a command is shown', async () => {
			// A sample that arrives in between may draw the row anew.
			await row.click();
			return opened.waitFor({ timeout: 2_000 }).then(
				() => true,
				() => false,
			);
		});
		await page.getByRole('button', { name: 'Stop' }).click();
	});

	it('keeps what was watched over a reload, scrolls back, exports it, and empties it', async () => {
		const page = await stage.visitAs('camille');
		await openMachines(page);
		await page.getByRole('radio', { name: '0.5 s' }).check();
		await page.getByRole('button', { name: 'Watch' }).click();
		await page.getByText(/^[5-9] samples$/).waitFor();
		await page.getByRole('button', { name: 'Stop' }).click();
		await page.reload();
		await openMachines(page);
		await page.getByText(/^[5-9] samples$/).waitFor();
		await page.getByRole('slider', { name: 'Look back' }).focus();
		await page.keyboard.press('Home');
		await page.getByText(/^As it was at/).waitFor();
		await page.getByText(/the record keeps the 10 busiest/).waitFor();
		const saving = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Save as CSV' }).click();
		const lines = readFileSync(await (await saving).path(), 'utf8')
			.trim()
			.split('\n');
		expect(lines[0]).to.match(/^at,cpuPercent,/);
		expect(lines.length).to.be.within(6, 12);
		const savingJson = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Save as JSON lines' }).click();
		const [first = ''] = readFileSync(await (await savingJson).path(), 'utf8').split('\n');
		expect(JSON.parse(first)).to.include.keys('at', 'cpuPercent', 'coresPercent', 'processes');
		await page.getByRole('button', { name: 'Empty' }).click();
		await page.getByRole('button', { name: 'Empty it for good' }).click();
		await page.getByText('Nothing yet: it begins with the first sample.').waitFor();
		await page.reload();
		await openMachines(page);
		await page.getByText('Nothing yet: it begins with the first sample.').waitFor();
	});

	it('reaches a broker that the configuration allows, and says what to configure for another', async () => {
		const page = await stage.visitAs('camille');
		await openMachines(page);
		await page.getByText('Another house').click();
		const connect = async (address: string, password: string): Promise<void> => {
			await page.getByLabel('Address and port').fill(address);
			await page.getByRole('textbox', { name: 'Name', exact: true }).fill('camille');
			await page.getByLabel('Password', { exact: true }).fill(password);
			await page.getByRole('button', { name: 'Connect' }).click();
		};
		await connect('nowhere', PASSWORD);
		await page.getByText('Write it like ws://192.168.1.20:9001.').waitFor();
		await connect('ws://127.0.9.99:9001', PASSWORD);
		await page.getByText('web: { otherBrokers: ["ws://127.0.9.99:9001"] }').waitFor();
		await connect(OTHER, 'something else');
		await page.getByText('That broker does not know this name and password.').waitFor();
		await connect(OTHER.replace('ws://', ''), PASSWORD);
		await page.getByText(`Connected to ${OTHER}, home`).waitFor();
		await card(page, 'Attic').waitFor();
		await page.getByRole('button', { name: 'Watch' }).click();
		await page.getByText('Live', { exact: true }).waitFor();
		await page.getByRole('button', { name: 'Back to this house' }).click();
		await watched(0);
		await card(page, 'Attic').waitFor();
	});
});
