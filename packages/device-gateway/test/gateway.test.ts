import { topicName, topics } from '@pilotwire/contract';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Rig } from './support/rig.ts';

describe('the device gateway', () => {
	const folder = temporaryDirectory();
	let rig: Rig;

	beforeEach(async () => {
		rig = await new Rig(folder.path).start();
	});
	afterEach(() => rig.stop());

	it('puts a device on the bus with its type, its status and what it says', async () => {
		await rig.accounts.addMachine('device', 'cellar', 'station');
		expect(rig.state('cellar')).to.include({ type: 'station', status: 'offline', connected: false });
		const device = await rig.signedIn('cellar');
		expect(rig.state('cellar')).to.include({ type: 'station', status: 'online', connected: true, via: 'websocket' });
		expect(rig.status('cellar')).to.equal('online');
		device.say({ type: 'telemetry', status: 'charging', temperature: 21.5, pump: { on: true }, fw: '1.2', gone: null });
		await until('it says so', () => rig.state('cellar')?.status === 'charging');
		expect(rig.status('cellar')).to.equal('charging');
		expect(rig.state('cellar')?.telemetry?.values).to.deep.equal({ temperature: 21.5, 'pump.on': true, fw: '1.2' });
		expect(device.told).to.deep.equal([]);
	});

	it('answers what came too early and what is wrong in the words that devices know', async () => {
		await rig.accounts.addMachine('device', 'cellar');
		const early = await rig.device();
		early.say({ type: 'telemetry', status: 'idle' }).say('nonsense').say({ type: 'hello' });
		await until('three answers', () => early.told.length === 3);
		expect(early.told).to.deep.equal(Array(3).fill({ error: 'auth_required' }));
		early.signIn('cellar');
		await until('it is in', () => rig.state('cellar')?.connected === true);
		for (const [name, password] of [
			['cellar', 'wrong'],
			['nobody', "nobody's password"],
			['camille', "camille's password"],
			['', ''],
		] as const) {
			const wrong = (await rig.device()).signIn(name, password);
			expect(await wrong.closed).to.equal(1008);
			expect(wrong.told).to.deep.equal([{ error: 'unauthorized' }]);
		}
		const formless = (await rig.device()).say({ type: 'auth', name: 5, password: {} });
		await formless.closed;
		expect(formless.told).to.deep.equal([{ error: 'unauthorized' }]);
	});

	it('knows a device whose firmware writes its name with capitals and underscores', async () => {
		await rig.accounts.addMachine('device', 'esp-01');
		(await rig.device()).signIn('ESP_01', "esp-01's password");
		await until('it is in', () => rig.state('esp-01')?.connected === true);
	});

	it('puts off whom the accounts could not look at, without calling the password wrong', async () => {
		rig.accounts.busy = true;
		const device = (await rig.device()).signIn('cellar');
		expect(await device.closed).to.equal(1013);
		expect(device.told).to.deep.equal([]);
	});

	it('gives a device that comes again its own place, and says nothing of its having gone', async () => {
		const first = await rig.signedIn('cellar');
		const { since } = rig.state('cellar') ?? {};
		const mark = rig.hub.published.length;
		const second = (await rig.device()).signIn('cellar');
		expect(await first.closed).to.equal(4409);
		second.say({ type: 'telemetry', n: 1 });
		await until('it speaks', () => rig.state('cellar')?.telemetry !== undefined);
		const said = rig.hub.published.slice(mark).filter(({ name }) => name.endsWith('cellar/status'));
		expect(said).to.deep.equal([]);
		expect(rig.state('cellar')).to.include({ connected: true, since });
	});

	it('says that a device is offline once its connection ends, and keeps what it said', async () => {
		const device = await rig.signedIn('cellar');
		device.say({ type: 'telemetry', status: 'busy', n: 1 });
		await until('it speaks', () => rig.status('cellar') === 'busy');
		device.ws.terminate();
		await until('it is gone', () => rig.status('cellar') === 'offline');
		expect(rig.state('cellar')).to.include({ status: 'offline', connected: false });
		expect(rig.state('cellar')?.telemetry?.values).to.deep.equal({ n: 1 });
	});

	it('lets go of a device whose secret changed or whose account is gone, and clears what is left of that', async () => {
		const rotated = await rig.signedIn('cellar');
		const removed = await rig.signedIn('attic');
		await rig.accounts.rotateSecret('cellar');
		expect(await rotated.closed).to.equal(4410);
		expect(rig.state('cellar')?.connected).to.equal(false);
		await rig.accounts.remove('attic');
		expect(await removed.closed).to.equal(4410);
		await until('it is cleared', () => rig.state('attic') === undefined && rig.status('attic') === undefined);
	});

	it('reads a flood no faster than it should, down to the newest, and what is no JSON object only so long', async function () {
		this.timeout(60_000);
		const device = await rig.signedIn('cellar');
		const beganMs = performance.now();
		for (let n = 1; n <= 200; n += 1) device.say({ type: 'telemetry', n });
		await until('the newest is there', () => rig.state('cellar')?.telemetry?.values['n'] === 200);
		const seconds = Math.ceil((performance.now() - beganMs) / 1_000);
		const states = rig.hub.published.filter(({ name }) => name.endsWith('cellar/state'));
		expect(states.length).to.be.at.most(20 * (seconds + 1) + 5);
		const other = await rig.signedIn('attic');
		for (let n = 0; n < 60; n += 1) other.say(n % 2 === 0 ? '[1]' : '{"type":');
		expect(await other.closed).to.equal(1008);
	});

	it('answers a browser that it is no page', async () => {
		const answer = await fetch(`http://127.0.0.1:${rig.port}/`);
		expect(answer.status).to.equal(426);
	});

	it('closes its accounts and says of each device that it is gone when it stops', async () => {
		await rig.signedIn('cellar');
		await rig.stop();
		expect(rig.status('cellar')).to.equal('offline');
		expect(rig.accounts.closed).to.equal(1);
	});
});

