import { join } from 'node:path';
import { type Logger, openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { migrations } from '../src/io/sqlite/schema.ts';
import { SqliteStore } from '../src/io/sqlite-store.ts';
import { point, START_MS } from './support/model.ts';
import { keepsTheStoreContract } from './support/store-contract.ts';

describe('the history in SQLite', () => {
	const directory = temporaryDirectory();
	noProcessLeft();
	let store: SqliteStore;
	const make = (log: Logger = silentLog): SqliteStore =>
		new SqliteStore(join(directory.path, 'data', 'history.db'), log, systemClock);

	beforeEach(async () => {
		store = make();
		await store.open();
	});
	afterEach(() => store.close());

	keepsTheStoreContract(
		() => store,
		async () => {
			await store.close();
			store = make();
		},
	);

	it('opens once, however many ask at the same time', async () => {
		await store.close();
		store = make();
		await Promise.all([store.series(), store.series(), store.write([point({})])]);
		expect(await store.series()).to.have.length(1);
	});

	it('keeps a second process out with a sentence', async () => {
		const error: unknown = await make()
			.open()
			.catch((reason: unknown) => reason);
		expect(error).to.have.property('code', 'LOCK_HELD');
	});

	it('refuses series beyond a bound and goes on with those it knows', async () => {
		await store.write([point({ value: 1 })]);
		const many = Array.from({ length: 20_000 }, (_, index) => point({ tags: { meter: `m${index}` }, value: 1 }));
		const outcome = await store.write(many);
		expect(outcome).to.deep.include({ written: 19_999, refused: 1 });
		expect(outcome.problem).to.contain('20000 series');
		expect(await store.write([point({ at: START_MS + 1, value: 2 })])).to.deep.equal({ written: 1, refused: 0 });
	});

	it('has after kill -9 every point that it confirmed, and is sound', async () => {
		await store.close();
		const path = join(directory.path, 'killed.db');
		const writer = startProcess(['packages/telemetry/test/support/sqlite-writer.ts', path]);
		await writer.line('confirmed 5');
		await writer.kill();
		const confirmed = Number(writer.lines.at(-1)?.text.split(' ')[1]);
		store = new SqliteStore(path, silentLog, systemClock);
		const range = { series: 'load.apparentPowerVA', tags: {}, fromMs: START_MS, toMs: START_MS + 1e9, bucketMs: 1e9 };
		const [line] = await store.query(range);
		// A batch of 100 for each number; the last may have been confirmed and not yet said.
		expect(line?.count[0]).to.be.oneOf([confirmed * 100, (confirmed + 1) * 100]);
		await store.close();
		const database = await openDatabase({
			path,
			migrations,
			log: silentLog,
			clock: systemClock,
		});
		expect(await database.all('PRAGMA integrity_check')).to.deep.equal([{ integrity_check: 'ok' }]);
		await database.close();
	});
});
