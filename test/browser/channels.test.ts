// A channel in a browser: two pages with two machines, and with three agents, on the house's own broker.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join as pathOf } from 'node:path';
import { RemoteAgent, remoteAgentSections } from '@pilotwire/remote-agent';
import { createContext, silentLog, systemClock } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import mqtt, { type MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { PASSWORD } from './home.ts';
import { eventually, faultsOf, open, setStage } from './stage.ts';

const HOST = '127.0.9.51';
const more = { config: { broker: { host: HOST, port: 1883, wsPort: 9001, channels: {} } } };

describe('a channel in a browser', function () {
	this.timeout(150_000);
	const stage = setStage(HOST, more);
	const folder = temporaryDirectory('suite');
	const machines: MqttClient[] = [];
	const agents: { stop(): Promise<void> }[] = [];

	/** A machine that is in the channel and answers each command with what it heard. */
	const machine = async (member: string): Promise<void> => {
		const client = await mqtt.connectAsync(stage.home.broker, { username: 'lou', password: PASSWORD });
		machines.push(client);
		client.on('message', (topic, payload) => {
			const [, , kind, from] = topic.split('/');
			if (kind === 'command') client.publish(`channels/attic/answer/${member}/${from}`, `${member} heard ${payload}`);
		});
		await client.publishAsync('channels/attic/join', JSON.stringify({ member, password: 'open sesame' }), { qos: 1 });
		await client.subscribeAsync('channels/attic/#', { qos: 1 });
	};
	/** A remote agent in the channel `cellar`, with a folder of its own. */
	const agent = async (id: string): Promise<void> => {
		const disk = pathOf(folder.path, id);
		mkdirSync(disk);
		writeFileSync(pathOf(disk, `of-${id}.txt`), id);
		const remoteAgent = remoteAgentSections.remoteAgent.parse({
			...{ enabled: true, id, name: id, home: false, files: { roots: { disk: { path: disk } } } },
			channels: [
				{
					...{ name: 'cellar', secret: 'open sesame', allow: ['files'] },
					...{ url: stage.home.broker, username: 'lou', password: PASSWORD },
				},
			],
		});
		const failed = (error: unknown): void => {
			throw error;
		};
		const context = createContext('remote-agent', silentLog, systemClock, failed);
		const service = new RemoteAgent(context, { remoteAgent, site: 'home', dataDir: disk }, { url: stage.home.broker });
		await service.start();
		agents.push({ stop: () => service.stop().finally(() => context.end()) });
	};
	const card = (page: Page) => page.getByRole('region', { name: /^(Channel|Canal)$/ });
	const join = async (page: Page, password: string, name = 'attic'): Promise<void> => {
		const form = card(page);
		await form.getByLabel(/^(Name of the channel|Nom du canal)/).fill(name);
		await form.getByLabel(/^(Password|Mot de passe)/).fill(password);
		await form.getByRole('button', { name: /^(Join|Rejoindre)$/ }).click();
	};

	after(async () => {
		await Promise.all(machines.map((client) => client.endAsync(true)));
		await Promise.all(agents.map((one) => one.stop()));
	});

	it('is joined by name and password, shows who is there, and carries commands, answers and broadcasts', async () => {
		const first = await stage.visitAs('camille');
		await open(first, /^(Remote|À distance)/);
		await machine('pi');
		await machine('nas');
		await join(first, 'open barley');
		await card(first)
			.getByText(/^(Another password holds there now|Un autre mot de passe)/)
			.waitFor();
		await join(first, 'open sesame');
		await card(first)
			.getByText(/^(You are in|Vous y êtes)/)
			.waitFor();
		expect(await faultsOf(first, 'a channel')).to.deep.equal([]);
		await card(first).getByLabel('pi', { exact: true }).check();
		await card(first)
			.getByLabel(/^(Command|Commande)$/)
			.fill('hello');
		await card(first)
			.getByRole('button', { name: /^(Send|Envoyer)$/ })
			.click();
		await card(first).getByText('pi heard hello').waitFor();
		expect(await card(first).getByText('nas heard hello').count()).to.equal(0);
		const second = await stage.visitAs('lou', { locale: 'fr-FR' });
		await open(second, /^(Remote|À distance)/);
		await join(second, 'open sesame');
		await card(second)
			.getByText(/^(You are in|Vous y êtes)/)
			.waitFor();
		expect(await faultsOf(second, 'un canal')).to.deep.equal([]);
		await machines[1]?.publishAsync('channels/attic/broadcast/nas', '21 degrees', { qos: 1 });
		for (const page of [first, second]) await card(page).getByText('21 degrees').waitFor();
		await card(second)
			.getByRole('button', { name: /^(Leave|Quitter)$/ })
			.click();
		await eventually('the first page sees the other leave', async () => {
			return (await card(first).locator('.channel-members').textContent()) === 'pi, nas';
		});
	});

	it('holds three agents, of which each of two pages uses the one that it chooses', async () => {
		for (const id of ['one', 'two', 'three']) await agent(id);
		const pages = [await stage.visitAs('lou'), await stage.visitAs('lou')];
		for (const page of pages) {
			await open(page, /^Remote/);
			await join(page, 'open sesame', 'cellar');
		}
		for (const [page, id] of [
			[pages[0], 'one'],
			[pages[1], 'two'],
			[pages[0], 'three'],
		] as [Page, string][]) {
			await page.getByRole('combobox', { name: 'Machine' }).selectOption(id);
			await page.getByRole('button', { name: new RegExp(`^of-${id}.txt`) }).waitFor();
			expect(await page.getByRole('button', { name: /^of-/ }).count()).to.equal(1);
		}
	});
});
