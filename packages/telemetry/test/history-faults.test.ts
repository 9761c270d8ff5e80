// What the history does while something of it is away: nothing is lost, and the bus hears what is wrong.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TelemetryState } from '@pilotwire/contract';
import { silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { type InfluxdbProcess, startInfluxdb } from '@pilotwire/test/influxdb';
import { influxdb, need, type Part } from '@pilotwire/test/parts';
import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { type TelemetryConfig, telemetrySections } from '../src/config.ts';
import type { Point } from '../src/core/point.ts';
import { Pipeline } from '../src/pipeline.ts';
import { point } from './support/model.ts';

const mounts: Part = {
	name: 'the right to mount',
	obtain: 'run the tests as root',
	present: () => process.getuid?.() === 0,
};

describe('the history while something is away', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	noProcessLeft();
	let clock: VirtualClock;
	let pipeline: Pipeline;
	let acknowledged: number;
	let server: InfluxdbProcess | undefined;
	let mounted: string | undefined;

	const begin = async (dataDir: string, history: Record<string, unknown> = {}, isRight = false): Promise<void> => {
		const config = { dataDir, history: telemetrySections.history.parse(history) };
		pipeline = new Pipeline(config as TelemetryConfig, clock, silentLog, async () => isRight);
		await pipeline.start();
	};
	const state = (store: string): TelemetryState['stores'][number] => {
		const found = pipeline.state.stores.find((each) => each.store === store);
		if (found === undefined) throw new Error(`no ${store}`);
		return found;
	};
	/** A house's figures of so many seconds: every two seconds one of each of ten series. */
	const measure = async (seconds: number): Promise<number> => {
		let points = 0;
		for (let second = 0; second < seconds; second += 2) {
			const batch = Array.from({ length: 10 }, (_, index): Point => {
				const tags = { meter: `m${index}` };
				return point({ tags, at: clock.wallMs(), value: 300 + ((second * 7) % 900) });
			});
			points += batch.length;
			pipeline.add(batch, () => {
				acknowledged += batch.length;
			});
			await clock.advanceAsync(2_000, 1_000);
		}
		return points;
	};
	/** Moves the clock until what is real, the store or the disk, has answered. */
	const goOnUntil = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
		const look = async (): Promise<boolean> => {
			if (!(await holds())) await clock.advanceAsync(500);
			return holds();
		};
		await until('what the store or the disk answers', look).catch((error: unknown) => {
			throw new Error(`${error}: ${JSON.stringify(pipeline.state)}`);
		});
	};
	const counted = async (): Promise<number> => {
		let count = 0;
		for await (const { points } of pipeline.reader?.points({ fromMs: 0, toMs: clock.wallMs() + 1 }) ?? []) {
			count += points.length;
		}
		return count;
	};

	beforeEach(() => {
		clock = new VirtualClock();
		acknowledged = 0;
	});
	afterEach(async () => {
		await pipeline?.stop();
		await server?.remove();
		server = undefined;
		// It may be mounted twice.
		while (readFileSync('/proc/mounts', 'utf8').includes(` ${mounted} `))
			execFileSync('umount', ['--lazy', mounted ?? '']);
		mounted = undefined;
		expect(clock.pending).to.equal(0);
	});

	it('keeps an hour at full rate for a store that is away, and brings it when it is back', async function () {
		need(this, influxdb);
		server = await startInfluxdb();
		await begin(directory.path, {
			sqlite: { enabled: false },
			influxdb: { url: server.url },
			// The server deletes by its own clock, far from the tests' year.
			keep: { points: 36_500, minutes: 36_500 },
		});
		let points = await measure(60);
		await server.kill();
		points += await measure(3_600);
		await goOnUntil(() => acknowledged === points);
		expect(state('influxdb').problem).to.contain('INFLUXDB_FAILED');
		expect(state('influxdb').waiting).to.be.within(18_000, points);
		await server.restart();
		await goOnUntil(() => state('influxdb').waiting === 0);
		expect(state('influxdb')).to.include({ dropped: 0, refused: 0 });
		expect(state('influxdb')).to.not.have.property('problem');
		expect(await counted()).to.equal(points);
	});

	it('acknowledges nothing on a full disk, and loses nothing once there is room', async function () {
		need(this, mounts);
		mounted = join(directory.path, 'small');
		mkdirSync(mounted);
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mounted]);
		await begin(mounted);
		let points = await measure(20);
		await goOnUntil(() => acknowledged === points);
		const filler = join(mounted, 'filler');
		expect(() => writeFileSync(filler, Buffer.alloc(4_000_000))).to.throw('ENOSPC');
		const before = acknowledged;
		points += await measure(600);
		await goOnUntil(() => pipeline.state.spool?.problem !== undefined);
		expect(pipeline.state.spool?.problem).to.contain('HISTORY_SPOOL_FAILED').and.to.contain('Free some space');
		// What still fitted into the last block of a file may be there.
		expect(acknowledged - before).to.be.lessThan(600);
		rmSync(filler);
		await goOnUntil(() => acknowledged === points && state('sqlite').waiting === 0);
		expect(pipeline.state.spool).to.not.have.property('problem');
		expect(await counted()).to.equal(points);
	});

	it('goes on with a disk that became read-only, and says so', async function () {
		need(this, mounts);
		mounted = join(directory.path, 'worn');
		mkdirSync(mounted);
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', mounted]);
		execFileSync('mount', ['--bind', mounted, mounted]);
		await begin(mounted);
		let points = await measure(20);
		await goOnUntil(() => acknowledged === points);
		await pipeline.stop();
		execFileSync('mount', ['-o', 'remount,bind,ro', mounted]);
		await begin(mounted);
		expect(state('sqlite').problem).to.contain('DATABASE_NOT_WRITABLE');
		const before = acknowledged;
		points += await measure(120);
		await goOnUntil(() => pipeline.state.spool?.problem !== undefined);
		expect(acknowledged).to.equal(before);
		expect(state('sqlite').waiting).to.equal(points - before);
		execFileSync('mount', ['-o', 'remount,bind,rw', mounted]);
		await goOnUntil(() => acknowledged === points && state('sqlite').problem === undefined);
		expect(pipeline.state.spool).to.not.have.property('problem');
		expect(await counted()).to.equal(points);
	});

	for (const [what, stepMs] of [
		['set back an hour', -3_600_000],
		['set forward a year', 366 * 86_400_000],
	] as const) {
		it(`has every figure once while the clock is ${what} and right again`, async () => {
			await begin(directory.path);
			let points = await measure(60);
			clock.stepWall(stepMs);
			points += await measure(120);
			// Days of it: a clock that isn't known to be right deletes nothing.
			await clock.advanceAsync(3 * 3_600_000, 60_000);
			clock.stepWall(-stepMs);
			points += await measure(60);
			await goOnUntil(() => acknowledged === points && state('sqlite').waiting === 0);
			clock.stepWall(Math.max(0, stepMs));
			expect(await counted()).to.equal(points);
		});
	}

	it('deletes by age once the clock is known to be right', async () => {
		await begin(directory.path, {}, true);
		await measure(20);
		clock.stepWall(366 * 86_400_000);
		const points = await measure(20);
		await clock.advanceAsync(3_600_000, 60_000);
		await goOnUntil(async () => state('sqlite').waiting === 0 && (await counted()) <= points);
		expect(await counted()).to.equal(points);
	});
});
