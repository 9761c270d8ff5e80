// What the clients of a house say to their broker, packet by packet, and what they count on.
import { expect } from 'chai';
import type { Broker } from '../src/index.ts';
import { Bench } from './support/clients.ts';
import { type Came, WireClient } from './support/wire-client.ts';

describe('clients of a house', () => {
	const bench = new Bench();
	const clients: WireClient[] = [];
	let broker: Broker;

	beforeEach(async () => {
		broker = await bench.broker();
	});
	afterEach(async () => {
		for (const client of clients.splice(0)) client.socket.destroy();
		await bench.close();
	});

	const signIn = async (version: 4 | 5, clientId: string, options: Record<string, unknown> = {}) => {
		const client = await WireClient.signIn(broker, version, { clientId, ...options });
		clients.push(client);
		return client;
	};
	const will = (topic: string, payload: string, qos: 0 | 1, retain: boolean) => ({
		will: { topic, payload: Buffer.from(payload), qos, retain },
	});
	/** Publishes and takes the answer. */
	const publish = async (client: WireClient, topic: string, payload: string, qos: 0 | 1 | 2, retain: boolean) => {
		client.send({ cmd: 'publish', topic, payload, qos, retain, dup: false, ...(qos > 0 && { messageId: 99 }) });
		if (qos === 1) expect((await client.next()).cmd).to.equal('puback');
	};
	const subscribe = async (client: WireClient, qos: 0 | 1 | 2, ...filters: string[]): Promise<void> => {
		client.send({ cmd: 'subscribe', messageId: 7, subscriptions: filters.map((topic) => ({ topic, qos })) });
		expect(await client.next()).to.deep.include({ cmd: 'suback', granted: filters.map(() => qos) });
	};
	/** A message as it came. */
	const got = (came: Came): unknown[] =>
		came.cmd === 'publish' && 'topic' in came ? [came.topic, `${came.payload}`, came.retain] : [came.cmd];
	const next = async (client: WireClient): Promise<unknown[]> => got(await client.next());
	const quiet = async (client: WireClient): Promise<unknown> => (await client.settle()).map(got);

	const bridge = 'zigbee2mqtt/bridge/state';
	const discovery = 'homeassistant/switch/0x00158d0001/switch/config';
	const config = JSON.stringify({ state_topic: 'zigbee2mqtt/boiler', command_topic: 'zigbee2mqtt/boiler/set' });
	const online = '{"state":"online"}';
	const offline = '{"state":"offline"}';

	/** Zigbee2MQTT: version 3.1.1, clean, retained discovery of QoS 1, a retained will of QoS 1. */
	async function zigbee2mqtt(): Promise<WireClient> {
		const client = await signIn(4, 'mqttjs_5f2c', { keepalive: 60, ...will(bridge, offline, 1, true) });
		await publish(client, bridge, online, 1, true);
		await subscribe(client, 0, 'zigbee2mqtt/#');
		expect(await next(client)).to.deep.equal([bridge, online, true]);
		await subscribe(client, 0, 'homeassistant/status');
		await publish(client, discovery, config, 1, true);
		return client;
	}

	/** Home Assistant from 2027.1: version 5, clean start, 60 s, a will and a birth that are not retained; all at QoS 0. */
	async function homeAssistant(): Promise<WireClient> {
		const client = await signIn(5, '3rJ9sX0aQ1bTz7uKp2WvYe', {
			keepalive: 60,
			...will('homeassistant/status', 'offline', 0, false),
		});
		await subscribe(client, 0, 'homeassistant/+/+/config', 'homeassistant/+/+/+/config');
		return client;
	}

	it('Home Assistant discovers what Zigbee2MQTT said before it came, and each hears when the other goes', async () => {
		const zigbee = await zigbee2mqtt();
		const home = await homeAssistant();
		expect(await next(home)).to.deep.equal([discovery, config, true]);
		await subscribe(home, 0, 'zigbee2mqtt/boiler', bridge);
		expect(await next(home)).to.deep.equal([bridge, online, true]);
		await publish(home, 'homeassistant/status', 'online', 0, false);
		expect(await next(zigbee)).to.deep.equal(['homeassistant/status', 'online', false]);
		await publish(home, 'zigbee2mqtt/boiler/set', 'ON', 0, false);
		expect(await next(zigbee)).to.deep.equal(['zigbee2mqtt/boiler/set', 'ON', false]);
		await publish(zigbee, 'zigbee2mqtt/boiler', '{"state":"ON"}', 0, false);
		expect(await next(home)).to.deep.equal(['zigbee2mqtt/boiler', '{"state":"ON"}', false]);
		expect(await next(zigbee)).to.deep.equal(['zigbee2mqtt/boiler', '{"state":"ON"}', false]);
		zigbee.socket.destroy();
		expect(await next(home)).to.deep.equal([bridge, offline, false]);
		const again = await zigbee2mqtt();
		expect(await next(home)).to.deep.equal([bridge, online, false]);
		expect(await next(home)).to.deep.equal([discovery, config, false]);
		home.socket.destroy();
		expect(await next(again)).to.deep.equal(['homeassistant/status', 'offline', false]);
		// An entity is taken away by an empty configuration, and found no more.
		await publish(again, discovery, '', 1, true);
		expect(await quiet(await homeAssistant())).to.deep.equal([]);
	});

	it('Home Assistant subscribes to a changed list on one connection, and unsubscribes', async () => {
		const home = await homeAssistant();
		await subscribe(home, 0, ...Array.from({ length: 500 }, (_, index) => `tele/plug-${index}/STATE`));
		home.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['tele/plug-3/STATE', 'never/subscribed'] });
		expect(await home.next()).to.deep.include({ cmd: 'unsuback', granted: [0x00, 0x11] });
		await publish(home, 'tele/plug-3/STATE', 'x', 0, false);
		await publish(home, 'tele/plug-4/STATE', 'x', 0, false);
		expect(await quiet(home)).to.deep.equal([['tele/plug-4/STATE', 'x', false]]);
	});

	/** Tasmota: version 3.1.1, clean, 30 s, a retained will of QoS 1, one SUBSCRIBE for each of its filters. */
	async function tasmota(): Promise<WireClient> {
		const client = await signIn(4, 'DVES_A1B2C3', { keepalive: 30, ...will('tele/plug/LWT', 'Offline', 1, true) });
		await publish(client, 'tele/plug/LWT', 'Online', 0, true);
		await publish(client, 'cmnd/plug/POWER', '', 0, false);
		for (const filter of ['cmnd/plug/#', 'cmnd/tasmotas/#', 'cmnd/DVES_A1B2C3_fb/#'])
			await subscribe(client, 0, filter);
		await publish(client, 'tasmota/discovery/A1B2C3A1B2C3/config', '{"t":"plug"}', 0, true);
		return client;
	}

	it('Tasmota takes commands and answers; after it was cut off and came back it is online for who asks', async () => {
		const plug = await tasmota();
		const watcher = await signIn(5, 'watcher');
		await subscribe(watcher, 0, 'tele/+/LWT', 'stat/#');
		expect(await next(watcher)).to.deep.equal(['tele/plug/LWT', 'Online', true]);
		await publish(watcher, 'cmnd/plug/POWER', 'ON', 0, false);
		expect(await next(plug)).to.deep.equal(['cmnd/plug/POWER', 'ON', false]);
		await publish(plug, 'stat/plug/RESULT', '{"POWER":"ON"}', 0, false);
		expect(await next(watcher)).to.deep.equal(['stat/plug/RESULT', '{"POWER":"ON"}', false]);
		// It lost its network and comes back before the broker has noticed: its old connection ends, with its will.
		await tasmota();
		expect(await plug.next()).to.deep.equal({ cmd: 'closed' });
		expect(await next(watcher)).to.deep.equal(['tele/plug/LWT', 'Offline', false]);
		expect(await next(watcher)).to.deep.equal(['tele/plug/LWT', 'Online', false]);
		const late = await signIn(4, 'late');
		await subscribe(late, 0, 'tele/+/LWT', 'tasmota/discovery/#');
		expect(await quiet(late)).to.have.deep.members([
			['tele/plug/LWT', 'Online', true],
			['tasmota/discovery/A1B2C3A1B2C3/config', '{"t":"plug"}', true],
		]);
	});

	it('Node-RED with a session of its own finds what came while a flow was deployed, at QoS 2, once', async () => {
		const session = { clean: false, keepalive: 60, ...will('nodered/status', 'gone', 0, false) };
		const first = await signIn(4, 'nodered_9c1f', session);
		await subscribe(first, 2, 'flow/#');
		// It says goodbye in its own words and leaves in good order.
		const watcher = await signIn(4, 'watcher');
		await subscribe(watcher, 0, 'nodered/status');
		await publish(first, 'nodered/status', 'closed', 0, false);
		first.send({ cmd: 'disconnect' });
		expect((await first.next()).cmd).to.equal('closed');
		watcher.send({ cmd: 'publish', topic: 'flow/in', payload: 'x', qos: 2, retain: false, dup: false, messageId: 5 });
		expect(await next(watcher)).to.deep.equal(['nodered/status', 'closed', false]);
		expect(await watcher.next()).to.deep.include({ cmd: 'pubrec', messageId: 5 });
		watcher.send({ cmd: 'pubrel', messageId: 5 });
		expect(await quiet(watcher)).to.deep.equal([['pubcomp']]);
		const back = await signIn(4, 'nodered_9c1f', session);
		const came = await back.next();
		expect(got(came)).to.deep.equal(['flow/in', 'x', false]);
		const messageId = 'messageId' in came ? came.messageId : 0;
		back.send({ cmd: 'pubrec', messageId });
		expect(await back.next()).to.deep.include({ cmd: 'pubrel', messageId });
		back.send({ cmd: 'pubcomp', messageId });
		expect(await quiet(back)).to.deep.equal([]);
		expect(await quiet(watcher)).to.deep.equal([]);
	});
});
