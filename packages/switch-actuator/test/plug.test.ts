import { expect } from 'chai';
import fc from 'fast-check';
import { switchActuatorSections } from '../src/config.ts';
import { Plug } from '../src/core/plug.ts';
import { switchesOf } from '../src/core/switched.ts';
import { type GivenSwitch, SwitchHouse, Zigbee, zigbee } from './house.ts';

function plugOf(given: GivenSwitch): { plug: Plug; said: string[]; away: (is: boolean) => void } {
	const said: string[] = [];
	let isAway = false;
	const [circuit] = switchesOf(switchActuatorSections.switches.parse([given]));
	if (circuit === undefined) throw new Error('one switch');
	const plug = new Plug(circuit, (topic, payload) => {
		if (!isAway) said.push(`${topic} ${payload}`);
		return !isAway;
	});
	return {
		plug,
		said,
		away: (is) => {
			isAway = is;
		},
	};
}

const ON = JSON.stringify({ state: 'ON', power: 900 });
const OFF = JSON.stringify({ state: 'OFF', power: 0 });

describe('a plug', () => {
	it('that does not answer is told again at growing intervals, and nobody knows what it does', () => {
		const { plug, said } = plugOf(zigbee('p', { answerS: 10 }));
		plug.show('comfort', 0);
		const toldAt: number[] = [0];
		for (let s = 1; s <= 1000; s++) {
			const before = said.length;
			plug.tick(s * 1000);
			if (said.length > before) toldAt.push(s);
		}
		expect(toldAt).to.deep.equal([0, 10, 30, 70, 150, 310, 610, 910]);
		expect(plug.reachable).to.equal(false);
		expect(plug.trouble?.fault).to.equal('no_answer');
		expect(plug.trouble?.problem).to.match(
			/expected comfort on zigbee2mqtt\/p within 10 s, it has never answered: check/,
		);
		plug.heard('zigbee2mqtt/p', ON, false, 1_000_000);
		expect([plug.reachable, plug.confirmed, plug.trouble, plug.powerW]).to.deep.equal([
			true,
			'comfort',
			undefined,
			900,
		]);
	});

	it('that answers what cannot be understood is not called mute: what it said is told, and where to correct it', () => {
		const { plug } = plugOf(zigbee('p', { answerS: 10 }));
		const problemAfter = (text: string): string | undefined => {
			plug.heard('zigbee2mqtt/p', text, false, 500);
			plug.tick(11_000);
			return plug.trouble?.problem;
		};
		plug.show('comfort', 0);
		expect(problemAfter('ON')).to.match(
			/^expected comfort on zigbee2mqtt\/p within 10 s, it said ON, in which there is no state \(a plain word needs no path\): correct its feedback/,
		);
		expect(problemAfter('{"state":"OPEN"}')).to.match(/it said state "OPEN", which is neither ON nor OFF: correct/);
		expect(problemAfter(`{"x":"${'y'.repeat(500)}"}`)).to.have.length.below(260);
		plug.heard('zigbee2mqtt/p', ON, false, 12_000);
		expect(plug.trouble).to.equal(undefined);
		// It was understood, and then fell silent: that is told again.
		plug.heard('zigbee2mqtt/p', '{"linkquality":3}', false, 12_100);
		plug.show('off', 13_000);
		plug.tick(24_000);
		expect(plug.trouble?.problem).to.match(/it last said comfort: check that it has power and radio/);
	});

	it('is understood in capital and small letters, and in numbers and booleans where these are its words', () => {
		const said = (feedback: GivenSwitch['feedback'], text: string) => {
			const { plug } = plugOf({ id: 'p', powerW: 100, output: { topic: 'x/set', on: true, off: false }, feedback });
			plug.show('comfort', 0);
			plug.heard('x', text, false, 100);
			return plug.confirmed;
		};
		expect([said({ topic: 'x' }, 'on'), said({ topic: 'x' }, 'Off'), said({ topic: 'x' }, 'one')]).to.deep.equal([
			'comfort',
			'off',
			undefined,
		]);
		const shelly = { topic: 'x', path: 'output', on: true, off: false };
		expect([said(shelly, '{"output":true}'), said(shelly, '{"output":false}')]).to.deep.equal(['comfort', 'off']);
		expect(said({ topic: 'x', on: 1, off: 0 }, '1')).to.equal('comfort');
		const { plug, said: told } = plugOf({ id: 'p', powerW: 100, output: { topic: 'x/set', on: true, off: false } });
		plug.show('off', 0);
		expect(told).to.deep.equal(['x/set false']);
	});

	it('that stays on although it was told off stays on for everybody who asks', () => {
		const { plug } = plugOf(zigbee('p'));
		plug.show('comfort', 0);
		plug.heard('zigbee2mqtt/p', ON, false, 100);
		plug.show('off', 1000);
		plug.heard('zigbee2mqtt/p', ON, false, 1100);
		expect([plug.reachable, plug.confirmed]).to.deep.equal([true, 'comfort']);
		plug.tick(11_000);
		expect([plug.reachable, plug.confirmed]).to.deep.equal([false, 'comfort']);
		plug.show('comfort', 12_000);
		expect(plug.reachable).to.equal(false);
	});

	it('whose button somebody presses is told again, without a race', () => {
		const { plug, said } = plugOf(zigbee('p', { answerS: 10 }));
		plug.show('off', 0);
		plug.heard('zigbee2mqtt/p', OFF, false, 100);
		plug.heard('zigbee2mqtt/p', ON, false, 60_000);
		expect(said).to.have.length(2);
		plug.heard('zigbee2mqtt/p', OFF, false, 60_100);
		plug.heard('zigbee2mqtt/p', ON, false, 61_000);
		expect(said).to.have.length(2);
		expect(plug.confirmed).to.equal('comfort');
		plug.tick(70_000);
		expect(said).to.have.length(3);
	});

	it('without any feedback counts as obedient once the broker took the order, and not before', () => {
		const { plug, away, said } = plugOf({ id: 'p', powerW: 100, output: { topic: 'x/set', on: 'ON', off: 'OFF' } });
		away(true);
		plug.show('comfort', 0);
		expect(plug.confirmed).to.equal(undefined);
		away(false);
		plug.connected(5_000);
		expect(plug.confirmed).to.equal('comfort');
		plug.tick(500_000);
		expect(said).to.deep.equal(['x/set ON']);
	});

	it('known by its power alone is off when it draws nothing, and obeys while its thermostat is satisfied', () => {
		const power = { topic: 'tele/p/SENSOR', path: 'ENERGY.Power' };
		const output = { topic: 'cmnd/p/POWER', on: 'ON', off: 'OFF' };
		const { plug } = plugOf({ id: 'p', powerW: 2000, output, power });
		const says = (powerW: number, nowMs: number): void =>
			plug.heard('tele/p/SENSOR', JSON.stringify({ ENERGY: { Power: powerW } }), false, nowMs);
		plug.show('comfort', 0);
		says(0, 1000);
		expect([plug.confirmed, plug.powerW]).to.deep.equal(['comfort', 0]);
		plug.show('off', 2000);
		says(1900, 3000);
		expect([plug.confirmed, plug.powerW]).to.deep.equal(['comfort', 1900]);
		says(0, 4000);
		expect([plug.confirmed, plug.powerW]).to.deep.equal(['off', 0]);
		says(1900, 60_000);
		expect(plug.confirmed).to.equal('comfort');
	});

	it('that speaks Tasmota is heard on its own topics, each in its own form', () => {
		const { plug, said } = plugOf({
			id: 'p',
			powerW: 2000,
			output: { topic: 'boiler/cmnd/POWER', on: 'ON', off: 'OFF' },
			feedback: { topic: 'boiler/stat/POWER' },
			power: { topic: 'boiler/tele/SENSOR', path: 'ENERGY.Power' },
		});
		plug.show('comfort', 0);
		expect(said).to.deep.equal(['boiler/cmnd/POWER ON']);
		plug.heard('boiler/stat/POWER', 'ON', false, 100);
		plug.heard('boiler/tele/SENSOR', '{"Time":"2026-01-15T17:00:10","ENERGY":{"Power":1987}}', false, 200);
		expect([plug.confirmed, plug.powerW]).to.deep.equal(['comfort', 1987]);
		plug.show('off', 300);
		plug.heard('boiler/stat/POWER', 'OFF', false, 400);
		plug.heard('boiler/tele/SENSOR', '{"ENERGY":{"Power":0}}', false, 500);
		plug.show('comfort', 600);
		plug.heard('boiler/stat/POWER', 'ON', false, 700);
		// What it drew while it was off says nothing of what it draws now.
		expect(plug.powerW).to.equal(undefined);
	});

	it('is not blamed for what the broker did not carry', () => {
		const { plug, said, away } = plugOf(zigbee('p', { answerS: 10 }));
		plug.show('comfort', 0);
		away(true);
		plug.disconnected();
		for (let s = 1; s <= 100; s++) plug.tick(s * 1000);
		expect([plug.reachable, said.length]).to.deep.equal([true, 1]);
		away(false);
		plug.connected(101_000);
		plug.tick(110_999);
		expect([plug.reachable, said.length]).to.deep.equal([true, 2]);
		plug.tick(111_000);
		expect(plug.reachable).to.equal(false);
	});

	it('that goes off by itself is renewed while it shall be on', () => {
		const output = { topic: 'z/p/set', on: { state: 'ON', on_time: 300 }, renewS: 120 };
		const { plug, said } = plugOf({ ...zigbee('p'), output });
		plug.show('comfort', 0);
		plug.heard('zigbee2mqtt/p', ON, false, 100);
		for (let s = 1; s <= 250; s++) plug.tick(s * 1000);
		expect(said).to.deep.equal(Array.from({ length: 3 }, () => 'z/p/set {"state":"ON","on_time":300}'));
		plug.show('off', 251_000);
		plug.heard('zigbee2mqtt/p', OFF, false, 251_100);
		for (let s = 252; s <= 600; s++) plug.tick(s * 1000);
		expect(said).to.have.length(4);
	});

	it('that takes a current has its most for comfort, its least for eco, and says which', () => {
		const { plug, said } = plugOf({
			id: 'car',
			kind: 'charger',
			powerW: 7400,
			output: { topic: 'evse/set', current: { minA: 6, maxA: 32, payload: { amps: '{A}' } }, off: { amps: 0 } },
			feedback: { topic: 'evse/state', path: 'mode', currentPath: 'amps' },
		});
		expect(plug.circuit.understands('comfort_-2')).to.equal('comfort');
		for (const order of ['comfort', 'eco', 'off'] as const) plug.show(order, 0);
		expect(said).to.deep.equal(['evse/set {"amps":32}', 'evse/set {"amps":6}', 'evse/set {"amps":0}']);
		for (const [amps, order] of [
			[32, 'comfort'],
			[6, 'eco'],
			['0', 'off'],
		]) {
			plug.heard('evse/state', JSON.stringify({ amps }), false, 0);
			expect(plug.confirmed).to.equal(order);
		}
		plug.heard('evse/state', '{"mode":"OFF","amps":16}', false, 0);
		expect(plug.confirmed).to.equal('off');
	});

	it('takes a retained word only for that it was off, and never for an answer', () => {
		const { plug } = plugOf(zigbee('p', { answerS: 10 }));
		plug.show('comfort', 0);
		plug.heard('zigbee2mqtt/p', ON, true, 100);
		expect(plug.confirmed).to.equal(undefined);
		plug.heard('zigbee2mqtt/p', OFF, true, 200);
		expect(plug.confirmed).to.equal('off');
		plug.tick(10_000);
		expect(plug.reachable).to.equal(false);
	});

	it('takes its own last state for what it is where that is fresh, otherwise only that it was off', () => {
		const [stale, fresh, off] = [plugOf(zigbee('p')).plug, plugOf(zigbee('p')).plug, plugOf(zigbee('p')).plug];
		stale.assume('comfort', false);
		fresh.assume('comfort', true);
		off.assume('off', false);
		expect([stale.confirmed, fresh.confirmed, off.confirmed]).to.deep.equal([undefined, 'comfort', 'off']);
	});

	it('that went off by itself is told on again once that is decided, and not before', () => {
		const { plug, said } = plugOf(zigbee('p', { answerS: 10 }));
		plug.show('comfort', 0);
		plug.heard('zigbee2mqtt/p', ON, false, 100);
		plug.heard('zigbee2mqtt/p', OFF, false, 60_000);
		expect(said).to.have.length(1);
		plug.show('comfort', 60_000);
		expect(said).to.have.length(2);
		plug.show('comfort', 60_100);
		expect(said).to.have.length(2);
	});

	it('is never brought down by what stands on its topics', () => {
		const { plug } = plugOf({ ...zigbee('p'), power: { topic: 'zigbee2mqtt/p', path: 'a.b.power' } });
		plug.show('off', 0);
		const nonsense = fc.oneof(
			fc.string(),
			fc.json(),
			fc.constantFrom(
				'{"state":{"state":"ON"}}',
				'{"a":null}',
				'{"a":{"b":[1]}}',
				'{"a":{"b":{"power":-1}}}',
				'[]',
				'null',
			),
		);
		fc.assert(
			fc.property(nonsense, fc.boolean(), (text, retained) => {
				plug.heard('zigbee2mqtt/p', text, retained, 1000);
				expect([undefined, 'off', 'comfort']).to.include(plug.confirmed);
				expect(plug.powerW === undefined || plug.powerW >= 0).to.equal(true);
			}),
		);
	});
});

