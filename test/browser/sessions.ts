// Signing in and out, and a network that comes and goes.
import { expect } from 'chai';
import mqtt from 'mqtt';
import type { Route } from 'playwright-core';
import { PASSWORD } from './home.ts';
import { eventually, live, open, openRadiators, order, radiator, type Stage } from './stage.ts';
import { barriers, signIn } from './visitors.ts';

export function sessionsAndNetworks(stage: Stage): void {
	it('says when name and password do not go together, and lets in who knows them', async () => {
		const page = await stage.visitAs();
		await signIn(page, 'camille', 'guess');
		await page.getByRole('alert').getByText('do not go together').waitFor();
		await signIn(page, 'camille');
		await live(page);
		await page.getByRole('meter').waitFor();
	});

	it('ends the session on the server at sign-out', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		await page.getByRole('link', { name: 'Account and settings' }).click();
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('heading', { name: 'Welcome home' }).waitFor();
		const answer = await page.context().request.get(`${stage.home.url}/api/session`);
		expect(answer.status()).to.equal(401);
		expect(await page.getByRole('meter').count()).to.equal(0);
	});

	it('asks to sign in again when the session has ended, and returns to the same place', async () => {
		const page = await stage.visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		await stage.home.endSessionsOf('lou');
		await page.getByText('Your session has ended').waitFor();
		await signIn(page, 'lou');
		await page.getByRole('heading', { level: 1, name: 'Radiators' }).waitFor();
	});

	it('says that the connection is gone, offers no order, and comes back by itself to the same place', async () => {
		const page = await stage.visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		process.kill(stage.home.house.pidOf('broker'), 'SIGKILL');
		await page.getByText(/No connection to the house since \d\d:\d\d/).waitFor();
		await page.getByText(/No connection to the house/).waitFor({ state: 'detached' });
		await page.getByRole('heading', { level: 1, name: 'Radiators' }).waitFor();
		await order(page, 'Salon', /^Eco/);
		await radiator(page, 'Salon').getByText('Eco: confirmed').waitFor();
		await order(page, 'Salon', /^Auto/);
		await open(page, /^Now/);
		await live(page);
	});

	it('never shows as live what the meter no longer says', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		await stage.home.house.tell({ do: 'silence', on: true });
		try {
			// A load counts for ten seconds.
			await page.getByText(/The meter has been silent since \d\d:\d\d/).waitFor();
			await page.getByRole('heading', { level: 1, name: 'No live figures' }).waitFor();
		} finally {
			await stage.home.house.tell({ do: 'silence', on: false });
		}
		await page.getByText(/The meter has been silent/).waitFor({ state: 'detached' });
	});

	it('opens without a network, says how old what it shows is, offers no order, and goes live by itself', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		await page.context().setOffline(true);
		await page.reload();
		await page.getByText(/No connection to the house since/).waitFor();
		await page.getByRole('heading', { level: 1, name: 'Radiators' }).waitFor();
		await radiator(page, 'Salon').waitFor();
		await page.getByText('Orders can be given again once the connection is back').waitFor();
		expect(await barriers(page)).to.deep.equal([]);
		expect(await page.getByRole('button', { name: /Salon/ }).count()).to.equal(0);
		await open(page, /^Now/);
		await page
			.getByText(/^As of/)
			.first()
			.waitFor();
		expect(await page.getByText('Live', { exact: true }).count()).to.equal(0);
		for (const screen of [/^History/, /^Costs/, /^Programmes/, /^Health/, /^Settings/]) {
			await open(page, screen);
			await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor();
			expect(await barriers(page), String(screen)).to.deep.equal([]);
		}
		await open(page, /^Now/);
		await page.context().setOffline(false);
		await live(page);
		await page.getByText(/No connection to the house/).waitFor({ state: 'detached' });
	});

	it('paints the house as it was last seen before the code of the bus has come', async () => {
		const page = await stage.visitAs('lou', { serviceWorkers: 'block' });
		await live(page);
		const held: Route[] = [];
		await page.route(/\/assets\/mqtt[^/]*\.js$/, (route) => void held.push(route));
		await page.reload();
		await page.getByRole('navigation').getByRole('link', { name: 'Radiators' }).waitFor();
		await page.getByRole('meter').waitFor();
		await page
			.getByText(/^As of/)
			.first()
			.waitFor();
		await eventually('the code of the bus is asked for', async () => held.length > 0);
		expect(await page.getByText('Live', { exact: true }).count()).to.equal(0);
		for (const route of held) await route.continue();
		await live(page);
	});

	it('comes back by itself after the device has slept, to the same place', async () => {
		const page = await stage.visitAs('lou');
		await openRadiators(page);
		await radiator(page, 'Salon').waitFor();
		const device = await page.context().newCDPSession(page);
		await device.send('Page.setWebLifecycleState', { state: 'frozen' });
		process.kill(stage.home.house.pidOf('broker'), 'SIGKILL');
		await eventually('the broker is there again', async () => {
			const client = await mqtt
				.connectAsync(stage.home.broker, { username: 'camille', password: PASSWORD, connectTimeout: 2_000 }, false)
				.catch(() => undefined);
			await client?.endAsync();
			return client !== undefined;
		});
		await device.send('Page.setWebLifecycleState', { state: 'active' });
		await page.getByRole('heading', { level: 1, name: 'Radiators' }).waitFor();
		await order(page, 'Salon', /^Eco/);
		await radiator(page, 'Salon').getByText('Eco: confirmed').waitFor();
		await order(page, 'Salon', /^Auto/);
		await radiator(page, 'Salon').getByText('Auto: confirmed').waitFor();
	});

	it('keeps nothing of the house on the device after signing out', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		await page.reload();
		await live(page);
		expect(await page.evaluate("localStorage.getItem('pilotwire.house')")).to.be.a('string');
		await open(page, /^Settings/);
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('heading', { name: 'Welcome home' }).waitFor();
		expect(await page.evaluate("localStorage.getItem('pilotwire.house')")).to.equal(null);
	});

	it('can be installed', async () => {
		const page = await stage.visitAs('lou');
		await live(page);
		const client = await page.context().newCDPSession(page);
		const { errors } = await client.send('Page.getAppManifest');
		expect(errors).to.deep.equal([]);
		const { installabilityErrors } = await client.send('Page.getInstallabilityErrors');
		// A test's window is a private one, which never installs anything.
		const faults = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito');
		expect(faults).to.deep.equal([]);
	});
}
