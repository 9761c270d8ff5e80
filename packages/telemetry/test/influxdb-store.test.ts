import { VirtualClock } from '@pilotwire/runtime/testing';
import { type InfluxdbProcess, startInfluxdb } from '@pilotwire/test/influxdb';
import { influxdb, need } from '@pilotwire/test/parts';
import { noProcessLeft } from '@pilotwire/test/processes';
import { expect } from 'chai';
import { telemetrySections } from '../src/config.ts';
import { keepFor } from '../src/core/store.ts';
import { InfluxdbStore } from '../src/io/influxdb-store.ts';
import { point } from './support/model.ts';
import { keepsTheStoreContract } from './support/store-contract.ts';

describe('the history in InfluxDB 1.x', function () {
	this.timeout(20_000);
	let server: InfluxdbProcess | undefined;
	let store: InfluxdbStore;
	// The server deletes by its own clock, far from the tests' year.
	const keep = keepFor({ points: 36_500, minutes: 36_500 });
	noProcessLeft('suite');
	const settings = (more: Record<string, unknown> = {}) => {
		const { influxdb: section } = telemetrySections.history.parse({ influxdb: { url: server?.url, ...more } });
		if (section === undefined) throw new Error('no section');
		return section;
	};

	before(async function () {
		need(this, influxdb);
		server = await startInfluxdb();
	});
	after(() => server?.remove());
	beforeEach(() => {
		store = new InfluxdbStore(settings({ database: 'home "1"' }), new VirtualClock(), keep);
	});
	afterEach(() => store.close());

	keepsTheStoreContract(
		() => store,
		async () => {
			await store.close();
			store = new InfluxdbStore(settings({ database: 'home "1"' }), new VirtualClock(), keep);
		},
	);

	it('refuses the one point that the server can not take, and confirms the others', async () => {
		const url = `${server?.url}/write?db=${encodeURIComponent('home "1"')}`;
		await store.write([point({ series: 'other', value: 1 })]);
		// Another program's whole number under our name: the field is an integer for ever.
		await fetch(url, { method: 'POST', body: `taken value=1i ${point({}).at}000000` });
		const batch = Array.from({ length: 20 }, (_, index) =>
			point({ series: index === 13 ? 'taken' : 'free', at: point({}).at + index, value: 0.5 }),
		);
		const outcome = await store.write(batch);
		expect(outcome).to.deep.include({ written: 19, refused: 1 });
		expect(outcome.problem).to.contain('field type conflict');
	});

	it('takes it for a fault of the settings where nothing is taken', async () => {
		await store.close();
		store = new InfluxdbStore(settings({ version: 2 }), new VirtualClock(), keep);
		const batch = Array.from({ length: 50 }, (_, index) => point({ at: point({}).at + index }));
		const error: unknown = await store.write(batch).catch((reason: unknown) => reason);
		expect(error).to.have.property('code', 'INFLUXDB_FAILED');
	});

	it('says what to do while the server is away, and goes on when it is back', async () => {
		await store.write([point({ series: 'away', value: 1 })]);
		await server?.kill();
		const error: unknown = await store.write([point({ series: 'away' })]).catch((reason: unknown) => reason);
		expect(error).to.have.property('code', 'INFLUXDB_FAILED');
		expect(String(error)).to.contain('Check that it runs');
		await server?.restart();
		expect(await store.write([point({ series: 'away', value: 2 })])).to.deep.equal({ written: 1, refused: 0 });
		expect(await store.series('away')).to.have.length(1);
	});
});
