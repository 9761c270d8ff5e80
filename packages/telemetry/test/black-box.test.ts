import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadState, type Topic, topicName, topics } from '@pilotwire/contract';
import { Bus, createContext, instantOf, type PilotwireError, silentLog } from '@pilotwire/runtime';
import { MemoryHub, VirtualClock } from '@pilotwire/runtime/testing';
import { need, type Part } from '@pilotwire/test/parts';
import { startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import fc from 'fast-check';
import { BlackBox, type BlackBoxOptions } from '../src/black-box/black-box.ts';
import { BlockWriter, unpack } from '../src/black-box/block.ts';
import type { BoxEntry } from '../src/black-box/entry.ts';
import { entriesOf } from '../src/black-box/read.ts';
import { DiskBoxFolder } from '../src/io/box-folder.ts';
import { MemoryFolder } from './support/memory-folder.ts';

const METER = { meter: 'main' };
const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 8 });
const packed = (all: readonly string[]): Buffer => {
	const writer = new BlockWriter();
	return Buffer.concat(all.map((text) => writer.pack(text)));
};

describe('blocks of a black box', () => {
	it('give back their texts, segment after segment', () => {
		fc.assert(
			fc.property(fc.array(texts, { maxLength: 3 }), (segments) => {
				expect([...unpack(Buffer.concat(segments.map(packed)))]).to.deep.equal(segments.flat());
			}),
		);
	});

	it('give back all before a torn tail, and what was begun after it', () => {
		fc.assert(
			fc.property(texts, texts, fc.nat(), (first, second, cut) => {
				const whole = packed(first);
				const torn = whole.subarray(0, cut % (whole.length + 1));
				const found = [...unpack(Buffer.concat([torn, packed(second)]))];
				expect(found.slice(-second.length)).to.deep.equal(second);
				expect(first.slice(0, found.length - second.length)).to.deep.equal(found.slice(0, -second.length));
			}),
		);
	});

	it('never make anything up, whatever happens to the bytes', () => {
		fc.assert(
			fc.property(texts, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, at, flip) => {
				const bytes = packed(all);
				bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
				for (const text of unpack(bytes)) expect(all).to.include(text);
			}),
		);
	});
});

