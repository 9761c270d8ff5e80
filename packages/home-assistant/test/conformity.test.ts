// All that is announced, in both shapes and languages, held to what Home Assistant takes.
import { decodePayload, matchTopic, topics } from '@pilotwire/contract';
import { energyFaults, type Found, takeDiscovery } from '@pilotwire/test/hass-rules';
import { expect } from 'chai';
import { languages } from '../src/words.ts';
import { Announced, type Setting } from './house.ts';

const historic = (house: Announced): void => {
	for (let time = 0; time < 3; time += 1) {
		house.read({ BBRHCJB: 1, BBRHPJB: 2, BBRHCJW: 3, BBRHPJW: 4, BBRHCJR: 5, BBRHPJR: 6 }, { drawnEnergyWh: 21 });
	}
};

describe('what Home Assistant is told', () => {
	const houses: Announced[] = [];

	/** Everything that is announced of a house, as Home Assistant would take it. */
	async function announced(
		setting: Setting,
		furnish: (house: Announced) => void,
	): Promise<{ found: Found[]; faults: string[] }> {
		const house = new Announced(setting);
		houses.push(house);
		await house.start();
		furnish(house);
		house.clock.advance(2_000);
		const taken = house.discovered.map((topic) => takeDiscovery(topic, house.retained(topic)));
		return { found: taken.flatMap(({ found }) => found), faults: taken.flatMap(({ faults }) => faults) };
	}

	afterEach(async () => {
		for (const house of houses.splice(0)) await house.stop();
	});

	for (const discovery of ['device', 'entity'] as const) {
		for (const language of languages) {
			for (const [kind, furnish] of [
				['with one of each thing', (house: Announced) => house.furnish()],
				['with an older meter alone', historic],
			] as const) {
				it(`is right by its rules: ${discovery}, ${language}, a house ${kind}`, async () => {
					const { found, faults } = await announced({ discovery, language }, furnish);
					expect(faults).to.deep.equal([]);
					expect(found.length).to.be.above(10);
					expect(found.flatMap(energyFaults)).to.deep.equal([]);
				});
			}
		}
	}

	it('is the same in both shapes, but for where availability stands', async () => {
		const plain = ({ id, platform, device, config }: Found): string =>
			JSON.stringify([id, platform, device, Object.entries(config).sort()]);
		const [device, entity] = [
			await announced({ discovery: 'device' }, (house) => house.furnish()),
			await announced({ discovery: 'entity' }, (house) => house.furnish()),
		];
		expect(entity.found.map(plain).sort()).to.deep.equal(device.found.map(plain).sort());
	});

	it('names each entity once, and only things that exist to hang on', async () => {
		const { found } = await announced({}, (house) => house.furnish());
		for (const key of ['unique_id', 'default_entity_id']) {
			const all = found.map(({ config }) => config[key]);
			expect(new Set(all).size, key).to.equal(all.length);
		}
		const things = new Set(found.map(({ device }) => device.identifiers[0]));
		for (const { device } of found) {
			if (device.via_device !== undefined) expect(things).to.include(device.via_device);
		}
	});

	it('says only topics of the house, and only commands that it takes', async () => {
		const { found } = await announced({}, (house) => house.furnish());
		const isTopic = (name: string): boolean =>
			Object.values(topics).some((topic) => matchTopic('home', topic, name) !== undefined);
		for (const { config } of found) {
			const availability = (config['availability'] ?? []) as { topic: string }[];
			const named = Object.entries(config).filter(([key]) => key.endsWith('_topic'));
			for (const name of [...named.map(([, value]) => String(value)), ...availability.map(({ topic }) => topic)]) {
				expect(isTopic(name), name).to.equal(true);
			}
		}
		const takes = (topic: (typeof topics)['circuitSet'] | (typeof topics)['shedderSet'], word: unknown): boolean =>
			decodePayload(topic as (typeof topics)['circuitSet'], Buffer.from(String(word))).ok;
		for (const { platform, config } of found) {
			const told =
				platform === 'select' ? (config['options'] as string[]) : ((config['preset_modes'] ?? []) as string[]);
			for (const word of told) expect(takes(topics.circuitSet, word), word).to.equal(true);
			if (platform !== 'switch') continue;
			for (const key of ['payload_on', 'payload_off']) expect(takes(topics.shedderSet, config[key])).to.equal(true);
		}
	});

	it('has its diagnostics in their category', async () => {
		const { found } = await announced({}, (house) => house.furnish());
		const diagnostics = new Set(
			found
				.filter(({ config }) => config['entity_category'] === 'diagnostic')
				.map(({ config }) => config['default_entity_id']),
		);
		expect([...diagnostics]).to.include.members([
			...[
				'sensor.board_1_20_resets',
				'sensor.pilotwire_version',
				'sensor.meter_bad_groups',
				'sensor.probe_salon_link_quality',
			],
		]);
		expect([...diagnostics].some((id) => String(id).includes('energy'))).to.equal(false);
	});

	it('lets figures expire where silence is an answer, and keeps what stays true', async () => {
		const { found } = await announced({ everyS: 30 }, (house) => house.furnish());
		const expiry = Object.fromEntries(
			found.map(({ config }) => [String(config['default_entity_id']), config['expire_after']]),
		);
		expect(expiry['sensor.meter_apparent_power']).to.equal(180);
		expect(expiry['sensor.pilotwire_headroom_1']).to.equal(180);
		expect(expiry['sensor.probe_salon_temperature']).to.equal(5_400);
		expect(expiry['sensor.meter_energy_east']).to.equal(undefined);
		expect(expiry['climate.salon']).to.equal(undefined);
	});
});

describe('the rules of Home Assistant', () => {
	const good = async (): Promise<Record<string, unknown>> => {
		const house = new Announced({ discovery: 'entity' });
		await house.start();
		house.furnish();
		house.clock.advance(2_000);
		await house.stop();
		return house.retained('homeassistant/sensor/pilotwire_home_meter_main/energy_east/config') ?? {};
	};
	const topic = 'homeassistant/sensor/pilotwire_home_meter_main/energy_east/config';
	const verdict = (payload: unknown): number => {
		const { found, faults } = takeDiscovery(topic, payload);
		return faults.length + found.flatMap(energyFaults).length;
	};

	it('refuse what Home Assistant would refuse, drop, or keep off the Energy dashboard', async () => {
		const payload = await good();
		expect(verdict(payload)).to.equal(0);
		for (const wrong of [
			{ unit_of_measurement: 'VA' },
			{ unit_of_measurement: undefined },
			{ state_class: 'measurement' },
			{ state_class: undefined },
			{ device_class: 'enery' },
			{ entity_category: 'diagnostic' },
			{ entity_category: 'config' },
			{ state_topic: 'pilotwire/+/meter' },
			{ value_template: '{{ value_json.a }' },
			{ unique_id: undefined },
			{ origin: undefined },
			{ options: ['a'] },
			{ stat_t: 'abbreviated' },
			{ device: { identifiers: [] } },
		]) {
			expect(verdict({ ...payload, ...wrong }), JSON.stringify(wrong)).to.be.above(0);
		}
		expect(takeDiscovery('homeassistant/sensor/a b/config', payload).faults).not.to.deep.equal([]);
	});
});
