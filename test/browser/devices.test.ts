// Devices in a browser, against a house that has them; WebSockets play the devices.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { faultsOf, open, setStage } from './stage.ts';

const HOST = '127.0.9.23';

describe('devices in a browser', function () {
	this.timeout(150_000);
	const stage = setStage(HOST, { config: { deviceGateway: { host: HOST } }, beside: ['device-gateway'] });
	const sockets: WebSocket[] = [];

	/** A device that says `told`, and answers each command by saying what it was. */
	const device = async (name: string, told: object, answers: boolean): Promise<void> => {
		const password = await stage.home.device(name);
		const socket = new WebSocket(`ws://${HOST}:8765`);
		sockets.push(socket);
		socket.on('message', (data) => {
			const { command } = JSON.parse(String(data)) as { command?: string };
			if (answers) socket.send(JSON.stringify({ type: 'telemetry', ...told, last: command }));
		});
		await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
		socket.send(JSON.stringify({ type: 'auth', name, password }));
		socket.send(JSON.stringify({ type: 'telemetry', ...told }));
	};
	before(async () => {
		await device('cellar', { status: 'charging', level: 81.5, pump: true }, true);
		await device('attic', { level: 12 }, false);
		await stage.home.device('garden');
	});
	after(() => {
		for (const socket of sockets) socket.terminate();
	});

	const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
	const openDevices = async (page: Page): Promise<void> => {
		await open(page, /^(Devices|Appareils)/);
		await card(page, 'cellar').getByText('charging').waitFor();
		await card(page, 'garden').waitFor();
	};

	for (const locale of ['en-GB', 'fr-FR']) {
		it(`raises no barrier, and keeps within the page, by day and night, on phone and desk: ${locale}`, async () => {
			const page = await stage.visitAs('lou', { locale });
			await openDevices(page);
			await card(page, 'cellar')
				.getByText(/81[.,]5/)
				.waitFor();
			expect(await faultsOf(page, 'devices')).to.deep.equal([]);
		});
	}

	it('shows beside each device what became of a command', async () => {
		const page = await stage.visitAs('lou');
		await openDevices(page);
		await page.getByLabel('All', { exact: true }).check();
		await page.getByLabel('Word').fill('open');
		await page.getByLabel('Value').fill('half');
		await page.getByRole('button', { name: 'Send to 3 devices' }).click();
		await card(page, 'cellar').getByText('Acknowledged').waitFor();
		await card(page, 'cellar').getByText('open', { exact: true }).waitFor();
		await card(page, 'attic').getByText('Delivered').waitFor();
		await card(page, 'garden').getByRole('status').getByText('Offline').waitFor();
		await card(page, 'attic').getByLabel('Command attic').uncheck();
		await page.getByRole('button', { name: 'Send to 2 devices' }).waitFor();
	});

	it('lets those look who may not command', async () => {
		const page = await stage.visitAs('sacha');
		await openDevices(page);
		await page.getByText('You can look; commanding devices is for residents.').waitFor();
		expect(await page.getByRole('checkbox').count()).to.equal(0);
	});
});
