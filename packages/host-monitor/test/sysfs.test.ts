import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Sysfs } from '../src/index.ts';

describe("the kernel's word on the machine", () => {
	const directory = temporaryDirectory();
	let sysfs: Sysfs;
	const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
		for (const [name, text] of Object.entries(files)) {
			const path = join(directory.path, name);
			await mkdir(dirname(path), { recursive: true });
			await writeFile(path, text);
		}
	};

	beforeEach(() => {
		sysfs = new Sysfs(directory.path);
	});

	it('says nothing of a machine that has none of it', async () => {
		expect(await sysfs.temperatureC()).to.equal(undefined);
		expect(await sysfs.throttling()).to.equal(undefined);
		expect(await sysfs.wearPercent('/dev/mmcblk0p2')).to.equal(undefined);
	});

	it("takes the processor's temperature, not another zone's", async () => {
		await write({
			'class/thermal/thermal_zone0/type': 'gpu-thermal\n',
			'class/thermal/thermal_zone0/temp': '39000\n',
			'class/thermal/thermal_zone1/type': 'cpu-thermal\n',
			'class/thermal/thermal_zone1/temp': '52616\n',
		});
		expect(await sysfs.temperatureC()).to.equal(52.6);
	});

	it('passes over zones that answer nonsense or nothing', async () => {
		await write({
			'class/thermal/thermal_zone0/type': 'cpu-thermal\n',
			'class/thermal/thermal_zone0/temp': '-274000\n',
			'class/thermal/thermal_zone1/type': 'acpitz\n',
			'class/thermal/thermal_zone1/temp': '27800\n',
			'class/thermal/thermal_zone2/type': 'soc\n',
			'class/thermal/thermal_zone2/temp': 'none\n',
		});
		expect(await sysfs.temperatureC()).to.equal(27.8);
	});

	for (const [model, place] of [
		['a Pi 3 or 4', 'devices/platform/soc/soc:firmware/get_throttled'],
		['a Pi 5', 'devices/platform/soc@107c000000:firmware/get_throttled'],
	] as const) {
		it(`finds the firmware's word on ${model}`, async () => {
			await write({ [place]: '50005\n' });
			expect(await sysfs.throttling()).to.deep.equal({
				underVoltage: true,
				throttled: true,
				underVoltageSeen: true,
				throttledSeen: true,
			});
		});
	}

	it('knows how worn an eMMC is, by its disk or a part of it', async () => {
		await write({ 'block/mmcblk0/device/life_time': '0x01 0x03\n' });
		expect(await sysfs.wearPercent('/dev/mmcblk0p2')).to.equal(30);
		expect(await sysfs.wearPercent('/dev/mmcblk0')).to.equal(30);
		expect(await sysfs.wearPercent('/dev/sda1')).to.equal(undefined);
	});
});
