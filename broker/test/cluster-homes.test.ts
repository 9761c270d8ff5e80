// Homes of one engine, at different nodes of a cluster: each sees only itself.
import { hashSecret, type KnownAccount, type Principal, rightsOf } from '@pilotwire/accounts';
import { expect } from 'chai';
import type { Broker } from '../src/index.ts';
import { Inbox } from './support/clients.ts';
import { clusterStage, nodeOf } from './support/cluster.ts';
import { type Came, WireClient } from './support/wire-client.ts';

const password = 'secret-of-a-house';
const account = (principal: Principal): KnownAccount => ({ principal, secretHash: hashSecret(password) });
const accounts = [
	account({ kind: 'home', name: 'dupont', house: 'dupont' }),
	account({ kind: 'home', name: 'martin', house: 'martin' }),
	account({ kind: 'integrator', name: 'fitter', houses: ['dupont'] }),
];
const refused = 0x87;

describe('homes in a cluster', function () {
	this.timeout(60_000);
	const { redis, nodes, bench, wires } = clusterStage();
	let first: Broker;
	let second: Broker;

	before(async () => {
		const start = (name: string) =>
			nodes.broker({
				...nodeOf(redis.url, name),
				accounts,
				sysIntervalS: 1,
				rights: (principal) => rightsOf('engine', principal),
			});
		[first, second] = [await start('first'), await start('second')];
	});

	const as = (node: Broker, username: string, options: object = {}) =>
		bench.client(node, { username, password, protocolVersion: 5, ...options });

	async function wire(node: Broker, username: string, options: object = {}): Promise<WireClient> {
		const client = await WireClient.connect(node, 5, { username, password: Buffer.from(password), ...options });
		wires.push(client);
		return client;
	}

	const granted = async (client: WireClient, filter: string): Promise<unknown> => {
		client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: filter, qos: 1 }] });
		const came = (await client.next()) as Came & { granted?: number[] };
		return came.granted?.[0];
	};

	it('are refused what reaches beyond themselves, shared or not, and hear nothing of each other', async () => {
		const dupont = await as(first, 'dupont');
		await dupont.publishAsync('pilotwire/dupont/meter/main/load/state', 'retained', { qos: 1, retain: true });
		const martin = await wire(second, 'martin', { clientId: 'martin-1' });
		expect(await martin.next()).to.include({ cmd: 'connack', reasonCode: 0 });
		for (const filter of ['#', '+/#', 'pilotwire/#', 'pilotwire/+/meter/#', 'pilotwire/dupont/#', '$SYS/#'])
			for (const prefix of ['', '$share/g/'])
				expect(await granted(martin, prefix + filter), prefix + filter).to.equal(refused);
		expect(await granted(martin, '$share/g/pilotwire/martin/#')).to.equal(1);
		const fitter = await as(second, 'fitter');
		const inbox = new Inbox(fitter);
		await fitter.subscribeAsync('pilotwire/+/meter/#', { qos: 1 });
		for (const house of ['dupont', 'martin']) {
			const home = await as(first, house);
			await home.publishAsync(`pilotwire/${house}/meter/main/load/state`, house, { qos: 1 });
		}
		await inbox.until((all) => all.some(({ text }) => text === 'martin'));
		expect(inbox.all.map(({ text }) => text)).to.deep.equal(['retained', 'dupont', 'martin']);
		expect(String(((await martin.next()) as { payload?: Buffer }).payload)).to.equal('martin');
	});

	it('say nothing in the name of another, with their wills neither', async () => {
		const dupont = await as(first, 'dupont');
		const inbox = new Inbox(dupont);
		await dupont.subscribeAsync('pilotwire/dupont/#', { qos: 1 });
		const will = {
			topic: 'pilotwire/dupont/services/bridge/status',
			payload: Buffer.from('forged'),
			qos: 1,
			retain: true,
		};
		const martin = await wire(second, 'martin', { clientId: 'martin-2', will });
		const answer = await martin.next();
		if (answer.cmd === 'connack' && answer['reasonCode'] === 0) {
			martin.send({ cmd: 'publish', topic: will.topic, payload: 'forged', qos: 1, messageId: 3, retain: true });
			const puback = await martin.next();
			expect(puback.cmd === 'closed' || puback['reasonCode'] === refused, JSON.stringify(puback)).to.equal(true);
		}
		martin.socket.destroy();
		await dupont.publishAsync('pilotwire/dupont/marker', 'x', { qos: 1 });
		await as(second, 'martin').then((again) => again.publishAsync('pilotwire/martin/marker', 'x', { qos: 1 }));
		await dupont.publishAsync('pilotwire/dupont/marker', 'y', { qos: 1 });
		await inbox.until((all) => all.some(({ text }) => text === 'y'));
		expect(inbox.all.filter(({ text }) => text === 'forged')).to.deep.equal([]);
	});

	it('have their client ids to themselves while they use them, connected or absent, at every node', async () => {
		const dupont = await as(first, 'dupont', { clientId: 'mine' });
		const absent = await as(first, 'dupont', {
			clientId: 'keeper',
			clean: false,
			properties: { sessionExpiryInterval: 60 },
		});
		await absent.subscribeAsync('pilotwire/dupont/circuits/+/set', { qos: 1 });
		await absent.endAsync();
		for (const node of [first, second]) {
			for (const clientId of ['mine', 'keeper']) {
				const martin = await wire(node, 'martin', { clientId, clean: false });
				expect(await martin.next(), clientId).to.include({ cmd: 'connack', reasonCode: 0x85 });
			}
		}
		expect(dupont.connected).to.equal(true);
		await dupont.publishAsync('pilotwire/dupont/circuits/salon/set', 'eco', { qos: 1 });
		const inboxes: Inbox[] = [];
		const back = { username: 'dupont', password, protocolVersion: 5, clientId: 'keeper', clean: false } as const;
		await bench.client(second, { ...back, properties: { sessionExpiryInterval: 60 } }, 'tcp', (early) =>
			inboxes.push(new Inbox(early)),
		);
		expect((await (inboxes[0] as Inbox).until((all) => all.length > 0))[0]?.text).to.equal('eco');
	});
});
