import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import fc from 'fast-check';
import { readIio } from '../src/core/iio.ts';
import { readW1Slave } from '../src/core/one-wire.ts';
import { Judge } from '../src/core/plausible.ts';
import { iioLooker } from '../src/io/iio.ts';
import { oneWireLooker, oneWireProbes } from '../src/io/one-wire.ts';

const slave = (milli: number | string, verdict = 'YES'): string =>
	`72 01 4b 46 7f ff 0e 10 57 : crc=57 ${verdict}\n72 01 4b 46 7f ff 0e 10 57 t=${milli}\n`;

describe('a 1-wire thermometer', () => {
	const root = temporaryDirectory();
	const serial = '28-00000a1b2c3d';
	const write = async (text: string): Promise<void> => {
		await mkdir(join(root.path, serial), { recursive: true });
		await writeFile(join(root.path, serial, 'w1_slave'), text);
	};
	const look = (): ReturnType<ReturnType<typeof oneWireLooker>> => oneWireLooker(serial, root.path)();

	it('says what it measured, also below zero', async () => {
		await write(slave(23_125));
		expect(await look()).to.deep.equal({ ok: true, temperatureC: 23.125 });
		await write(slave(-10_062));
		expect(await look()).to.deep.equal({ ok: true, temperatureC: -10.062 });
	});

	it('is not believed where its checksum is wrong, or a shorted line gives zeros', async () => {
		await write(slave(23_125, 'NO'));
		expect(await look()).to.include({ ok: false, fault: 'checksum' });
		await write('00 00 00 00 00 00 00 00 00 : crc=00 YES\n00 00 00 00 00 00 00 00 00 t=0\n');
		expect(await look()).to.include({ ok: false, fault: 'checksum' });
	});

	it('is missing where it is unplugged, and unreadable where its file says nothing', async () => {
		expect(await look()).to.deep.equal({ ok: false, fault: 'missing', received: 'a bus without a thermometer' });
		await mkdir(join(root.path, '28-00000a1b2c3e'));
		expect(await look()).to.include({ ok: false, received: 'only 28-00000a1b2c3e' });
		await write('');
		expect(await look()).to.include({ ok: false, fault: 'unreadable' });
		await write(slave('nonsense'));
		expect(await look()).to.include({ ok: false, fault: 'unreadable' });
		await write(slave(127_937));
		expect(await look()).to.include({ ok: false, fault: 'range' });
	});

	it('is found on its bus among other devices', async () => {
		for (const name of [serial, '10-000802b4e21d', 'w1_bus_master1', '01-00000d0e0f10', '28-xyz'])
			await mkdir(join(root.path, name));
		expect(await oneWireProbes(root.path)).to.deep.equal(['10-000802b4e21d', serial]);
		expect(await oneWireProbes(join(root.path, 'nowhere'))).to.deep.equal([]);
	});

	it('never throws, whatever the file holds', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string({ unit: 'binary' }),
					fc.string().map((end) => slave(1_000) + end),
				),
				(text) => {
					const seen = readW1Slave(text);
					if (seen.ok) expect(seen.temperatureC).to.be.within(-55, 125);
					else expect(seen.received.length).to.be.at.most(120);
				},
			),
		);
	});
});

describe('an IIO sensor', () => {
	const root = temporaryDirectory();
	const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
		for (const [name, text] of Object.entries(files)) {
			await mkdir(dirname(join(root.path, name)), { recursive: true });
			await writeFile(join(root.path, name), text);
		}
	};

	it('is found by its name, wherever it stands', async () => {
		await write({
			'iio:device0/name': 'ads1015\n',
			'iio:device1/name': 'bme280\n',
			'iio:device1/in_temp_input': '21340\n',
			'iio:device1/in_humidityrelative_input': '43251\n',
			'iio:device1/in_pressure_input': '100.925\n',
		});
		const expected = { ok: true, temperatureC: 21.34, humidityPercent: 43.251, pressureHPa: 1_009.25 };
		expect(await iioLooker('bme280', root.path)()).to.deep.equal(expected);
		expect(await iioLooker('iio:device1', root.path)()).to.deep.equal(expected);
		expect(await iioLooker('dht11@4', root.path)()).to.include({ ok: false, fault: 'missing' });
	});

	it('is read raw, with offset and scale, where it has no processed figure', () => {
		expect(readIio({ in_temp_raw: '25600', in_temp_offset: '-512', in_temp_scale: '0.9' })).to.deep.equal({
			ok: true,
			temperatureC: 22.579,
		});
	});

	it('is out of range, or without a figure, rather than believed', () => {
		expect(readIio({ in_temp_input: '-300000' })).to.include({ ok: false, fault: 'range' });
		expect(readIio({ in_humidityrelative_input: '101000' })).to.include({ ok: false, fault: 'range' });
		expect(readIio({ in_temp_input: 'nan' })).to.include({ ok: false, fault: 'unreadable' });
		expect(readIio({})).to.include({ ok: false, fault: 'unreadable' });
	});

	it('that the kernel cannot read says why', async () => {
		await write({ 'iio:device0/name': 'dht11\n' });
		// A directory in the file's place: reading it fails as an I/O error does, for root too.
		await mkdir(join(root.path, 'iio:device0/in_temp_input'));
		await chmod(join(root.path, 'iio:device0'), 0o755);
		expect(await iioLooker('dht11', root.path)()).to.deep.equal({
			ok: false,
			fault: 'unreadable',
			received: `EISDIR ${join(root.path, 'iio:device0', 'in_temp_input')}`,
		});
	});
});