describe('a plug that nobody reaches', () => {
	it('is reported, keeps its place in the blind budget, and comes back', async () => {
		const house = new SwitchHouse({ switches: [zigbee('p1', { powerW: 800 }), zigbee('p2', { powerW: 800 })] });
		const [one, two] = ['p1', 'p2'].map((id) => new Zigbee(house.hub, `zigbee2mqtt/${id}`)) as [Zigbee, Zigbee];
		await house.service.start();
		house.lease({ leaseS: 20, admitted: { p1: 'comfort' } });
		await house.pass(3);
		one.isDead = true;
		house.say('circuits/p1/set', 'off');
		await house.pass(12);
		expect(house.circuit('p1')).to.include({ reason: 'unreachable', inForce: 'comfort', wanted: 'off' });
		expect(house.circuit('p1').problem).to.include('zigbee2mqtt/p1');
		expect(house.circuit('p1').fault).to.equal('no_answer');
		// The lease ends: 1200 VA are left to share, and 800 of them may still be drawn by the plug that is lost.
		await house.pass(120);
		expect(house.circuit('p2')).to.include({ control: 'fallback', inForce: 'off' });
		expect(two.isOn).to.equal(false);
		one.isDead = false;
		await house.pass(300);
		expect(house.circuit('p1')).to.include({ inForce: 'off', reason: 'fallback' });
		expect(house.circuit('p1')).to.not.have.any.keys('problem', 'fault');
		expect(two.isOn).to.equal(true);
		await house.service.stop();
		expect(house.failures).to.deep.equal([]);
	});

	it('is told again when the broker comes back, since what was said meanwhile nobody heard', async () => {
		const house = new SwitchHouse({ switches: [zigbee('p1')], shedderEnabled: false, fallback: { enabled: false } });
		const plug = new Zigbee(house.hub, 'zigbee2mqtt/p1');
		await house.service.start();
		await house.pass(3);
		expect(plug.isOn).to.equal(true);
		house.hub.down();
		plug.isOn = false;
		await house.pass(30);
		house.hub.up();
		await house.pass(2);
		expect(plug.isOn).to.equal(true);
		await house.service.stop();
	});
});
