import { expect } from 'chai';
import fc from 'fast-check';
import { CpuMeter } from '../src/core/cpu-use.ts';
import { throttlingOf, wearOf } from '../src/core/firmware.ts';
import { mountsOf } from '../src/core/mounts.ts';
import { swapOf } from '../src/core/swap.ts';
import { Watchers } from '../src/core/watchers.ts';

describe('how busy the cores are', () => {
	it('is what they did since the look before', () => {
		const meter = new CpuMeter();
		meter.use([
			{ busy: 100, idle: 900 },
			{ busy: 500, idle: 500 },
		]);
		expect(
			meter.use([
				{ busy: 100, idle: 1_000 },
				{ busy: 600, idle: 500 },
			]),
		).to.deep.equal({ cpuPercent: 50, coresPercent: [0, 100] });
	});

	it('is between 0 and 100 whatever the counters do', () => {
		const core = fc.record({ busy: fc.nat(), idle: fc.nat() });
		fc.assert(
			fc.property(fc.array(fc.array(core, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (looks) => {
				const meter = new CpuMeter();
				for (const look of looks) {
					const { cpuPercent, coresPercent } = meter.use(look);
					expect(coresPercent).to.have.length(look.length);
					for (const percent of [cpuPercent, ...coresPercent]) expect(percent).to.be.within(0, 100);
				}
			}),
		);
	});
});

describe("a Raspberry Pi's firmware", () => {
	it('tells what is now from what has been', () => {
		expect(throttlingOf('throttled=0x50000\n')).to.deep.equal({
			underVoltage: false,
			throttled: false,
			underVoltageSeen: true,
			throttledSeen: true,
		});
		expect(throttlingOf('1')).to.include({ underVoltage: true, throttled: false });
		expect(throttlingOf('8')).to.include({ underVoltage: false, throttled: true });
	});

	it('is not believed where it says no such word', () => {
		for (const text of ['', 'error=1 error_msg="Command not registered"', '0x', 'zz']) {
			expect(throttlingOf(text), text).to.equal(undefined);
		}
	});

	it('gives the worse of two estimates of wear, and none where it is not known', () => {
		expect(wearOf('0x02 0x01\n')).to.equal(20);
		expect(wearOf('0x0b 0x01')).to.equal(110);
		for (const text of ['0x00 0x00', '', 'none', '0xff 0xff']) expect(wearOf(text), text).to.equal(undefined);
	});
});

describe('what is mounted', () => {
	it('is each block device once, and nothing that is always full or no disk', () => {
		const text = [
			'/dev/root / ext4 rw,noatime 0 0',
			'proc /proc proc rw 0 0',
			'/dev/sda1 /media/my\\040disk ext4 rw 0 0',
			'/dev/sda1 /home/somebody/a/bind/mount ext4 rw 0 0',
			'/dev/loop3 /snap/core/1 squashfs ro 0 0',
			'',
		].join('\n');
		expect(mountsOf(text)).to.deep.equal([
			{ device: '/dev/root', mount: '/' },
			{ device: '/dev/sda1', mount: '/media/my disk' },
		]);
	});

	it('counts swap that is used, and none where there is none', () => {
		expect(swapOf('SwapTotal:        2048 kB\nSwapFree:         1024 kB\n')).to.deep.equal({
			totalBytes: 2_097_152,
			usedBytes: 1_048_576,
		});
		expect(swapOf('SwapTotal:             0 kB\nSwapFree:              0 kB\n')).to.equal(undefined);
		expect(swapOf('')).to.equal(undefined);
	});
});

describe('watchers', () => {
	it('share the rhythm of the most impatient', () => {
		const watchers = new Watchers();
		watchers.watch('a', 10, 0);
		watchers.watch('b', 2, 0);
		expect(watchers.everyS).to.equal(2);
		watchers.unwatch('b');
		expect(watchers.everyS).to.equal(10);
	});

	it('are forgotten where they vanish without a goodbye', () => {
		const watchers = new Watchers();
		watchers.watch('a', 1, 0);
		watchers.watch('b', 1, 20_000);
		watchers.expire(30_000);
		expect(watchers.count).to.equal(1);
		watchers.expire(50_000);
		expect(watchers.everyS).to.equal(undefined);
	});

	it('are at most a hundred, whoever makes up names; those there may renew', () => {
		const watchers = new Watchers();
		for (let n = 0; n < 100; n += 1) expect(watchers.watch(`w${n}`, 1, 0)).to.equal(true);
		expect(watchers.watch('one-more', 1, 0)).to.equal(false);
		expect(watchers.watch('w7', 5, 10_000)).to.equal(true);
	});
});
