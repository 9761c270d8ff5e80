import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase, silentLog, systemClock } from '@pilotwire/runtime';
import { need } from '@pilotwire/test/parts';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { readHouse } from '../../src/config.ts';
import { backUp } from '../../src/io/backup/collect.ts';
import { restore } from '../../src/io/backup/restore.ts';

const DAY_S = 86_400;
const root = { name: 'root', obtain: 'run the tests as root', present: () => process.getuid?.() === 0 };
const migrations = ['CREATE TABLE t (a INTEGER) STRICT'];

describe('backup and restore', function () {
	this.timeout(60_000);
	const directory = temporaryDirectory();
	const at = (path: string): string => join(directory.path, path);
	const open = (path: string, shared = false): Promise<Database> =>
		openDatabase({ path: at(path), migrations, shared, log: silentLog, clock: systemClock });

	/** A house's folder, as its services leave it, in `data`; its configuration beside. */
	async function furnish(): Promise<void> {
		for (const folder of ['data/secrets', 'data/spool', 'etc']) mkdirSync(at(folder), { recursive: true });
		writeFileSync(at('etc/token'), 'influx-secret\n', { mode: 0o600 });
		writeFileSync(at('etc/elsewhere'), 'renewed by another');
		symlinkSync(at('etc/elsewhere'), at('etc/cert.pem'));
		writeFileSync(at('etc/key.pem'), 'key', { mode: 0o640 });
		writeFileSync(
			at('etc/house.yaml'),
			JSON.stringify({
				dataDir: at('data'),
				history: { influxdb: { url: 'http://127.0.0.1:1', tokenFile: at('etc/token') } },
				broker: { tls: { certFile: at('etc/cert.pem'), keyFile: at('etc/key.pem') } },
			}),
		);
		writeFileSync(at('data/radiator-actuator.json'), '{"version":1}');
		writeFileSync(at('data/secrets/broker'), 'secret\n', { mode: 0o600 });
		writeFileSync(at('data/spool/1.spool'), Buffer.alloc(3_000, 7));
		writeFileSync(at('data/planner.json.new'), 'half');
		for (const [path, shared] of [
			['data/accounts.db', true],
			['data/history.db', false],
			['data/broker.db', false],
		] as const) {
			const database = await open(path, shared);
			await database.run('INSERT INTO t VALUES (1)');
			await database.close();
		}
	}

	const archive = (): string => at('backup.tar.gz');
	const make = async (file = archive(), keep?: number) =>
		backUp(file, {
			house: await readHouse({ config: at('etc/house.yaml') }),
			config: at('etc/house.yaml'),
			keep,
			told: () => {},
		});
	const codeOf = (failing: Promise<unknown>): Promise<unknown> =>
		failing.then(
			() => 'no error',
			(error: { code?: unknown }) => error.code,
		);

	it('restores into an empty place what was there, with the same sums and rights', async () => {
		await furnish();
		const { files } = await make();
		expect(files.map(({ path }) => path.slice(directory.path.length + 1)).sort()).to.deep.equal([
			...['data/accounts.db', 'data/broker.db', 'data/history.db', 'data/radiator-actuator.json'],
			...['data/secrets/broker', 'data/spool/1.spool', 'etc/house.yaml', 'etc/key.pem', 'etc/token'],
		]);
		expect(statSync(archive()).mode & 0o777).to.equal(0o600);
		const { kept } = await restore(archive(), at('empty'));
		expect(kept).to.deep.equal([]);
		for (const { path, mode } of files) {
			const place = join(at('empty'), path);
			if (!path.endsWith('.db')) expect(readFileSync(place), path).to.deep.equal(readFileSync(path));
			expect(statSync(place).mode & 0o777, path).to.equal(mode & 0o777);
		}
		const restored = await open(`empty${at('data/history.db')}`);
		expect(await restored.all('SELECT a FROM t')).to.deep.equal([{ a: 1 }]);
		await restored.close();
	});

	it('is whole while services write, and restores a moment between two writes', async () => {
		await furnish();
		const history = await open('data/history.db');
		let isOver = false;
		const writing = (async () => {
			for (let a = 2; !isOver; a += 2) {
				await history.batch([a, a + 1].map((value) => ({ sql: 'INSERT INTO t VALUES (?)', params: [value] })));
				writeFileSync(at('data/spool/1.spool'), Buffer.alloc(100, a), { flag: 'a' });
			}
		})();
		try {
			await make();
		} finally {
			isOver = true;
			await writing;
			await history.close();
		}
		await restore(archive(), at('empty'));
		const restored = await open(`empty${at('data/history.db')}`);
		const [row] = await restored.all<{ n: number; last: number }>('SELECT count(*) AS n, max(a) AS last FROM t');
		await restored.close();
		// Pairs are written together: never one without the other, and none missing before the last.
		expect(Number(row?.n)).to.equal(Number(row?.last));
		expect(Number(row?.n) % 2).to.equal(1);
	});

	it('keeps what was there beside, and puts back exactly the backup', async () => {
		await furnish();
		await make();
		writeFileSync(at('data/radiator-actuator.json'), 'changed since');
		writeFileSync(at('data/new-since'), 'x');
		writeFileSync(at('etc/house.yaml'), 'changed: since');
		const { kept } = await restore(archive());
		expect(readFileSync(at('data/radiator-actuator.json'), 'utf8')).to.equal('{"version":1}');
		expect(existsSync(at('data/new-since'))).to.equal(false);
		expect(kept).to.have.length(4);
		expect(readFileSync(join(kept[0] ?? '', 'radiator-actuator.json'), 'utf8')).to.equal('changed since');
		expect(readFileSync(join(kept[0] ?? '', 'new-since'), 'utf8')).to.equal('x');
		const config = kept.find((path) => path.includes('house.yaml'));
		expect(readFileSync(config ?? '', 'utf8')).to.equal('changed: since');
		expect(JSON.parse(readFileSync(at('etc/house.yaml'), 'utf8'))).to.have.property('dataDir', at('data'));
		// The next backup has none of what was put aside.
		const { files } = await make();
		expect(files.some(({ path }) => path.includes('before-restore'))).to.equal(false);
	});

	it('refuses while a service has the files, and touches nothing', async () => {
		await furnish();
		await make();
		const broker = await open('data/broker.db');
		const before = readdirSync(at('data')).sort();
		expect(await codeOf(restore(archive()))).to.equal('HOUSE_RUNS');
		expect(readdirSync(at('data')).sort()).to.deep.equal(before);
		await broker.close();
	});

	it('refuses what is damaged, cut, changed, enriched or of a later version, and touches nothing', async () => {
		await furnish();
		await make();
		const before = readdirSync(at('data')).sort();
		const whole = readFileSync(archive());
		const refused = async (code: string): Promise<void> => {
			expect(await codeOf(restore(archive()))).to.equal(code);
			expect(readdirSync(at('data')).sort()).to.deep.equal(before);
		};
		writeFileSync(archive(), whole.subarray(0, whole.length - 200));
		await refused('BACKUP_DAMAGED');
		writeFileSync(archive(), 'not an archive');
		await refused('BACKUP_DAMAGED');
		rmSync(archive());
		await refused('BACKUP_DAMAGED');
		/** The archive with something in it done by hand. */
		const forge = (change: (folder: string) => void): void => {
			const folder = at('forge');
			mkdirSync(folder);
			writeFileSync(archive(), whole);
			execFileSync('tar', ['-xzf', archive(), '-C', folder]);
			change(folder);
			execFileSync('tar', ['-czf', archive(), '-C', folder, 'manifest.json', 'files']);
			rmSync(folder, { recursive: true });
		};
		forge((folder) => writeFileSync(join(folder, 'files', at('data/radiator-actuator.json')), '{"version":2}'));
		await refused('BACKUP_DAMAGED');
		forge((folder) => rmSync(join(folder, 'files', at('data/secrets/broker'))));
		await refused('BACKUP_DAMAGED');
		forge((folder) => writeFileSync(join(folder, 'files', at('data/more')), ''));
		await refused('BACKUP_DAMAGED');
		forge((folder) => symlinkSync('/etc/passwd', join(folder, 'files', at('data/link'))));
		await refused('BACKUP_DAMAGED');
		forge((folder) => {
			const file = join(folder, 'manifest.json');
			const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
			writeFileSync(file, JSON.stringify({ ...manifest, version: '99.0.0' }));
		});
		await refused('BACKUP_TOO_NEW');
	});

	it("puts everything back where it can't be finished", async () => {
		await furnish();
		await make();
		writeFileSync(at('data/radiator-actuator.json'), 'changed since');
		// A folder in the place of a file outside of the data folder's: its draft can't be written.
		mkdirSync(at('etc/token.restored'));
		expect(await codeOf(restore(archive()))).to.equal('RESTORE_FAILED');
		expect(readFileSync(at('data/radiator-actuator.json'), 'utf8')).to.equal('changed since');
		const left = readdirSync(at('data')).filter((name) => name.startsWith('.restore-'));
		expect(left).to.deep.equal([]);
	});

	it('gives the house what a new machine did not have, so that it can read its secrets', async function () {
		need(this, root);
		await furnish();
		mkdirSync(at('etc/tls'));
		writeFileSync(at('etc/tls/key.pem'), 'key', { mode: 0o600 });
		const config = JSON.parse(readFileSync(at('etc/house.yaml'), 'utf8')) as { broker: { tls: { keyFile: string } } };
		config.broker.tls.keyFile = at('etc/tls/key.pem');
		writeFileSync(at('etc/house.yaml'), JSON.stringify(config));
		await make();
		// As the installer leaves it: the data folder is the house's, the other root's; one file is there, another's.
		const [HOUSE, OTHER] = [12_345, 23_456];
		const there = (path: string): string => join(at('new'), at(path));
		for (const folder of ['data', 'etc']) mkdirSync(there(folder), { recursive: true });
		chownSync(there('data'), HOUSE, HOUSE);
		writeFileSync(there('etc/token'), 'old');
		chownSync(there('etc/token'), OTHER, OTHER);
		await restore(archive(), at('new'));
		const ownerOf = (path: string): number => statSync(there(path)).uid;
		for (const path of ['data/secrets/broker', 'data/accounts.db', 'etc/house.yaml', 'etc/tls', 'etc/tls/key.pem'])
			expect(ownerOf(path), path).to.equal(HOUSE);
		expect(ownerOf('etc/token')).to.equal(OTHER);
		expect(ownerOf('etc')).to.equal(0);
	});

	it('makes room before it writes, and never by the last that there is', async () => {
		await furnish();
		const folder = at('backups');
		mkdirSync(folder);
		const days = ['01', '02', '03', '04'].map((day) => `pilotwire-home-2026-01-${day}T03-10-00Z.tar.gz`);
		for (const name of days) writeFileSync(join(folder, name), 'a backup');
		// What two power cuts left, and what a backup writes that another process makes now.
		for (const [name, ageDays] of [
			['.pilotwire-backup-aaaaaa', 40],
			['.pilotwire-backup-bbbbbb', 2],
			['.pilotwire-backup-cccccc', 0.1],
		] as const) {
			mkdirSync(join(folder, name, 'content'), { recursive: true });
			const then = Date.now() / 1_000 - ageDays * DAY_S;
			utimesSync(join(folder, name), then, then);
		}
		const left = (): string[] => readdirSync(folder).sort();
		const whole = readFileSync(at('data/broker.db'));
		writeFileSync(at('data/broker.db'), 'no database');
		const file = join(folder, 'pilotwire-home-2026-01-05T03-10-00Z.tar.gz');
		expect(await codeOf(make(file, 3))).to.equal('DATABASE_CORRUPT');
		expect(left()).to.deep.equal(['.pilotwire-backup-cccccc', ...days.slice(2)]);
		expect(await codeOf(make(file, 1))).to.equal('DATABASE_CORRUPT');
		expect(left()).to.deep.equal(['.pilotwire-backup-cccccc', ...days.slice(3)]);
		writeFileSync(at('data/broker.db'), whole);
		await make(file, 1);
		expect(left()).to.deep.equal(['.pilotwire-backup-cccccc', 'pilotwire-home-2026-01-05T03-10-00Z.tar.gz']);
	});

	it('leaves nothing of a backup that fails', async () => {
		await furnish();
		writeFileSync(at('data/broker.db'), 'no database', { mode: 0o600 });
		chmodSync(at('data/broker.db'), 0o600);
		expect(await codeOf(make())).to.equal('DATABASE_CORRUPT');
		expect(readdirSync(directory.path).sort()).to.deep.equal(['data', 'etc']);
	});
});