describe('the black box', () => {
	let hub: MemoryHub;
	let clock: VirtualClock;
	let folder: MemoryFolder;
	let ends: (() => Promise<void>)[];
	const failures: unknown[] = [];

	const begin = async (boot: string | undefined = 'boot-1', more: Partial<BlackBoxOptions> = {}) => {
		const context = createContext('telemetry', silentLog, clock, (error) => failures.push(error));
		const transport = hub.transport();
		const bus = new Bus(context, 'home', transport);
		const options = { folder, clock: context.clock, log: silentLog, boot, minutes: 60, mostBytes: 4e6, saves: 3 };
		const box = new BlackBox({ ...options, ...more });
		await box.start(bus);
		bus.start();
		const cut = async (): Promise<void> => {
			transport.lose();
			context.end();
		};
		ends.push(cut);
		const stop = async (): Promise<void> => {
			await bus.stop();
			await box.stop();
			context.end();
		};
		return { box, cut, stop };
	};
	const publish = <Payload>(
		topic: Topic<string, Payload>,
		parameters: Record<string, string>,
		payload: Payload,
	): void => {
		const { qos, retain } = topic;
		const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
		hub.publish({ name: topicName('home', topic, parameters), payload: text, qos, retain });
	};
	const load = (va: number, limitVA = 6_000): LoadState => {
		const at = instantOf(clock.wallMs());
		const phase = {
			phase: 1,
			at,
			apparentPowerVA: va,
			limitVA,
			over: va > limitVA,
			alert: false,
			label: 'SINSTS',
		} as const;
		return { at, over: va > limitVA, phases: [phase] };
	};
	const say = (va: number): void => publish(topics.load, METER, load(va));
	const reading = (breaker: string, more: object = {}): void =>
		publish(topics.reading, METER, {
			...{ at: instantOf(clock.wallMs()), mode: 'standard', phases: 1, energyWh: {}, reactiveEnergyVArh: {} },
			status: {
				...{ dryContactOpen: false, breaker, coverOpen: false, overvoltage: false, aboveReferencePower: false },
				...{ producer: false, activeEnergyNegative: false, clockDegraded: false, mobilePeakNotice: 0, mobilePeak: 0 },
			},
			...more,
		});
	const seconds = async (count: number, va?: number): Promise<void> => {
		for (let second = 0; second < count; second++) {
			if (va !== undefined) say(va);
			await clock.advanceAsync(1_000);
		}
	};
	const onDisk = (): BoxEntry[] => [...entriesOf(Buffer.concat([...folder.files.values()]))];
	const messages = () => onDisk().filter((entry) => entry.k === 'message');
	const loadsOnDisk = (): unknown[] => messages().filter(({ topic }) => topic === 'meter/main/load/state');

	beforeEach(() => {
		hub = new MemoryHub();
		clock = new VirtualClock();
		folder = new MemoryFolder();
		ends = [];
		failures.length = 0;
	});
	afterEach(async () => {
		for (const end of ends) await end();
		expect(failures).to.deep.equal([]);
	});

	it('has what was heard on the disk within six seconds, and writes no more often than every five', async () => {
		const { box } = await begin();
		await seconds(600, 3_000);
		expect(loadsOnDisk()).to.have.length.within(594, 600);
		expect(folder.appends).to.be.within(100, 121);
		expect(box.state).to.include({ appends: folder.appends });
	});

	it('writes every second while a phase is over its limit, but not all day', async () => {
		await begin();
		await seconds(60, 3_000);
		const calm = folder.appends;
		await seconds(60, 9_000);
		expect(folder.appends - calm).to.be.at.least(59);
		const before = folder.appends;
		await seconds(3_600, 9_000);
		expect(folder.appends - before).to.be.below(720 + 240 + 240 + 10);
	});

	it('keeps the bytes of the line as they came, parity bit and all', async () => {
		await begin();
		const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
		publish(topics.line, METER, {
			at: instantOf(clock.wallMs()),
			first: 7,
			bytes: Buffer.from(bytes).toString('base64'),
		});
		await seconds(6);
		const [line] = onDisk().filter((entry) => entry.k === 'line');
		expect(line).to.include({ meter: 'main', first: 7 });
		expect(Buffer.from(line?.text ?? '', 'latin1')).to.deep.equal(Buffer.from(bytes));
	});

	it('keeps an hour of recorded time, whatever the calendar says, and says in each segment what held', async () => {
		publish(topics.status, { service: 'load-shedder' }, 'online');
		const { box } = await begin();
		await seconds(7_500, 3_000);
		clock.stepWall(400 * 86_400_000);
		await seconds(3_300, 3_000);
		expect(box.state.minutes).to.be.within(60, 80);
		const [first] = onDisk();
		expect(first).to.include({ k: 'begin' });
		expect(messages().filter(({ topic }) => topic === 'services/load-shedder/status')).to.have.length.within(6, 9);
		expect(onDisk().filter((entry) => entry.k === 'clock')).to.have.length(1);
	}).timeout(20_000);

	it('stays below its bytes', async () => {
		const { box } = await begin('boot', { mostBytes: 100_000 });
		const noise = fc.sample(fc.uint8Array({ minLength: 900, maxLength: 900 }), 1_000);
		for (const [second, bytes] of noise.entries()) {
			publish(topics.line, METER, {
				...{ at: instantOf(clock.wallMs()), first: second * 900 },
				bytes: Buffer.from(bytes).toString('base64'),
			});
			await clock.advanceAsync(1_000);
			expect(box.state.bytes).to.be.below(110_000);
		}
		expect(box.state.bytes).to.be.above(50_000);
	}).timeout(20_000);

	it('is saved when the power of the machine went, and only then', async () => {
		const first = await begin('boot-1');
		await seconds(60, 7_000);
		await first.cut();
		const crashed = await begin('boot-1');
		expect([...folder.boxes.keys()]).to.deep.equal([]);
		await seconds(30, 7_000);
		await crashed.stop();
		const stopped = await begin('boot-2');
		expect([...folder.boxes.keys()]).to.deep.equal([]);
		await seconds(30, 7_000);
		await stopped.cut();
		const { box } = await begin('boot-3');
		expect([...folder.boxes.keys()].map((name) => name.replace(/\d{8}T\d{6}/, ''))).to.deep.equal([
			'0001-Z-power_lost.box',
		]);
		expect(box.state.saved).to.match(/power_lost/);
		expect(box.state.opening).to.deep.equal({ at: instantOf(clock.wallMs()), cause: 'power_lost' });
		const saved = [...entriesOf([...folder.boxes.values()][0] ?? Buffer.alloc(0))];
		expect(saved[0]).to.include({ k: 'saved', cause: 'power_lost' });
		expect(saved.filter((entry) => entry.k === 'message' && entry.topic.includes('load'))).to.have.length.above(100);
	});

	it('is not saved again and again by a machine that starts over and over', async () => {
		for (let life = 0; life < 20; life++) {
			const { cut } = await begin(`boot-${life}`);
			await seconds(10, 7_000);
			await cut();
		}
		await begin('last');
		expect(folder.boxes.size).to.equal(0);
	});

	it('is saved ten seconds after the meter says that its breaker opened, with the aftermath', async () => {
		const { box } = await begin();
		reading('closed');
		await seconds(60, 9_000);
		expect(box.state.opening).to.equal(undefined);
		reading('open_overpower');
		const opening = { at: instantOf(clock.wallMs()), cause: 'breaker_open', meter: 'main' };
		expect(box.state.opening).to.deep.equal(opening);
		await seconds(9, 0);
		expect(folder.boxes.size).to.equal(0);
		await seconds(3, 0);
		expect([...folder.boxes.keys()].join()).to.match(/breaker_open\.box$/);
		const saved = [...entriesOf([...folder.boxes.values()][0] ?? Buffer.alloc(0))];
		expect(saved.find((entry) => entry.k === 'opening')).to.include({
			cause: 'breaker_open',
			detail: 'open_overpower',
		});
		await seconds(60, 0);
		expect(folder.boxes.size, 'once').to.equal(1);
	});

	it('is saved when a load above its limit falls to nothing, or the meter with it, but not where panels feed in', async () => {
		await begin();
		await seconds(30, 9_000);
		await seconds(25, 0);
		expect([...folder.boxes.keys()].join()).to.match(/load_gone\.box$/);
		await seconds(30, 3_000);
		await seconds(30, 0);
		expect(folder.boxes.size, 'from below the limit').to.equal(1);
		reading('closed', { injectedApparentPowerVA: 900 });
		await seconds(30, 9_000);
		await seconds(30, 0);
		expect(folder.boxes.size, 'with panels').to.equal(1);
		await seconds(30, 9_000);
		publish(topics.link, METER, {
			...{ at: instantOf(clock.wallMs()), source: 'serial:/dev/x', connected: true, mode: 'standard', groupsGood: 1 },
			...{ groupsBad: 0, implausible: 0, framesPerMinute: 0, silentSince: instantOf(clock.wallMs()) },
		});
		await seconds(20);
		expect([...folder.boxes.keys()].join()).to.match(/meter_gone\.box$/);
	});

	it('gives up its oldest segments on a full disk, then waits, tells it, and says what is missing', async () => {
		const { box } = await begin();
		await seconds(2_400, 3_000);
		const before = folder.files.size;
		folder.capacity = box.state.bytes + 500;
		await seconds(60, 3_000);
		expect(folder.files.size).to.be.below(before + 2);
		expect(box.state.problem, 'room was made').to.equal(undefined);
		folder.capacity = 0;
		await seconds(4_000, 3_000);
		expect(box.state.problem).to.match(/^BLACK_BOX_FAILED: .*ENOSPC.*Free some space/);
		expect(await box.save().catch((error: PilotwireError) => error.code)).to.equal('BLACK_BOX_NOT_SAVED');
		folder.capacity = Number.POSITIVE_INFINITY;
		await seconds(40, 3_000);
		expect(box.state.problem).to.equal(undefined);
		expect(loadsOnDisk().length).to.be.above(1_000);
		expect(onDisk().some((entry) => entry.k === 'lost')).to.equal(true);
	}).timeout(20_000);

	it('is saved for an opening though somebody asks before its aftermath is over, and gets it or not', async () => {
		const { box } = await begin();
		for (const capacity of [0, Number.POSITIVE_INFINITY]) {
			reading('closed');
			await seconds(30, 9_000);
			reading('open_overpower');
			await seconds(2, 0);
			folder.capacity = capacity;
			const code = await box.save().then(
				() => 'saved',
				(error: PilotwireError) => error.code,
			);
			expect(code).to.equal(capacity === 0 ? 'BLACK_BOX_NOT_SAVED' : 'saved');
			folder.capacity = Number.POSITIVE_INFINITY;
			await seconds(15, 0);
		}
		const causes = [...folder.boxes.keys()].map((each) => each.replace(/^\d+-\w+-|\.box$/g, ''));
		expect(causes).to.deep.equal(['breaker_open', 'asked', 'breaker_open']);
	});

	it('is saved once for all who ask at the same time', async () => {
		const { box } = await begin();
		await seconds(30, 3_000);
		const names = await Promise.all(Array.from({ length: 500 }, () => box.save()));
		expect(new Set(names).size).to.equal(1);
		expect(folder.boxes.size).to.equal(1);
	});

	it('is saved for whoever asks, once a minute, and never in the place of an opening', async () => {
		const { box } = await begin();
		reading('closed');
		await seconds(30, 9_000);
		reading('open_overpower');
		await seconds(15, 0);
		const name = await box.save();
		expect(await box.save()).to.equal(name);
		for (let times = 0; times < 10; times++) {
			await seconds(61, 100);
			await box.save();
		}
		const causes = [...folder.boxes.keys()].map((each) => each.replace(/^\d+-\w+-|\.box$/g, ''));
		expect(causes.sort()).to.deep.equal(['asked', 'asked', 'asked', 'asked', 'breaker_open']);
	});
});