describe('the device gateway, as time passes', () => {
	const folder = temporaryDirectory();
	let clock: VirtualClock;
	let rig: Rig;

	beforeEach(async () => {
		clock = new VirtualClock();
		rig = await new Rig(folder.path, { pingS: 20 }, clock).start();
	});
	afterEach(async () => {
		await rig.stop();
		expect(clock.pending).to.equal(0);
	});

	it('lets go of who does not sign in', async () => {
		const silent = await rig.device();
		await until('it is known', () => clock.pending > 2);
		clock.advance(10_000);
		expect(await silent.closed).to.equal(4408);
	});

	it('finds a half-open line by its silence, and one that answers stays', async () => {
		const deaf = await rig.signedIn('deaf', { autoPong: false });
		const alive = await rig.signedIn('alive');
		const pinged = new Promise((resolve) => alive.ws.once('ping', resolve));
		clock.advance(21_000);
		await pinged;
		// What it says behind its answer has come: so has the answer, before the next look.
		alive.say({ type: 'telemetry', status: 'well' });
		await until('it has spoken', () => rig.status('alive') === 'well');
		clock.advance(21_000);
		await deaf.closed;
		await until('it is offline', () => rig.status('deaf') === 'offline');
		expect(rig.status('alive')).to.equal('well');
	});

	it('takes what an earlier life left for gone, and a device that speaks MQTT itself for there', async () => {
		await rig.accounts.addMachine('device', 'plug', 'box');
		const device = await rig.signedIn('cellar');
		device.say({ type: 'telemetry', status: 'busy', n: 7 });
		await until('it speaks', () => rig.status('cellar') === 'busy');
		rig.publish('plug/status', 'idle', true);
		rig.publish('plug/telemetry', { t: 3 });
		expect(rig.state('plug')).to.include({ via: 'mqtt', connected: true, status: 'idle' });
		rig.publish('stranger/state', { ...rig.state('plug') }, true);
		rig.kill();
		const next = await new Rig(folder.path, {}, clock, rig).start();
		try {
			clock.advance(2_000);
			expect(next.state('cellar')).to.include({ status: 'offline', connected: false });
			expect(next.state('cellar')?.telemetry?.values).to.deep.equal({ n: 7 });
			expect(next.status('cellar')).to.equal('offline');
			expect(next.state('plug')).to.include({ via: 'mqtt', connected: true, status: 'idle' });
			expect(next.status('plug')).to.equal('idle');
			expect(next.state('stranger')).to.equal(undefined);
		} finally {
			await next.stop();
		}
	});

	it('hears a device that speaks MQTT itself: what it says, and its last will', async () => {
		await rig.accounts.addMachine('device', 'plug');
		rig.publish('plug/telemetry', { type: 'telemetry', status: 'warm', t: 3 });
		expect(rig.state('plug')).to.include({ via: 'mqtt', connected: true, status: 'warm' });
		expect(rig.state('plug')?.telemetry?.values).to.deep.equal({ t: 3 });
		rig.publish('plug/status', 'offline', true);
		expect(rig.state('plug')).to.include({ connected: false, status: 'offline' });
		rig.publish('unknown/telemetry', { t: 3 });
		expect(rig.state('unknown')).to.equal(undefined);
	});

	it('says all again to a broker that was away', async () => {
		await rig.signedIn('cellar');
		rig.hub.down();
		rig.hub.retained.clear();
		rig.hub.up();
		clock.advance(2_000);
		expect(rig.state('cellar')?.connected).to.equal(true);
		expect(rig.hub.retained.get(topicName('home', topics.deviceStatus, { device: 'cellar' }))).to.equal('online');
	});
});
