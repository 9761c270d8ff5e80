// Alerts on the dashboard: what is on, this device among those that are told, and what its service worker shows.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { Browser, HttpSink } from '../alerts/sinks.ts';
import { startProgram } from '../support/processes.ts';
import { until } from '../support/until.ts';
import { faultsOf, live, open, setStage } from './stage.ts';

const HOST = '127.0.9.8';

describe('alerts in a browser', function () {
	this.timeout(150_000);
	const sink = new HttpSink();
	before(() => sink.start());
	after(() => sink.stop());
	const stage = setStage(HOST, {
		beside: ['alerts'],
		config: { alerts: { push: { services: ['127.0.0.1'] } } },
	});

	/** Chromium's own push service can't be reached from everywhere: one of the test's stands in its place. */
	async function subscribesAt(page: Page, phone: Browser): Promise<void> {
		const subscription = phone.subscription(`${sink.url}/phone`);
		await page.addInitScript(`{
			let current = null;
			const made = (key) => ({
				endpoint: ${JSON.stringify(subscription.endpoint)},
				toJSON: () => (${JSON.stringify(subscription)}),
				unsubscribe: async () => { current = null; return true; },
			});
			PushManager.prototype.getSubscription = async () => current;
			PushManager.prototype.subscribe = async (options) => (globalThis.askedWith = options, current = made());
		}`);
		await page.reload();
		await live(page);
	}

	async function openAlerts(page: Page): Promise<void> {
		await open(page, /^Settings/);
		await page.getByRole('heading', { level: 2, name: 'Alerts' }).waitFor();
	}

	it('tell the device that asks for it, until it asks no more', async () => {
		const page = await stage.visitAs('lou');
		const phone = new Browser();
		await subscribesAt(page, phone);
		await openAlerts(page);
		await page.getByText('Nobody is told yet').waitFor();
		await page.getByRole('button', { name: 'Tell this device' }).click();
		await page.getByText('This device is told.').waitFor();
		await page.getByText('Devices: 1').waitFor();
		const asked = (await page.evaluate('globalThis.askedWith')) as Record<string, unknown>;
		expect(asked).to.include({ userVisibleOnly: true });
		expect(asked['applicationServerKey']).to.match(/^[\w-]{87}$/);
		await page.getByRole('button', { name: 'Send a test' }).click();
		await page.getByText('Sent by all.').waitFor();
		expect(phone.read(sink.posted[0]?.body ?? Buffer.alloc(0))).to.include({ title: 'A test from Pilotwire' });
		// The same from a terminal.
		const config = ['--config', stage.home.house.configFile];
		const test = startProgram(process.execPath, ['packages/cli/bin/pilotwire.js', 'alerts', 'test', ...config]);
		expect(await test.ended).to.include({ code: 0 });
		expect(test.text()).to.match(/ phone-[0-9a-f]{12}: sent$/m);
		await page.getByRole('button', { name: 'Stop telling this device' }).click();
		await page.getByText('Nobody is told yet').waitFor();
	});

	for (const locale of ['en-GB', 'fr-FR']) {
		it(`raise no barrier, and keep within the page, by day and night, on phone and desk: ${locale}`, async () => {
			const page = await stage.visitAs('lou', { locale });
			await open(page, /^(Settings|Réglages)/);
			await page.getByRole('heading', { level: 2, name: /^(Alerts|Alertes)$/ }).waitFor();
			expect(await faultsOf(page, 'alerts')).to.deep.equal([]);
		});
	}

	it('are no business of whoever may only look', async () => {
		const page = await stage.visitAs('sacha');
		await live(page);
		await openAlerts(page);
		expect(await page.getByRole('button', { name: 'Tell this device' }).count()).to.equal(0);
	});

	it('are shown by the service worker', async () => {
		const page = await stage.visitAs('lou');
		await page.context().grantPermissions(['notifications'], { origin: stage.home.url });
		await live(page);
		await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
		const session = await page.context().newCDPSession(page);
		let registration: string | undefined;
		session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
			registration = registrations[0]?.registrationId ?? registration;
		});
		await session.send('ServiceWorker.enable');
		const registrationId = await until('the registration', () => registration);
		const data = JSON.stringify({
			title: 'The meter is silent',
			body: 'Since 19:02.',
			tag: 'a',
			urgent: false,
			silent: false,
		});
		await session.send('ServiceWorker.deliverPushMessage', { origin: stage.home.url, registrationId, data });
		const shown = `navigator.serviceWorker.ready
			.then((one) => one.getNotifications())
			.then((all) => all.map(({ title, body, tag }) => ({ title, body, tag })))`;
		const found = await until('the notification', async () => {
			const all = (await page.evaluate(shown)) as unknown[];
			return all.length > 0 && all;
		});
		expect(found).to.deep.equal([{ title: 'The meter is silent', body: 'Since 19:02.', tag: 'a' }]);
	});
});