describe('what is believed of a probe', () => {
	const rules = { offsetC: 0, jumpC: 5, silentS: 120 };
	const says = (temperatureC: number) => ({ ok: true, temperatureC }) as const;

	it('is its reading, put right by the offset', () => {
		const judge = new Judge({ ...rules, offsetC: -0.4 }, 0);
		judge.take(says(20), 1_000);
		expect(judge.believed).to.deep.equal({ temperatureC: 19.6, atMs: 1_000 });
		expect(judge.trouble(1_000)).to.equal(undefined);
	});

	it('is never the 85 °C of a sensor that has just come up, unless it is really getting there', () => {
		const cold = new Judge(rules, 0);
		for (const now of [0, 1_000, 2_000]) cold.take(says(85), now);
		expect(cold.believed).to.equal(undefined);
		expect(cold.trouble(2_000)).to.deep.equal({ fault: 'power_on', received: '85 °C' });
		const kettle = new Judge(rules, 0);
		kettle.take(says(82), 0);
		kettle.take(says(85), 1_000);
		expect(kettle.trouble(1_000)).to.equal(undefined);
	});

	it('is a jump only once the next reading agrees', () => {
		const judge = new Judge(rules, 0);
		judge.take(says(20), 0);
		judge.take(says(60), 1_000);
		expect(judge.trouble(1_000)).to.include({ fault: 'jump' });
		judge.take(says(20.1), 2_000);
		expect(judge.trouble(2_000)).to.equal(undefined);
		judge.take(says(60), 3_000);
		judge.take(says(61), 4_000);
		expect(judge.trouble(4_000)).to.equal(undefined);
		expect(judge.believed).to.include({ temperatureC: 61 });
	});

	it('compares with what the sensor said, not with the calibrated figure', () => {
		const judge = new Judge({ ...rules, offsetC: 10 }, 0);
		judge.take(says(20), 0);
		judge.take(says(24), 1_000);
		expect(judge.believed).to.include({ temperatureC: 34 });
	});

	it('is nothing any more once it has been silent, from its first day on', () => {
		const judge = new Judge(rules, 0);
		expect(judge.trouble(120_000)).to.equal(undefined);
		expect(judge.trouble(120_001)).to.include({ fault: 'silent' });
		judge.take(says(20), 130_000);
		expect(judge.trouble(250_000)).to.equal(undefined);
		expect(judge.trouble(250_001)).to.deep.equal({ fault: 'silent', received: 'nothing for 120 s' });
	});

	it('is not touched by a message of something else, and does not grow younger by it', () => {
		const judge = new Judge(rules, 0);
		judge.take(says(20), 0);
		judge.take({ ok: true, humidityPercent: 60 }, 60_000);
		expect(judge.believed).to.deep.equal({ temperatureC: 20, humidityPercent: 60, atMs: 0 });
		judge.take(says(40), 61_000);
		judge.take({ ok: true, humidityPercent: 61 }, 62_000);
		expect(judge.trouble(62_000), 'still a jump').to.include({ fault: 'jump' });
		judge.take(says(20.5), 63_000);
		expect(judge.believed).to.deep.equal({ temperatureC: 20.5, humidityPercent: 61, atMs: 63_000 });
		for (const nowMs of [100_000, 180_000, 183_001]) judge.take({ ok: true, pressureHPa: 1_000 }, nowMs);
		expect(judge.trouble(183_001)).to.include({ fault: 'silent' });
	});

	it('keeps no humidity of long ago', () => {
		const judge = new Judge(rules, 0);
		judge.take({ ok: true, temperatureC: 20, humidityPercent: 60 }, 0);
		judge.take(says(20), 120_000);
		expect(judge.believed).to.include({ humidityPercent: 60 });
		judge.take(says(20), 120_001);
		expect(judge.believed).not.to.have.property('humidityPercent');
	});

	it('says for how long it has been silent at the rhythm that somebody set', () => {
		const judge = new Judge(rules, 0);
		judge.silentAfter(600);
		expect(judge.trouble(601_000)).to.deep.equal({ fault: 'silent', received: 'nothing for 600 s' });
	});

	it('is in trouble as long as the sensor is', () => {
		const judge = new Judge(rules, 0);
		judge.take(says(20), 0);
		judge.take({ ok: false, fault: 'missing', received: 'ENOENT' }, 1_000);
		expect(judge.trouble(1_000)).to.include({ fault: 'missing' });
		judge.take(says(20), 2_000);
		expect(judge.trouble(2_000)).to.equal(undefined);
	});
});
