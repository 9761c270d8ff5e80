// Telemetry, the broker and the store are killed, or the power is cut, at random while a day is measured: whatever the
// broker acknowledged is in the history once, and the sums are the simulated house's own account.
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Calendar } from '@pilotwire/calendar';
import { instantOf, openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { type BrokerProcess, brokerAccount, startBroker } from '@pilotwire/test/broker-process';
import { type InfluxdbProcess, startInfluxdb } from '@pilotwire/test/influxdb';
import { MeteredDay } from '@pilotwire/test/metered-day';
import { gcc, influxdb, need } from '@pilotwire/test/parts';
import { powerCut } from '@pilotwire/test/power-cut';
import { noProcessLeft, type Process, startProcess } from '@pilotwire/test/processes';
import { type Door, openDoor } from '@pilotwire/test/tcp-door';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import { telemetrySections } from '../src/config.ts';
import { type HistoryReader, keepFor } from '../src/core/store.ts';
import { energyAnswerOf, momentsOf } from '../src/energy/energy.ts';
import { readMeters } from '../src/energy/read-meters.ts';
import { InfluxdbStore } from '../src/io/influxdb-store.ts';
import { migrations } from '../src/io/sqlite/schema.ts';
import { SqliteStore } from '../src/io/sqlite-store.ts';

const SOAK = process.env['PILOTWIRE_SOAK'] === '1';
const TIMES = SOAK ? 50 : 3;
const HOURS = SOAK ? 24 : 3;
/** How much faster telemetry's clock runs. */
const SPEED = 20;
const script = 'packages/telemetry/test/support/telemetry-process.ts';
const kinds = ['telemetry', 'the broker', 'the store', 'the power', 'both'] as const;
/** In three: each of the broker and the store alone; the power takes telemetry too. */
const few = ['the broker', 'the store', 'the power'] as const;

describe('a day measured through crashes', function () {
	this.timeout(SOAK ? 1_800_000 : 180_000);
	const folder = temporaryDirectory();
	noProcessLeft();
	let broker: BrokerProcess | undefined;
	let server: InfluxdbProcess | undefined;
	let telemetry: Process | undefined;
	let door: Door;
	/** What the test opened in this process: left open where it fails, it would keep the run from ending. */
	let opened: { close(): Promise<unknown> }[] = [];

	beforeEach(async function () {
		need(this, gcc, influxdb);
		opened = [];
		door = await openDoor();
		server = await startInfluxdb();
	});
	afterEach(async () => {
		await telemetry?.kill().catch(() => undefined);
		await broker?.kill();
		await server?.remove();
		await door?.close();
		await Promise.all(opened.map((each) => each.close()));
	});

	it(`has every acknowledged point once, and the house's own sums, after ${TIMES} of them`, async () => {
		const root = realpathSync(folder.path);
		const disks = ['broker', 'house/spool'].map((name) => {
			const path = join(root, name);
			mkdirSync(path, { recursive: true });
			return { path, power: powerCut(path, join(root, `kept-${name.replace('/', '-')}`)) };
		});
		const [brokerDisk, houseDisk] = disks as [(typeof disks)[0], (typeof disks)[0]];
		const history = { influxdb: { url: server?.url }, keep: { points: 36_500, minutes: 36_500 }, writeEveryS: 10 };
		const { username, password } = brokerAccount;
		const startTheBroker = async (): Promise<void> => {
			broker = await startBroker(join(brokerDisk.path, 'broker.db'), brokerDisk.power.env);
			door.leadTo(broker.url);
		};
		const startTelemetry = async (): Promise<void> => {
			const given = [door.url, username, password, join(root, 'house'), String(SPEED), JSON.stringify(history)];
			telemetry = startProcess([script, ...given], { env: houseDisk.power.env });
			await telemetry.line('connected', { withinMs: 60_000 });
		};
		const startMs = Date.UTC(2026, 0, 15, 17);
		const day = new MeteredDay(startMs, HOURS);
		await startTheBroker();
		await startTelemetry();
		await day.go(door.url, 0);
		await heard(startMs);
		const share = Math.ceil((HOURS * 360) / (TIMES + 1));
		let seed = SOAK ? Date.now() % 1_000_000 : 7;
		const random = (below: number): number => {
			seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
			return Math.floor((seed / 2_147_483_648) * below);
		};
		const told: string[] = [`seed ${seed}`];
		for (let time = 0; time < TIMES; time += 1) {
			const kind = SOAK ? (kinds[random(kinds.length)] ?? 'both') : few[time];
			let gone = false;
			const going = day.go(door.url, share).finally(() => {
				gone = true;
			});
			const killAt = day.acknowledged + random(share);
			await until('so much is acknowledged', () => gone || day.acknowledged >= killAt, 60_000);
			told.push(`${time}: ${kind} at ${day.acknowledged}`);
			if (kind === 'the store' || kind === 'the power') await server?.kill();
			if (kind !== 'the broker' && kind !== 'the store') await telemetry?.kill();
			if (kind !== 'telemetry' && kind !== 'the store') await broker?.kill();
			if (kind === 'the power') for (const { power } of disks) power.cut();
			if (kind !== 'telemetry' && kind !== 'the store') await startTheBroker();
			if (kind === 'the store' || kind === 'the power') await server?.restart();
			if (kind !== 'the broker' && kind !== 'the store') await startTelemetry();
			await going;
		}
		while (!day.isOver) await day.go(door.url, Number.POSITIVE_INFINITY);
		expect(day.acknowledged * 5).to.equal(day.account.samples);
		await day.go(door.url, 0);
		await heard(day.lastReadingMs);
		expect(telemetry?.alive, telemetry?.text()).to.equal(true);
		// What it heard it writes before it ends.
		await telemetry?.kill('SIGTERM', 60_000);
		told.push(telemetry?.text() ?? '');
		const path = join(houseDisk.path, 'history.db');
		const sqlite = new SqliteStore(path, silentLog, systemClock);
		opened.push(sqlite);
		await sameAs(sqlite, day, told);
		await sqlite.close();
		const database = await openDatabase({ path, migrations, log: silentLog, clock: systemClock });
		opened.push(database);
		expect(await database.all('PRAGMA integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);
		const section = telemetrySections.history.parse(history).influxdb;
		if (section === undefined) throw new Error('no section');
		const influx = new InfluxdbStore(section, new VirtualClock(), keepFor({ points: 36_500, minutes: 36_500 }));
		opened.push(influx);
		await sameAs(influx, day, told);
	});

	/** Waits for what stood on the meter at this moment: all that was published before has come then. */
	async function heard(atMs: number): Promise<void> {
		await telemetry?.line(`reading of ${instantOf(atMs)}`, { withinMs: 120_000 });
	}

	async function sameAs(reader: HistoryReader, day: MeteredDay, told: readonly string[]): Promise<void> {
		const { samples, sumVA, drawnWh } = day.account;
		const range = { fromMs: Date.UTC(2026, 0, 15), toMs: day.endMs + 86_400_000 };
		const moments = new Set<number>();
		let [count, sum] = [0, 0];
		for await (const { points } of reader.points({ series: 'load.apparentPowerVA', ...range })) {
			for (const { at, value } of points) {
				moments.add(at);
				count += 1;
				sum += Number(value);
			}
		}
		const context = `${reader.name}; ${told.join('; ')}`;
		expect({ count, moments: moments.size, sum }, context).to.deep.equal({
			count: samples,
			moments: samples,
			sum: sumVA,
		});
		let [cells, rolled] = [0, 0];
		for await (const part of reader.cells({ series: 'load.apparentPowerVA', ...range }, 'hour')) {
			for (const cell of part.cells) {
				cells += cell.count;
				rolled += cell.sum;
			}
		}
		expect({ cells, rolled }, context).to.deep.equal({ cells: samples, rolled: sumVA });
		const asked = { now: [{ fromMs: range.fromMs, toMs: day.endMs + 1 }] };
		const meters = await readMeters(reader, { moments: momentsOf(asked) });
		const answer = energyAnswerOf(new Calendar('Europe/Paris'), meters, asked, day.endMs);
		expect(drawnWh).to.be.greaterThan(HOURS * 10);
		expect(answer.periods[0]?.energyWh, `the energy in ${context}`).to.equal(drawnWh);
	}
});
