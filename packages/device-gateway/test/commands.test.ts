import type { DeviceCommandAnswer } from '@pilotwire/contract';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { Rig } from './support/rig.ts';

describe('commands to devices', () => {
	const folder = temporaryDirectory();
	let rig: Rig;
	let call: ReturnType<Rig['caller']>;
	const command = async (parameters: Record<string, unknown>): Promise<DeviceCommandAnswer> =>
		(await call('device.command', { waitS: 0, ...parameters })) as DeviceCommandAnswer;

	beforeEach(async () => {
		rig = await new Rig(folder.path).start();
		call = rig.caller();
	});
	afterEach(() => rig.stop());

	it('reach the device in the form that it knows, the value as text and left out where there is none', async () => {
		const device = await rig.signedIn('cellar');
		await command({ devices: ['cellar'], command: 'reboot' });
		await command({ devices: ['cellar'], command: 'level', value: 7 });
		await command({ devices: ['cellar'], command: 'label', value: '' });
		expect(device.told).to.deep.equal([
			{ command: 'reboot' },
			{ command: 'level', value: '7' },
			{ command: 'label', value: '' },
		]);
	});

	it('for many names that nobody has are one line in the log', async () => {
		const devices = Array.from({ length: 1_000 }, (_, index) => `no-${index}`);
		const { outcomes } = await command({ devices, command: 'go' });
		expect(outcomes).to.have.length(1_000);
		expect(rig.warnings).to.deep.equal([
			'refused on device commands: expected the name of a device of this house, got "no-0"',
		]);
	});

	it('to more devices than an answer has room for reach none', async () => {
		for (let index = 0; index < 1_001; index += 1) await rig.accounts.addMachine('device', `station-${index}`);
		const device = await rig.signedIn('station-7');
		const error = await command({ devices: 'all', command: 'go' }).catch(({ message }) => message);
		expect(error).to.include('DEVICES_TOO_MANY: expected at most 1000 devices in one call, got 1001');
		expect(device.told).to.deep.equal([]);
	});

	it('tell of each device what became of them', async () => {
		const answering = await rig.signedIn('answering');
		answering.ws.on('message', () => answering.say({ type: 'telemetry', done: 1 }));
		const busy = await rig.signedIn('busy');
		await rig.accounts.addMachine('device', 'away');
		const devices = ['answering', 'busy', 'away', 'nobody'];
		const { id, outcomes } = await command({ devices, command: 'go', waitS: 0.3 });
		expect(outcomes.map(({ device, outcome, code }) => [device, outcome, code])).to.deep.equal([
			['answering', 'acknowledged', undefined],
			['busy', 'delivered', undefined],
			['away', 'offline', 'DEVICE_OFFLINE'],
			['nobody', 'refused', 'DEVICE_UNKNOWN'],
		]);
		expect(busy.told).to.have.length(1);
		expect(rig.events('answering')).to.have.length(1);
		expect(rig.events('answering')[0]).to.include({ kind: 'command', id, command: 'go', outcome: 'acknowledged' });
		expect(rig.events('away')[0]).to.include({ outcome: 'offline' });
		expect(rig.events('nobody')).to.deep.equal([]);
		const all = await command({ devices: 'all', command: 'go' });
		expect(all.outcomes.map(({ device }) => device)).to.deep.equal(['answering', 'away', 'busy']);
	});

	it('are acknowledged by what the device says once it has them, not by what was on its way', async () => {
		const device = await rig.signedIn('cellar', { autoPong: false });
		device.say({ type: 'telemetry', n: 1 });
		await until('it speaks', () => rig.state('cellar')?.telemetry !== undefined);
		const pinged = new Promise<Buffer>((resolve) => device.ws.once('ping', resolve));
		const answer = command({ devices: ['cellar'], command: 'go', waitS: 0.2 });
		const ping = await pinged;
		device.say({ type: 'telemetry', n: 1 });
		device.ws.pong(ping);
		expect((await answer).outcomes[0]?.outcome).to.equal('delivered');
	});

	it('are carried out once, however often they come under one id, and another one under that id is refused', async () => {
		const device = await rig.signedIn('cellar');
		const given = { devices: ['cellar'], command: 'open', value: '1', id: 'c-1' };
		const answers = await Promise.all([command(given), command(given), command(given)]);
		rig.publish('cellar/set', { command: 'open', value: '1', id: 'c-1' });
		expect(answers.map(({ outcomes }) => outcomes[0]?.outcome)).to.deep.equal(Array(3).fill('delivered'));
		const other = await command({ ...given, value: '2' });
		expect(other.outcomes[0]).to.include({ outcome: 'refused', code: 'COMMAND_ID_USED' });
		expect(device.told).to.deep.equal([{ command: 'open', value: '1' }]);
		expect(rig.events('cellar')).to.have.length(1);
	});

	it('may come again under their id where they were never sent', async () => {
		await rig.accounts.addMachine('device', 'cellar');
		const given = { devices: ['cellar'], command: 'open', id: 'c-1' };
		expect((await command(given)).outcomes[0]?.outcome).to.equal('offline');
		const device = await rig.signedIn('cellar');
		expect((await command(given)).outcomes[0]?.outcome).to.equal('delivered');
		expect(device.told).to.have.length(1);
	});

	it('are not carried out after their time', async () => {
		const device = await rig.signedIn('cellar');
		const { outcomes } = await command({ devices: ['cellar'], command: 'open', until: '2020-01-01T00:00:00Z' });
		expect(outcomes[0]).to.include({ outcome: 'refused', code: 'COMMAND_EXPIRED' });
		expect(device.told).to.deep.equal([]);
	});

	it('are known in the next life of the gateway: what was done, and what may have been', async () => {
		const device = await rig.signedIn('cellar', { autoPong: false });
		device.ws.on('ping', (data) => {
			if (device.told.length < 2) device.ws.pong(data);
		});
		await command({ devices: ['cellar'], command: 'first', id: 'c-1' });
		void command({ devices: ['cellar'], command: 'second', id: 'c-2' }).catch(() => undefined);
		await until('it was told', () => device.told.length === 2);
		rig.kill();
		const next = await new Rig(folder.path, {}, undefined, rig).start();
		try {
			const again = (await next.device()).signIn('cellar');
			await until('it is back', () => next.state('cellar')?.connected === true);
			const ask = next.caller();
			const repeat = (word: string, id: string) =>
				ask('device.command', { devices: ['cellar'], command: word, id }) as Promise<DeviceCommandAnswer>;
			expect((await repeat('first', 'c-1')).outcomes[0]).to.include({ outcome: 'delivered' });
			expect((await repeat('second', 'c-2')).outcomes[0]).to.include({ outcome: 'refused', code: 'COMMAND_UNCERTAIN' });
			expect((await repeat('other', 'c-1')).outcomes[0]).to.include({ outcome: 'refused', code: 'COMMAND_ID_USED' });
			expect(again.told).to.deep.equal([]);
		} finally {
			await next.stop();
		}
	});

	it('come by the bus as a word or as JSON, to one or to all', async () => {
		const [one, two] = [await rig.signedIn('one'), await rig.signedIn('two')];
		rig.publish('one/set', 'reboot');
		rig.publish('all/set', { command: 'level', value: 3 });
		rig.publish('one/set', '{"command":"nonsense","extra":1}');
		await until('they were told', () => one.told.length === 2 && two.told.length === 1);
		expect(one.told).to.deep.equal([{ command: 'reboot' }, { command: 'level', value: '3' }]);
		expect(two.told).to.deep.equal([{ command: 'level', value: '3' }]);
	});

	it('go to a device that speaks MQTT itself by the bus, once', async () => {
		await rig.accounts.addMachine('device', 'plug');
		rig.publish('plug/status', 'online', true);
		const sent = () => rig.hub.published.filter(({ name }) => name.endsWith('plug/set'));
		const answer = command({ devices: ['plug'], command: 'on', id: 'p-1', waitS: 5 });
		await until('it was sent', () => sent().length === 1);
		expect(JSON.parse(sent()[0]?.payload ?? '')).to.deep.equal({ command: 'on', id: 'p-1' });
		rig.publish('plug/telemetry', { on: true });
		expect((await answer).outcomes[0]?.outcome).to.equal('acknowledged');
		// What comes on its own topic it has heard by itself.
		rig.publish('plug/set', 'off');
		expect(sent()).to.have.length(2);
		rig.publish('plug/status', 'offline', true);
		expect((await command({ devices: ['plug'], command: 'on' })).outcomes[0]?.outcome).to.equal('offline');
	});

	it('wait for nobody who does not confirm: so many, and no more', async () => {
		const device = await rig.signedIn('deaf', { autoPong: false });
		const answers = Array.from({ length: 20 }, (_, n) => command({ devices: ['deaf'], command: `c${n}` }));
		await until('it was told', () => device.told.length === 16);
		const refused = await Promise.all(answers.slice(16));
		expect(refused.map(({ outcomes }) => outcomes[0]?.code)).to.deep.equal(Array(4).fill('COMMAND_TOO_MANY'));
		device.ws.terminate();
		const lost = await Promise.all(answers.slice(0, 16));
		expect(new Set(lost.map(({ outcomes }) => outcomes[0]?.code))).to.deep.equal(new Set(['COMMAND_UNCONFIRMED']));
	});

	it('are refused in words where they are none', async () => {
		for (const wrong of [
			{},
			{ devices: [], command: 'x' },
			{ devices: ['a'], command: '' },
			{ devices: 'a', command: 'x' },
		])
			expect(await call('device.command', wrong).catch(({ code }) => code)).to.equal('RPC_REFUSED');
	});

	it('are one thing, whose devices they are another: those are for administrators', async () => {
		const admin = rig.caller('device-gateway-admin');
		const added = (await admin('device.add', { name: 'cellar', type: 'box' })) as { secret: string };
		expect(added.secret).to.equal("cellar's password");
		const { devices } = (await call('device.list', {})) as { devices: unknown[] };
		expect(devices).to.have.length(1);
		expect(devices[0]).to.include({ name: 'cellar', type: 'box', status: 'offline' });
		expect(await admin('device.rotate', { name: 'cellar' })).to.have.property('secret');
		await admin('device.remove', { name: 'cellar' });
		expect(rig.accounts.devices.size).to.equal(0);
		for (const method of ['device.rotate', 'device.remove'])
			expect(await admin(method, { name: 'camille' }).catch(({ code }) => code)).to.equal('RPC_REFUSED');
		expect(await call('device.add', { name: 'x' }).catch(({ code }) => code)).to.equal('RPC_REFUSED');
	});
});

describe('a device that has a command and says nothing', () => {
	const folder = temporaryDirectory();

	it('is given up after ten seconds without a confirmation', async () => {
		const clock = new VirtualClock();
		const rig = await new Rig(folder.path, {}, clock).start();
		const device = await rig.signedIn('cellar', { autoPong: false });
		rig.publish('cellar/set', 'open');
		await until('it was told', () => device.told.length === 1);
		clock.advance(10_000);
		await device.closed;
		await until('an event', () => rig.events('cellar').length === 1);
		expect(rig.events('cellar')[0]).to.include({ outcome: 'offline', code: 'COMMAND_UNCONFIRMED' });
		await rig.stop();
		expect(clock.pending).to.equal(0);
	});
});
