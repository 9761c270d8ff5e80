import { VirtualClock } from '@pilotwire/runtime/testing';
import { type InfluxdbProcess, startInfluxdb } from '@pilotwire/test/influxdb';
import { influxdb2, startInfluxdb2 } from '@pilotwire/test/influxdb2';
import { influxdb, need, type Part } from '@pilotwire/test/parts';
import { noProcessLeft } from '@pilotwire/test/processes';
import { expect } from 'chai';
import { telemetrySections } from '../src/config.ts';
import { keepFor } from '../src/core/store.ts';
import { InfluxdbStore } from '../src/io/influxdb-store.ts';
import { point } from './support/model.ts';
import { keepsTheStoreContract } from './support/store-contract.ts';

/** One that was started: what telemetry is told of it, and how another program writes to the same database. */
interface Started {
	readonly server: InfluxdbProcess;
	readonly section: Record<string, unknown>;
	/** Where the server itself is asked to take lines, dated in ns. */
	readonly write: string;
	readonly headers: Record<string, string>;
}

interface Version {
	readonly name: string;
	readonly part: Part;
	start(): Promise<Started>;
}

const versions: readonly Version[] = [
	{
		name: '1.x',
		part: influxdb,
		start: async () => {
			const server = await startInfluxdb();
			const database = 'home "1"';
			const write = `/write?db=${encodeURIComponent(database)}`;
			return { server, section: { database }, write, headers: {} };
		},
	},
	{
		name: '2.x',
		part: influxdb2,
		start: async () => {
			const server = await startInfluxdb2();
			const { org, token } = server;
			const database = 'home 1';
			const write = `/api/v2/write?org=${encodeURIComponent(org)}&bucket=${encodeURIComponent(database)}`;
			return { server, section: { database, org, token }, write, headers: { Authorization: `Token ${token}` } };
		},
	},
];

for (const { name, part, start } of versions) {
	describe(`the history in InfluxDB ${name}`, function () {
		this.timeout(60_000);
		let started: Started | undefined;
		let store: InfluxdbStore;
		// The server deletes by its own clock, far from the tests' year.
		const keep = keepFor({ points: 36_500, minutes: 36_500 });
		noProcessLeft('suite');
		const make = (more: Record<string, unknown> = {}): InfluxdbStore => {
			const { server, section } = started as Started;
			const { influxdb: settings } = telemetrySections.history.parse({
				influxdb: { url: server.url, ...section, ...more },
			});
			if (settings === undefined) throw new Error('no section');
			return new InfluxdbStore(settings, new VirtualClock(), keep);
		};

		before(async function () {
			need(this, part);
			started = await start();
		});
		after(() => started?.server.remove());
		beforeEach(() => {
			store = make();
		});
		afterEach(() => store.close());

		keepsTheStoreContract(
			() => store,
			async () => {
				await store.close();
				store = make();
			},
		);

		it('refuses the one point that the server can not take, and confirms the others', async () => {
			const { server, write, headers } = started as Started;
			await store.write([point({ series: 'other', value: 1 })]);
			// Another program's whole number under our name: the field is an integer for ever.
			await fetch(`${server.url}${write}`, { method: 'POST', headers, body: `taken value=1i ${point({}).at}000000` });
			const batch = Array.from({ length: 20 }, (_, index) =>
				point({ series: index === 13 ? 'taken' : 'free', at: point({}).at + index, value: 0.5 }),
			);
			const outcome = await store.write(batch);
			expect(outcome).to.deep.include({ written: 19, refused: 1 });
			expect(outcome.problem).to.contain('field type conflict');
		});

		it('takes it for a fault of the settings where nothing is taken', async () => {
			await store.close();
			// A way of writing, or an account, that the server doesn't know.
			store = make(name === '1.x' ? { version: 2 } : { database: 'another', token: 'nobody' });
			const batch = Array.from({ length: 50 }, (_, index) => point({ at: point({}).at + index }));
			const error: unknown = await store.write(batch).catch((reason: unknown) => reason);
			expect(error).to.have.property('code', 'INFLUXDB_FAILED');
		});

		it('says what to do while the server is away, and goes on when it is back', async () => {
			const { server } = started as Started;
			await store.write([point({ series: 'away', value: 1 })]);
			await server.kill();
			const error: unknown = await store.write([point({ series: 'away' })]).catch((reason: unknown) => reason);
			expect(error).to.have.property('code', 'INFLUXDB_FAILED');
			expect(String(error)).to.contain('Check that it runs');
			await server.restart();
			expect(await store.write([point({ series: 'away', value: 2 })])).to.deep.equal({ written: 1, refused: 0 });
			expect(await store.series('away')).to.have.length(1);
		});
	});
}
