import { expect } from 'chai';
import {
	archiveName,
	belongsInBackup,
	isNewer,
	manifestSchema,
	namedFiles,
	outdated,
} from '../../src/backup/manifest.ts';

describe('the manifest of a backup', () => {
	it('names an archive by its moment, and finds those that are too many', () => {
		const names = ['2026-01-01', '2026-01-02', '2026-01-03'].map((day) => archiveName('home', `${day}T03:00:00.000Z`));
		expect(names[0]).to.equal('pilotwire-home-2026-01-01T03-00-00Z.tar.gz');
		const others = ['notes.txt', archiveName('barn', '2025-01-01T03:00:00.000Z'), `${names[0]}.part`];
		expect(outdated([...others, ...names].reverse(), 'home', 2)).to.deep.equal([names[0]]);
		expect(outdated(names, 'home', 3)).to.deep.equal([]);
	});

	it('leaves out what passes: sockets, drafts, journals, copies, what a restore put aside', () => {
		for (const path of ['radiator-actuator.json', 'secrets/broker', 'spool/000001.spool', 'black-box/saved/a.box'])
			expect(belongsInBackup(path), path).to.equal(true);
		for (const path of [
			...['broker.db.door', 'simulator-line.sock', 'planner.json.new', 'history.db-wal', 'history.db.copy-0a1b2c'],
			...['.restore-abc/files/x', 'before-restore-2026-01-01T00-00-00/accounts.db', 'pilotwire-home.tar.gz'],
		])
			expect(belongsInBackup(path), path).to.equal(false);
	});

	it('finds every file that a configuration names', () => {
		const configuration = {
			mqtt: { passwordFile: 'a' },
			broker: { accounts: [{ name: 'x', passwordFile: 'b' }], tls: { certFile: 'c', keyFile: 'd' } },
			history: { influxdb: { token: 'none', tokenFile: 'e' } },
			nothing: null,
		};
		expect(namedFiles(configuration)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
	});

	it('compares versions by their numbers', () => {
		expect(isNewer('0.10.0', '0.9.9')).to.equal(true);
		expect(isNewer('1.0.0-beta', '1.0.0')).to.equal(false);
		expect(isNewer('0.1.0', '0.1.0')).to.equal(false);
		expect(isNewer('0.1.0', '1.0.0')).to.equal(false);
	});

	it('refuses a path that leads elsewhere', () => {
		const file = { bytes: 1, mode: 0o600, sha256: '0'.repeat(64) };
		const manifest = { format: 1, version: '0.1.0', at: 'x', site: 'home', dataDir: '/d' };
		const isTaken = (path: string): boolean =>
			manifestSchema.safeParse({ ...manifest, files: [{ ...file, path }] }).success;
		expect(isTaken('/d/a')).to.equal(true);
		for (const path of ['/d/../etc/passwd', 'd/a', '/d/./a', '/d//a', '/']) expect(isTaken(path), path).to.equal(false);
	});
});
