import { topicName, topics } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { expect } from 'chai';
import { celsius, House } from './house.ts';

const beer = { id: 'beer', name: 'Beer', source: { oneWire: '28-00000a1b2c3d' } };
const warmer = { id: 'cellar', probe: 'beer', heats: 'mat', targetC: 18, hysteresisC: 0.5, minOnS: 0, minOffS: 0 };
const SET = topicName('home', topics.thermostatSet, { thermostat: 'cellar' });
const TARGET = topicName('home', topics.target, { thermostat: 'cellar' });

describe('the thermostat service', () => {
	let house: House;
	let temperatureC: number;

	beforeEach(() => {
		house = new House();
		temperatureC = 17;
		house.looks.set('beer', () => celsius(temperatureC));
	});
	afterEach(() => house.stop());

	describe('with a probe', () => {
		it('shows what it measures and when, changed or not, and live', async () => {
			await house.start({ probes: [beer] });
			expect(house.probe('beer')).to.include({ name: 'Beer', temperatureC: 17, owner: 'thermostat' });
			const first = house.probe('beer').measuredAt;
			temperatureC = 17.2;
			await house.clock.advanceAsync(10_000, 1_000);
			expect(house.probe('beer').temperatureC).to.equal(17.2);
			await house.clock.advanceAsync(120_000, 1_000);
			expect(house.probe('beer').measuredAt).to.not.equal(first);
		});

		it('is quiet where nothing moves: once a minute, not once a reading', async () => {
			await house.start({ probes: [beer] });
			await house.clock.advanceAsync(600_000, 1_000);
			const said = house.hub.published.filter(
				({ name }) => name === topicName('home', topics.probe, { probe: 'beer' }),
			);
			expect(said).to.have.length.within(9, 12);
		});

		it('reads it at once when it is asked to, and says so though nothing changed', async () => {
			await house.start({ probes: [{ ...beer, everyS: 3_600 }] });
			const before = house.probe('beer').at;
			await house.clock.advanceAsync(30_000, 1_000);
			house.say(topicName('home', topics.probeSet, { probe: 'beer' }), 'read');
			await house.clock.advanceAsync(1);
			expect(house.probe('beer').at).to.not.equal(before);
			expect(house.probe('beer').measuredAt).to.equal(house.probe('beer').at);
			expect(house.probe('beer').everyS, 'who can be asked to read it').to.equal(3_600);
		});

		it('is read at another rhythm from the moment somebody sets it, also after a restart', async () => {
			let looks = 0;
			house.looks.set('beer', () => {
				looks += 1;
				return celsius(17);
			});
			await house.start({ probes: [beer] });
			house.say(topicName('home', topics.probeSet, { probe: 'beer' }), { everyS: 600 });
			await house.clock.advanceAsync(1);
			expect(house.probe('beer').everyS).to.equal(600);
			looks = 0;
			await house.clock.advanceAsync(1_800_000, 60_000);
			expect(looks).to.equal(3);
			expect(house.probe('beer')).not.to.have.property('fault');
			await house.stop();
			await house.start({ probes: [beer] });
			expect(house.probe('beer').everyS).to.equal(600);
			house.say(topicName('home', topics.probeSet, { probe: 'beer' }), { everyS: 0.1 });
			await house.clock.advanceAsync(1);
			expect(house.probe('beer').everyS).to.equal(600);
		});

		it('says what is wrong and what to do, and gives no figure', async () => {
			house.looks.set('beer', () => ({ ok: false, fault: 'missing', received: 'ENOENT' }));
			await house.start({ probes: [beer] });
			expect(house.probe('beer')).to.include({ fault: 'missing' });
			expect(house.probe('beer').problem).to.include('28-00000a1b2c3d').and.to.include('w1-gpio');
			expect(house.probe('beer')).not.to.have.property('temperatureC');
		});

		it('says which right is missing, and not that the wires are bad', async () => {
			house.looks.set('beer', () => ({ ok: false, fault: 'unreadable', received: 'EACCES /sys/bus/w1/x' }));
			await house.start({ probes: [beer] });
			expect(house.probe('beer').problem).to.include('allowed').and.to.include('/sys/bus/w1/x');
			expect(house.probe('beer').problem).not.to.include('wires');
		});

		it('that is silent says so once, not every few seconds', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.looks.set('beer', () => new Promise(() => undefined));
			await house.clock.advanceAsync(130_000, 1_000);
			const before = house.hub.published.length;
			await house.clock.advanceAsync(600_000, 1_000);
			const said = house.hub.published.slice(before).map(({ name }) => name);
			// The orders of its heater are renewed.
			expect(said.filter((name) => !name.includes('/planner/'))).to.deep.equal([]);
		});

		it('shows Prometheus what it measures, and whether it can', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			const value = (name: string): unknown =>
				house.metrics
					.all()
					.find((one) => one.name === name)
					?.read();
			expect(value('pilotwire_probe_temperature_celsius')).to.deep.equal([{ labels: { probe: 'beer' }, value: 17 }]);
			expect(value('pilotwire_thermostat_running')).to.deep.equal([{ labels: { thermostat: 'cellar' }, value: 1 }]);
			house.looks.set('beer', () => ({ ok: false, fault: 'missing', received: 'ENOENT' }));
			await house.clock.advanceAsync(10_000, 1_000);
			expect(value('pilotwire_probe_temperature_celsius')).to.deep.equal([]);
			expect(value('pilotwire_probe_fault')).to.deep.equal([{ labels: { probe: 'beer' }, value: 1 }]);
			expect(value('pilotwire_thermostat_running')).to.deep.equal([{ labels: { thermostat: 'cellar' }, value: 0 }]);
		});

		it('never asks a slow sensor twice at once', async () => {
			let asked = 0;
			house.looks.set('beer', () => {
				asked += 1;
				return new Promise(() => undefined);
			});
			await house.start({ probes: [beer] });
			await house.clock.advanceAsync(300_000, 10_000);
			expect(asked).to.equal(1);
			expect(house.probe('beer').fault).to.equal('silent');
		});

		it('clears what it said of a probe that is gone, and leaves those of others alone', async () => {
			await house.start({ probes: [beer] });
			await house.stop();
			const other = { at: instantOf(house.clock.wallMs()), name: 'Salon', owner: 'simulator' };
			house.say(topicName('home', topics.probe, { probe: 'salon' }), other, true);
			await house.start({ probes: [] });
			expect(house.probe('beer')).to.deep.equal({});
			expect(house.probe('salon')).to.include({ name: 'Salon' });
		});
	});

	describe('with a probe on a topic', () => {
		const radio = {
			id: 'beer',
			source: { topic: 'zigbee2mqtt/beer', temperature: 'temperature', humidity: 'humidity' },
		};

		it('takes its figures and how its radio and battery do', async () => {
			await house.start({ probes: [radio] });
			house.say('zigbee2mqtt/beer', { temperature: 18.25, humidity: 51, battery: 97, linkquality: 120 });
			expect(house.probe('beer')).to.include({
				...{ temperatureC: 18.25, humidityPercent: 51, batteryPercent: 97, linkQuality: 120 },
			});
			expect(house.probe('beer'), 'it speaks when it likes').not.to.have.property('everyS');
		});

		it('believes a kept message only where it says when it was measured, and then not for ever', async () => {
			house.say('zigbee2mqtt/beer', { temperature: 18 }, true);
			await house.start({ probes: [radio] });
			expect(house.probe('beer')).not.to.have.property('temperatureC');
			await house.stop();
			const dated = { id: 'beer', source: { topic: 'garden/beer', temperature: 'temperature', time: 'timestamp' } };
			house.say('garden/beer', { timestamp: instantOf(house.clock.wallMs() - 3_600_000), temperature: 9 }, true);
			await house.start({ probes: [dated] });
			expect(house.probe('beer')).to.include({ temperatureC: 9 });
			await house.clock.advanceAsync(3_700_000, 10_000);
			expect(house.probe('beer')).to.include({ fault: 'silent' });
		});

		it('believes no kept message of a time that is yet to come: this clock is not set', async () => {
			house.say('garden/beer', { timestamp: instantOf(house.clock.wallMs() + 86_400_000), temperature: 9 }, true);
			const dated = { id: 'beer', source: { topic: 'garden/beer', temperature: 'temperature', time: 'timestamp' } };
			await house.start({ probes: [dated], thermostats: [warmer] });
			await house.clock.advanceAsync(6_000, 1_000);
			expect(house.probe('beer')).not.to.have.property('temperatureC');
			expect(house.told('mat')).to.equal('off');
			house.say('garden/beer', { timestamp: instantOf(house.clock.wallMs() + 86_400_000), temperature: 9.5 });
			expect(house.probe('beer')).to.include({ temperatureC: 9.5 });
		});

		it('takes times in seconds and milliseconds too, and a plain figure', async () => {
			const { clock } = house;
			await house.start({
				probes: [
					{ id: 'a', source: { topic: 'a', temperature: 't', time: 'ts' } },
					{ id: 'b', source: { topic: 'b' } },
				],
			});
			house.say('a', { t: 4, ts: Math.floor(clock.wallMs() / 1_000) - 7_300 });
			expect(house.probe('a')).not.to.have.property('temperatureC');
			house.say('a', { t: 5, ts: clock.wallMs() });
			expect(house.probe('a')).to.include({ temperatureC: 5 });
			house.say('b', '21.5');
			expect(house.probe('b')).to.include({ temperatureC: 21.5 });
		});

		it('is not moved by what is no figure, or none that can be', async () => {
			await house.start({ probes: [radio] });
			house.say('zigbee2mqtt/beer', { temperature: 18 });
			for (const text of ['', 'nonsense', '{"temperature":', '{"action":"press"}', '[]', '{"temperature":null}'])
				house.say('zigbee2mqtt/beer', text);
			expect(house.probe('beer')).to.include({ temperatureC: 18 });
			house.say('zigbee2mqtt/beer', { temperature: 1_000 });
			expect(house.probe('beer')).to.include({ fault: 'range' });
		});
	});

	describe('with a heater', () => {
		it('is the programme of its circuit: on from below the target, off from the target', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			expect(house.told('mat')).to.equal('comfort');
			expect(house.thermostat('cellar')).to.include({ doing: 'heat', why: 'below_target', temperatureC: 17 });
			temperatureC = 18;
			await house.clock.advanceAsync(10_000, 1_000);
			expect(house.told('mat')).to.equal('off');
			expect(house.thermostat('cellar')).to.include({ doing: 'rest', why: 'at_target' });
		});

		for (const [what, look] of [
			['fails', { ok: false, fault: 'checksum', received: 'NO' }],
			['jumps', celsius(60)],
			['says 85 °C out of nowhere', celsius(85)],
		] as const) {
			it(`rests at once when the probe ${what}, and says so`, async () => {
				await house.start({ probes: [beer], thermostats: [warmer] });
				house.looks.set('beer', () => look);
				await house.clock.advanceAsync(10_000, 1_000);
				expect(house.told('mat')).to.equal('off');
				expect(house.thermostat('cellar')).to.include({ doing: 'rest', why: 'no_temperature' });
				expect(house.thermostat('cellar').problem).to.be.a('string');
				expect(house.thermostat('cellar')).not.to.have.property('temperatureC');
			});
		}

		it('rests when the probe falls silent', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.looks.set('beer', () => new Promise(() => undefined));
			await house.clock.advanceAsync(130_000, 1_000);
			expect(house.told('mat')).to.equal('off');
		});

		it('is told only for a while: whoever is lost heats nobody', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			const until = (): number => {
				const text = house.hub.retained.get(topicName('home', topics.programme, { circuit: 'mat' })) ?? '{}';
				return Date.parse((JSON.parse(text) as { until: string }).until) - house.clock.wallMs();
			};
			for (let minute = 0; minute < 30; minute += 1) {
				expect(until()).to.be.within(120_000, 300_000);
				await house.clock.advanceAsync(60_000, 1_000);
			}
		});

		for (const years of [-1, 1]) {
			it(`says again at once what its circuit follows when the clock is set by ${years} year`, async () => {
				await house.start({ probes: [beer], thermostats: [warmer] });
				house.clock.stepWall(years * 365 * 86_400_000);
				await house.clock.advanceAsync(6_000, 1_000);
				const text = house.hub.retained.get(topicName('home', topics.programme, { circuit: 'mat' })) ?? '{}';
				const { at, until } = JSON.parse(text) as { at: string; until: string };
				expect(Date.parse(until) - house.clock.wallMs()).to.be.within(290_000, 300_000);
				expect(Date.parse(until) - Date.parse(at)).to.equal(300_000);
			});
		}

		it('takes back what it said at its end, and of circuits that it runs no more', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			await house.stop();
			expect(house.told('mat')).to.equal(undefined);
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.kill();
			expect(house.told('mat')).to.equal('comfort');
			await house.start({ probes: [beer], thermostats: [{ ...warmer, heats: 'belt' }] });
			expect(house.told('mat')).to.equal(undefined);
			expect(house.told('belt')).to.equal('comfort');
		});

		it('keeps what people set across a restart', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.say(SET, { targetC: 21, hysteresisC: 1 });
			expect(house.thermostat('cellar')).to.include({ targetC: 21, setC: 21, hysteresisC: 1 });
			house.say(SET, { mode: 'off' });
			expect(house.told('mat')).to.equal('off');
			await house.stop();
			await house.start({ probes: [beer], thermostats: [warmer] });
			expect(house.thermostat('cellar')).to.include({ targetC: 21, hysteresisC: 1, mode: 'off', why: 'off' });
		});

		it('refuses a mode that it has no circuit for, and changes nothing', async () => {
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.say(SET, { mode: 'cool', targetC: 3 });
			expect(house.thermostat('cellar')).to.include({ mode: 'heat', targetC: 18 });
		});

		it("follows the programme's target, until somebody sets another, until the programme changes", async () => {
			const at = (): string => instantOf(house.clock.wallMs());
			const until = instantOf(house.clock.wallMs() + 7_200_000);
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.say(TARGET, { at: at(), temperatureC: 12, until, programme: 'crash' }, true);
			await house.clock.advanceAsync(1_000);
			expect(house.thermostat('cellar')).to.include({ targetC: 12, setC: 18, doing: 'rest' });
			house.say(SET, { targetC: 20 });
			house.say(TARGET, { at: at(), temperatureC: 12, until, programme: 'crash' }, true);
			await house.clock.advanceAsync(1_000);
			expect(house.thermostat('cellar')).to.include({ targetC: 20 });
			house.say(TARGET, { at: at(), temperatureC: 14, until, programme: 'crash' }, true);
			await house.clock.advanceAsync(1_000);
			expect(house.thermostat('cellar')).to.include({ targetC: 14 });
			// Nobody follows the programme up: what people set holds again.
			await house.clock.advanceAsync(7_300_000, 10_000);
			expect(house.thermostat('cellar')).to.include({ targetC: 20 });
		});

		it('keeps what was set by hand against the programme over a restart, until the programme changes', async () => {
			const at = (): string => instantOf(house.clock.wallMs());
			const until = instantOf(house.clock.wallMs() + 7_200_000);
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.say(TARGET, { at: at(), temperatureC: 12, until, programme: 'crash' }, true);
			house.say(SET, { targetC: 20 });
			await house.clock.advanceAsync(1_000);
			await house.stop();
			await house.start({ probes: [beer], thermostats: [warmer] });
			expect(house.thermostat('cellar')).to.include({ targetC: 20, setC: 20 });
			house.say(TARGET, { at: at(), temperatureC: 14, until, programme: 'crash' }, true);
			await house.clock.advanceAsync(1_000);
			expect(house.thermostat('cellar')).to.include({ targetC: 14 });
			house.say(SET, { targetC: 20 });
			await house.clock.advanceAsync(1_000);
			await house.stop();
			// It changed away and back while nobody was there.
			await house.clock.advanceAsync(7_300_000, 10_000);
			const later = instantOf(house.clock.wallMs() + 7_200_000);
			house.say(TARGET, { at: at(), temperatureC: 14, until: later, programme: 'crash' }, true);
			await house.start({ probes: [beer], thermostats: [warmer] });
			expect(house.thermostat('cellar')).to.include({ targetC: 14 });
		});

		it("follows no programme's target for ever that nobody keeps, though the clock is set back", async () => {
			const until = instantOf(house.clock.wallMs() + 7_200_000);
			await house.start({ probes: [beer], thermostats: [warmer] });
			house.say(TARGET, { at: instantOf(house.clock.wallMs()), temperatureC: 12, until, programme: 'crash' }, true);
			house.clock.stepWall(-365 * 86_400_000);
			await house.clock.advanceAsync(7_100_000, 10_000);
			expect(house.thermostat('cellar')).to.include({ targetC: 12 });
			await house.clock.advanceAsync(200_000, 10_000);
			expect(house.thermostat('cellar')).to.include({ targetC: 18 });
		});

		it('says when it has to wait, and counts no time under power meanwhile', async () => {
			await house.start({ probes: [beer], thermostats: [{ ...warmer, longestRunS: 600 }] });
			house.circuit('mat', 'off', { wanted: 'comfort', reason: 'shed' });
			await house.clock.advanceAsync(3_600_000, 10_000);
			expect(house.thermostat('cellar')).to.include({ doing: 'heat', waits: true });
			house.circuit('mat', 'comfort');
			await house.clock.advanceAsync(610_000, 10_000);
			expect(house.thermostat('cellar')).to.include({ doing: 'rest', why: 'longest_run', waits: false });
		});
	});
});