describe('a black box on a disk', function () {
	this.timeout(20_000);
	const directory = temporaryDirectory();
	const small = (): string => join(directory.path, 'small');
	const tmpfs = (): boolean => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small()]).status === 0;
	const umount = (): unknown => spawnSync('umount', ['-l', small()]);
	const mounting: Part = {
		name: 'the right to mount a file system',
		obtain: 'run as root, in a container with CAP_SYS_ADMIN',
		present: () => tmpfs() && umount() !== undefined,
	};
	afterEach(umount);
	const numbers = (path: string): number[] => {
		const names = readdirSync(path).sort();
		const all = Buffer.concat(names.map((name) => readFileSync(join(path, name))));
		return [...entriesOf(all)].flatMap((entry) =>
			entry.k === 'message' ? (entry.payload as { number: number }).number : [],
		);
	};

	it('has after kill -9 every entry that it confirmed, and none that is torn', async () => {
		const path = join(directory.path, 'black-box');
		const writer = startProcess(['packages/telemetry/test/support/box-writer.ts', path]);
		await writer.line('confirmed 300');
		await writer.kill();
		const confirmed = Number(writer.lines.at(-1)?.text.split(' ')[1]);
		const last = readdirSync(path).sort().at(-1) ?? '';
		appendFileSync(join(path, last), Buffer.from('PWBC\x40\0\0\0half a block', 'latin1'));
		const found = numbers(path);
		expect(found).to.deep.equal(found.map((_, index) => (found[0] ?? 0) + index));
		expect(found.at(-1)).to.be.oneOf([confirmed, confirmed + 1]);
	});

	it('survives a file system without room, and goes on once there is some', async function () {
		mkdirSync(small());
		need(this, mounting);
		tmpfs();
		const folder = new DiskBoxFolder(join(small(), 'box'));
		const writer = await folder.create(1);
		const codes: unknown[] = [];
		for (let times = 0; times < 40; times++) {
			await writer.append(Buffer.alloc(4_096, times)).catch((error: { code?: string }) => codes.push(error.code));
		}
		await writer.close();
		expect(codes[0]).to.equal('ENOSPC');
		const unsaved: unknown = await folder.save('a.box', Buffer.alloc(4_096), [1]).catch((error: unknown) => error);
		expect(unsaved).to.have.property('code', 'ENOSPC');
		expect(await folder.saved()).to.deep.equal([]);
		await folder.remove(1);
		expect(await folder.save('b.box', Buffer.from('whole'), [])).to.equal(5);
	});
});
