// A copy to a real InfluxDB is killed in the middle, with the server: once it has gone on, both hold the same.
import { join } from 'node:path';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { type InfluxdbProcess, startInfluxdb } from '@pilotwire/test/influxdb';
import { influxdb, need } from '@pilotwire/test/parts';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { telemetrySections } from '../src/config.ts';
import { DAY_MS } from '../src/core/cell.ts';
import type { Point } from '../src/core/point.ts';
import { type HistoryReader, keepFor } from '../src/core/store.ts';
import { InfluxdbStore } from '../src/io/influxdb-store.ts';
import { SqliteStore } from '../src/io/sqlite-store.ts';
import { point } from './support/model.ts';

const script = 'packages/telemetry/test/support/copy-process.ts';
const DAYS = 30;
const keep = keepFor({ points: 36_500, minutes: 36_500 });

describe('a copy to InfluxDB that is killed', function () {
	this.timeout(180_000);
	const folder = temporaryDirectory();
	noProcessLeft();
	let server: InfluxdbProcess | undefined;

	beforeEach(async function () {
		need(this, influxdb);
		server = await startInfluxdb();
	});
	afterEach(() => server?.remove());

	/** What a store holds: of each kind of thing how much, and its sum. */
	async function contents(store: HistoryReader, fromMs: number): Promise<Record<string, number>> {
		const all: Record<string, number> = {};
		const add = (name: string, value: number): void => {
			all[name] = (all[name] ?? 0) + value;
		};
		const range = { fromMs, toMs: Date.now() + DAY_MS };
		for (const series of ['load.currentA', 'reading.energyWh', 'circuit.reason']) {
			for await (const { kind, points } of store.points({ series, ...range })) {
				add(`${series} ${kind}`, points.length);
				for (const { at, value } of points) add(`${series} sum`, kind === 'number' ? Number(value) : at % 1_000_003);
			}
			for (const resolution of ['minute', 'hour'] as const) {
				for await (const { cells } of store.cells({ series, ...range, kind: 'number' }, resolution)) {
					for (const { count, sum, rise } of cells) {
						add(`${series} ${resolution} counted`, count);
						add(`${series} ${resolution} sum`, sum);
						add(`${series} ${resolution} rise`, rise);
					}
				}
			}
		}
		return all;
	}

	it('goes on, and has everything once', async () => {
		const path = join(folder.path, 'history.db');
		const source = new SqliteStore(path, silentLog, systemClock, keep);
		const fromMs = Math.floor(Date.now() / DAY_MS - DAYS - 1) * DAY_MS;
		const points: Point[] = [];
		for (let minute = 0; minute < DAYS * 1_440; minute += 2) {
			const at = fromMs + minute * 60_000;
			points.push(point({ series: 'load.currentA', at, value: minute % 31 }));
			points.push(
				point({ series: 'reading.energyWh', tags: { meter: 'main', register: 'BASE' }, at, value: minute * 3 }),
			);
			if (minute % 600 === 0) points.push(point({ series: 'circuit.reason', at, value: `reason ${minute % 7}` }));
		}
		await source.write(points);
		await source.close();
		const given = [path, server?.url ?? '', join(folder.path, 'note.json')];
		const first = startProcess([script, ...given]);
		const { text } = await first.line(/copied [1-9]/, { withinMs: 60_000 });
		await first.kill();
		await server?.kill();
		expect(text).not.to.equal('done');
		await server?.restart();
		const second = startProcess([script, ...given]);
		await second.line('done', { withinMs: 120_000 });
		expect((await second.ended).code, second.text()).to.equal(0);
		// It went on from what was noted.
		expect(second.lines[0]?.text).to.match(/copied [1-9]/);
		const section = telemetrySections.history.parse({ influxdb: { url: server?.url } }).influxdb;
		if (section === undefined) throw new Error('no section');
		const target = new InfluxdbStore(section, systemClock, keep);
		const own = new SqliteStore(path, silentLog, systemClock, keep);
		const [there, here] = [await contents(target, fromMs), await contents(own, fromMs)];
		await own.close();
		await target.close();
		expect(here['load.currentA number']).to.equal(DAYS * 720);
		expect(there).to.deep.equal(here);
		await server?.remove();
		server = undefined;
	});
});
