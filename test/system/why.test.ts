// The black box of a house whose breaker opens: recorded, saved, and told in sentences.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '@pilotwire/cli/program';
import { demoHouse, type HouseDescription, peakHouse } from '@pilotwire/house';
import { Bus, createContext, silentLog } from '@pilotwire/runtime';
import { DiskBoxFolder, Telemetry, telemetrySections } from '@pilotwire/telemetry';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { VirtualHouse } from './virtual-house.ts';

/** A disk whose work can be waited for: virtual time would leave it behind. */
class WatchedFolder extends DiskBoxFolder {
	busy = 0;

	override async create(number: number): ReturnType<DiskBoxFolder['create']> {
		const writer = await this.#count(super.create(number));
		return { append: (bytes) => this.#count(writer.append(bytes)), close: () => writer.close() };
	}

	override save(...given: Parameters<DiskBoxFolder['save']>): Promise<number> {
		return this.#count(super.save(...given));
	}

	async #count<Answer>(work: Promise<Answer>): Promise<Answer> {
		this.busy += 1;
		try {
			return await work;
		} finally {
			this.busy -= 1;
		}
	}
}

/** A life of the recorder, and the power that can be taken from it. */
interface Recorder {
	cut(): void;
	stop(): Promise<void>;
}

describe('why the breaker opened', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	let virtual: VirtualHouse;
	let recorders: Recorder[];
	let disk: WatchedFolder;

	const record = async (boot: string): Promise<Recorder> => {
		const context = createContext('telemetry', silentLog, virtual.clock, (error) => virtual.failures.push(error));
		const transport = virtual.hub.transport();
		const telemetry = new Telemetry(
			context,
			new Bus(context, 'home', transport),
			{
				dataDir: directory.path,
				history: telemetrySections.history.parse({ sqlite: { enabled: false } }),
				blackBox: telemetrySections.blackBox.parse(undefined),
			},
			{
				boot: async () => boot,
				boxFolder: (path) => {
					disk = new WatchedFolder(path);
					return disk;
				},
			},
		);
		await telemetry.start();
		const recorder: Recorder = {
			cut: () => {
				transport.lose();
				context.end();
			},
			stop: async () => {
				await telemetry.stop();
				context.end();
			},
		};
		recorders.push(recorder);
		return recorder;
	};
	const begin = async (house: HouseDescription, more: Partial<ConstructorParameters<typeof VirtualHouse>[0]> = {}) => {
		virtual = new VirtualHouse({ house, dataDir: directory.path, ...more });
		const recorder = await record('first');
		await virtual.start();
		return recorder;
	};
	/** Lets time pass second by second, each on the disk before the next, until something is so. */
	const until = async (reached: () => boolean, seconds: number): Promise<boolean> => {
		for (let second = 0; second < seconds && !reached(); second++) {
			await virtual.run(1);
			do await new Promise<void>((settle) => setImmediate(settle));
			while (disk.busy > 0);
		}
		return reached();
	};
	/** Runs until the breaker opens, and gives the second of the house at which it did. */
	const untilOpen = async (seconds: number): Promise<number> => {
		expect(await until(() => virtual.house.breakerOpenAt !== undefined, seconds)).to.equal(true);
		return virtual.house.breakerOpenAt ?? 0;
	};
	const typed = async (...given: string[]): Promise<string> => {
		const lines: string[] = [];
		const { log } = console;
		console.log = (...words: unknown[]) => lines.push(words.join(' '));
		try {
			const settings = ['--set', `dataDir=${directory.path}`];
			await program().parseAsync(['node', 'pilotwire', 'why', ...given, ...settings]);
		} finally {
			console.log = log;
		}
		return lines.join('\n');
	};
	const saved = (): string[] => readdirSync(join(directory.path, 'black-box/saved'));

	beforeEach(() => {
		recorders = [];
	});
	afterEach(async () => {
		await virtual.end();
		// The power took no file from this process: whoever was cut still has to let go of its own.
		for (const recorder of recorders) await recorder.stop();
		expect(virtual.failures).to.deep.equal([]);
	});

	it('says what was drawn, what came on and that nobody shed, after the power of the machine went with it', async () => {
		const recorder = await begin(demoHouse(), { shedder: { enabled: false }, fallback: { enabled: false } });
		await untilOpen(1_800);
		recorder.cut();
		await virtual.end();
		const early = await typed();
		expect(early, 'before anything runs again').to.include('most probably the breaker opened');
		await record('second');
		expect(saved()).to.have.length(1);
		expect(saved()[0]).to.match(/^0001-.*-power_lost\.box$/);
		const story = await typed();
		expect(story).to.match(/the power went while phase \d drew \d+ VA of \d+ VA: most probably the breaker opened/);
		expect(story).to.match(/a Linky's filter had gone (8|9|10)\d %? ?of its way|filter had gone 100 %/);
		expect(story).to.include('nothing: shedding is switched off (shedder.enabled).');
		expect(story).to.match(/phase \d rose by \d+ VA/);
		expect(story).to.include('switch shedding on: shedder.enabled: true.');
		const data = JSON.parse(await typed('--json')) as { ending: string; at: string };
		expect(data.ending).to.equal('overload');
		const openedMs = Date.parse(demoHouse().startsAt) + (virtual.house.breakerOpenAt ?? 0) * 1_000;
		expect(Math.abs(Date.parse(data.at) - openedMs), 'moment, ms').to.be.below(7_000);
	});

	it('says that everything which may wait was waiting, where the rest of the house was too much', async () => {
		const house = peakHouse({ prefKVA: 6, peakRatio: 1.42, peakAtS: 200, peakForS: 900 });
		await begin(house);
		virtual.watch(({ atS }) => {
			if (atS === 400) virtual.house.setOtherLoad(1, 11_000);
		});
		await untilOpen(900);
		await until(() => false, 15);
		const story = await typed('--last');
		expect(saved().join()).to.match(/breaker_open/);
		expect(story).to.include('the breaker opened by overload, the meter says');
		expect(story).to.match(/waits \(\d+ VA counted\)/);
		expect(story).to.include('everything that may wait was waiting');
	});

	it('says why one radiator waited, by its name, and gives the line back byte by byte', async () => {
		const recorder = await begin(demoHouse());
		expect(await until(() => virtual.events.some(({ kind }) => kind === 'shed'), 600)).to.equal(true);
		await until(() => false, 30);
		const circuit = virtual.events.find(({ kind }) => kind === 'shed')?.circuit ?? '';
		await recorder.stop();
		const name = virtual.circuit(circuit)?.name ?? '';
		const story = await typed(name.toUpperCase());
		expect(story).to.include(`${name} (${circuit})`);
		expect(story).to.match(/From \d\d:\d\d:\d\d .*instead of comfort: shedding/);
		expect(story).to.include(`${circuit} waits`);
		const path = join(directory.path, 'line.tic');
		await typed('--line', path);
		const line = readFileSync(path);
		expect(line.length).to.be.above(20_000);
		expect(line.toString('latin1')).to.match(/\nADSC\t/);
		writeFileSync(path, 'nothing');
		const error: unknown = await typed(path).catch((thrown: unknown) => thrown);
		expect(error).to.have.property('code', 'BOX_NOT_A_BOX');
	});
});
