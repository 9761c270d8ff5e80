import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
	existsSync,
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statfsSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteClient } from '@pilotwire/contract';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { until } from '@pilotwire/test/until';
import { expect } from 'chai';
import fc from 'fast-check';
import { Meeting, RunningAgent } from './support/meeting.ts';
import { fetchFile, refusalOf, sendFile, sha256 } from './support/transfer.ts';

describe('files from afar', () => {
	const directory = temporaryDirectory();
	let meeting: Meeting;
	let agent: RunningAgent;
	let client: RemoteClient;
	let root: string;
	let secret: string;

	beforeEach(async () => {
		meeting = new Meeting();
		root = join(directory.path, 'root');
		secret = join(directory.path, 'secret.txt');
		mkdirSync(root);
		mkdirSync(join(root, 'photos'));
		mkdirSync(join(directory.path, 'reading'));
		writeFileSync(secret, 'the secret');
		writeFileSync(join(root, 'a.txt'), 'hello');
		writeFileSync(join(root, 'photos', 'Été 2026.jpg'), 'summer');
		const roots = { home: { path: root, write: true }, books: { path: join(directory.path, 'reading') } };
		agent = await RunningAgent.start(meeting, { files: { roots } });
		client = meeting.client();
	});
	afterEach(() => agent.stop());

	const ask = (op: string, params: Record<string, unknown>): Promise<Readonly<Record<string, unknown>>> =>
		client.call('attic', op, { params: { root: 'home', ...params } }).ended;
	const names = async (path = ''): Promise<string[]> =>
		((await ask('files.list', { path }))['entries'] as { name: string }[]).map(({ name }) => name);

	it('are listed by name, with kind and size, page by page', async () => {
		for (let index = 0; index < 250; index += 1) writeFileSync(join(root, 'photos', `p${1000 + index}`), '');
		expect(await names()).to.deep.equal(['a.txt', 'photos']);
		const first = await ask('files.list', { path: 'photos' });
		expect(first['more']).to.equal(true);
		const entries = first['entries'] as { name: string; kind: string }[];
		const second = await ask('files.list', { path: 'photos', after: entries.at(-1)?.name });
		expect(second['more']).to.equal(false);
		expect(entries.length + (second['entries'] as []).length).to.equal(251);
		expect(entries[0]).to.include({ name: 'p1000', kind: 'file', sizeBytes: 0 });
	});

	it('are found below a folder, whatever the case and the form of accents', async () => {
		const found: unknown[] = [];
		const end = await client.call('attic', 'files.search', {
			params: { root: 'home', text: 'E\u0301TE\u0301' },
			onInfo: ({ entries = [] }) => found.push(...(entries as { path: string }[]).map(({ path }) => path)),
		}).ended;
		expect(found).to.deep.equal(['photos/Été 2026.jpg']);
		expect(end).to.include({ found: 1, all: true, searched: 3 });
	});

	it('come down whole with their hash, an empty one too', async () => {
		const bytes = randomBytes(300_001);
		writeFileSync(join(root, 'b.bin'), bytes);
		writeFileSync(join(root, 'empty'), '');
		const got = await fetchFile(client, 'attic', { root: 'home', path: 'b.bin' });
		expect(got.bytes.equals(bytes)).to.equal(true);
		expect(got.end).to.deep.equal({ sizeBytes: bytes.length, sha256: sha256(bytes) });
		const none = await fetchFile(client, 'attic', { root: 'home', path: 'empty' });
		expect(none.end['sha256']).to.equal(sha256(Buffer.alloc(0)));
	});

	it('go on coming where they were cut, and not where the file has changed', async () => {
		const bytes = randomBytes(200_000);
		writeFileSync(join(root, 'b.bin'), bytes);
		const have = { bytes: 77_777, sha256: sha256(bytes.subarray(0, 77_777)) };
		const got = await fetchFile(client, 'attic', { root: 'home', path: 'b.bin', have });
		expect(got.bytes.equals(bytes.subarray(77_777))).to.equal(true);
		expect(got.end['sha256']).to.equal(sha256(bytes));
		writeFileSync(join(root, 'b.bin'), randomBytes(200_000));
		expect(await refusalOf(fetchFile(client, 'attic', { root: 'home', path: 'b.bin', have }))).to.equal('FILE_CHANGED');
	});

	it('go up under another name until they are whole', async () => {
		const bytes = randomBytes(500_000);
		expect(
			await refusalOf(sendFile(client, 'attic', bytes, { root: 'home', path: 'up.bin' }, { cutAt: 200_000 })),
		).to.equal('REMOTE_CANCELLED');
		expect(existsSync(join(root, 'up.bin'))).to.equal(false);
		expect(await names()).to.deep.equal(['a.txt', 'photos']);
		const parts = readdirSync(root).filter((name) => name.endsWith('.part'));
		expect(parts).to.have.length(1);
		const { offset, end } = await sendFile(client, 'attic', bytes, { root: 'home', path: 'up.bin' });
		expect(offset).to.be.greaterThan(0);
		expect(end).to.deep.equal({ sizeBytes: bytes.length, sha256: sha256(bytes) });
		expect(readFileSync(join(root, 'up.bin')).equals(bytes)).to.equal(true);
		expect(readdirSync(root).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
	});

	it('whose upload was cut and that nobody went on with are shown after a day, and may be deleted', async () => {
		const bytes = randomBytes(300_000);
		const cut = sendFile(client, 'attic', bytes, { root: 'home', path: 'up.bin' }, { cutAt: 100_000 });
		expect(await refusalOf(cut)).to.equal('REMOTE_CANCELLED');
		expect(await names()).to.deep.equal(['a.txt', 'photos']);
		const [part = ''] = readdirSync(root).filter((name) => name.endsWith('.part'));
		const yesterday = new Date(Date.now() - 25 * 3_600_000);
		utimesSync(join(root, part), yesterday, yesterday);
		expect(await names()).to.deep.equal([part, 'a.txt', 'photos']);
		await ask('files.delete', { path: part });
		expect(readdirSync(root)).to.have.members(['a.txt', 'photos']);
	});

	it('that arrived wrong are thrown away, and never stand in the place of another', async () => {
		const wrong = sendFile(
			client,
			'attic',
			randomBytes(10),
			{ root: 'home', path: 'x' },
			{ hash: sha256(Buffer.from('y')) },
		);
		expect(await refusalOf(wrong)).to.equal('FILE_HASH_DIFFERS');
		expect(readdirSync(root)).to.have.members(['a.txt', 'photos']);
		const taken = { root: 'home', path: 'a.txt' };
		expect(await refusalOf(sendFile(client, 'attic', Buffer.from('new'), taken))).to.equal('FILE_EXISTS');
		await sendFile(client, 'attic', Buffer.from('new'), { ...taken, replace: true });
		expect(readFileSync(join(root, 'a.txt'), 'utf8')).to.equal('new');
	});

	it('for which there is no room are refused before they are sent', async () => {
		const params = { root: 'home', path: 'huge', key: 'k', sizeBytes: Number.MAX_SAFE_INTEGER };
		expect(await refusalOf(ask('files.upload', params))).to.equal('FILE_DISK_FULL');
	});

	it('leave some of the disk to the machine itself', async () => {
		const { bavail, blocks, bsize } = statfsSync(root);
		const half = Math.min(500_000_000, blocks * bsize * 0.05) / 2;
		const params = { root: 'home', path: 'large', key: 'k', sizeBytes: Math.max(1, Math.floor(bavail * bsize - half)) };
		expect(await refusalOf(ask('files.upload', params))).to.equal('FILE_DISK_FULL');
	});

	it('go on from another connection at once, though the agent has not missed the first one yet', async () => {
		const bytes = randomBytes(300_000);
		const lost = meeting.client();
		let offset = -1;
		const first = lost.call('attic', 'files.upload', {
			params: { root: 'home', path: 'up.bin', key: 'k', sizeBytes: bytes.length },
			onInfo: (facts) => {
				if ('offset' in facts) offset = Number(facts['offset']);
			},
		});
		await until('it has begun', () => offset === 0);
		await first.send(bytes.subarray(0, 100_000));
		lost.leave();
		const again = await sendFile(meeting.client(), 'attic', bytes, { root: 'home', path: 'up.bin' });
		expect(again.end).to.deep.equal({ sizeBytes: bytes.length, sha256: sha256(bytes) });
		expect(readFileSync(join(root, 'up.bin')).equals(bytes)).to.equal(true);
		first.cancel();
	});

	it('are looked for, and deleted, only so deep as there are names for', async () => {
		let folder = root;
		for (let level = 0; level < 80; level += 1) {
			folder = join(folder, 'd');
			mkdirSync(folder);
		}
		writeFileSync(join(folder, 'treasure'), '');
		writeFileSync(join(root, 'treasure'), '');
		const end = await client.call('attic', 'files.search', { params: { root: 'home', text: 'treasure' } }).ended;
		expect(end).to.include({ found: 1, all: false });
		expect(await refusalOf(ask('files.delete', { path: 'd', recursive: true }))).to.equal('FILE_NAME_INVALID');
	});

	it('of several clients go at once, but the same upload once at a time', async () => {
		const all = await Promise.all(
			[1, 2, 3].map((index) =>
				sendFile(meeting.client(), 'attic', randomBytes(200_000), { root: 'home', path: `n${index}` }),
			),
		);
		expect(all).to.have.length(3);
		const bytes = randomBytes(400_000);
		const twice = await Promise.allSettled(
			[1, 2].map(() => sendFile(meeting.client(), 'attic', bytes, { root: 'home', path: 'same' })),
		);
		expect(twice.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
		expect(readFileSync(join(root, 'same')).equals(bytes)).to.equal(true);
	});

	it('are moved, deleted and put into new folders', async () => {
		await ask('files.folder', { path: 'new' });
		await ask('files.move', { path: 'a.txt', to: { root: 'home', path: 'new/b.txt' } });
		expect(await names('new')).to.deep.equal(['b.txt']);
		await ask('files.move', { path: 'new', to: { root: 'home', path: 'newer' } });
		expect(await refusalOf(ask('files.move', { path: 'newer', to: { root: 'home', path: 'photos' } }))).to.equal(
			'FILE_EXISTS',
		);
		expect(await refusalOf(ask('files.delete', { path: 'newer' }))).to.equal('FILE_EXISTS');
		expect(await ask('files.delete', { path: 'newer', recursive: true })).to.deep.equal({ deleted: 2 });
		expect(await names()).to.deep.equal(['photos']);
	});

	it('in a root that may only be read are not changed', async () => {
		for (const [op, params] of [
			['files.upload', { key: 'k', sizeBytes: 1 }],
			['files.folder', {}],
			['files.delete', {}],
			['files.move', { to: { root: 'home', path: 'x' } }],
		] as const) {
			expect(await refusalOf(ask(op, { root: 'books', path: 'x', ...params })), op).to.equal('FILE_READ_ONLY');
		}
		expect(await refusalOf(ask('files.list', { root: 'nowhere' }))).to.equal('FILE_ROOT_UNKNOWN');
	});

	describe('have no way out of their root', () => {
		const outside = [
			'../secret.txt',
			'/etc/passwd',
			'photos/../../secret.txt',
			'./a.txt',
			'a.txt/',
			'//a.txt',
			'..',
			'.',
		];
		outside.push('a.txt\0', '\ud800', `${'x'.repeat(256)}`, Array.from({ length: 70 }, () => 'd').join('/'));
		for (const path of outside) {
			it(`by the name ${JSON.stringify(path).slice(0, 40)}`, async () => {
				for (const [op, more] of [
					['files.download', {}],
					['files.delete', { recursive: true }],
					['files.folder', {}],
					['files.upload', { key: 'k', sizeBytes: 1 }],
					['files.move', { to: { root: 'home', path: 'x' } }],
				] as const)
					expect(await refusalOf(ask(op, { path, ...more })), op).to.equal('FILE_NAME_INVALID');
				expect(await refusalOf(ask('files.move', { path: 'a.txt', to: { root: 'home', path } }))).to.equal(
					'FILE_NAME_INVALID',
				);
				expect(readFileSync(secret, 'utf8')).to.equal('the secret');
			});
		}

		it('by names that look like dots or slashes: they are letters', async () => {
			for (const name of [
				'\u2024\u2024',
				'\uff0e\uff0e',
				'..\u2215secret.txt',
				'\u2025',
				'..\uff0fsecret.txt',
				'‮txt.a',
			]) {
				expect(await refusalOf(fetchFile(client, 'attic', { root: 'home', path: name })), name).to.equal(
					'FILE_MISSING',
				);
				await ask('files.folder', { path: name });
				expect(readdirSync(root)).to.include(name);
			}
		});

		it('by links to files, to folders, to nothing, and by further names of a file', async () => {
			symlinkSync(secret, join(root, 'link'));
			symlinkSync(directory.path, join(root, 'way'));
			symlinkSync(join(directory.path, 'not-yet'), join(root, 'dangling'));
			linkSync(secret, join(root, 'second-name'));
			for (const path of ['link', 'way/secret.txt', 'way', 'second-name', 'dangling'])
				expect(await refusalOf(fetchFile(client, 'attic', { root: 'home', path })), path).to.equal('FILE_NOT_ORDINARY');
			expect(await refusalOf(ask('files.list', { path: 'way' }))).to.equal('FILE_NOT_ORDINARY');
			expect(await refusalOf(ask('files.upload', { path: 'way/x', key: 'k', sizeBytes: 0 }))).to.equal(
				'FILE_NOT_ORDINARY',
			);
			await sendFile(client, 'attic', Buffer.from('mine'), { root: 'home', path: 'dangling', replace: true });
			expect(existsSync(join(directory.path, 'not-yet'))).to.equal(false);
			await ask('files.delete', { path: 'way', recursive: true });
			await ask('files.delete', { path: 'link' });
			expect(readFileSync(secret, 'utf8')).to.equal('the secret');
			expect(existsSync(join(directory.path, 'root'))).to.equal(true);
		});

		it('and pipes, sockets and devices are not opened', async () => {
			execFileSync('mkfifo', [join(root, 'pipe')]);
			expect(await refusalOf(fetchFile(client, 'attic', { root: 'home', path: 'pipe' }))).to.equal('FILE_NOT_ORDINARY');
			if (process.getuid?.() === 0) {
				execFileSync('mknod', [join(root, 'zero'), 'c', '1', '5']);
				expect(await refusalOf(fetchFile(client, 'attic', { root: 'home', path: 'zero' }))).to.equal(
					'FILE_NOT_ORDINARY',
				);
			}
		});

		it('while a folder becomes a link and a folder again, as fast as it can', async function () {
			this.timeout(60_000);
			const [inside, away, link] = ['inside', 'away', 'link'].map((name) => join(root, name));
			mkdirSync(inside as string);
			writeFileSync(join(inside as string, 'secret.txt'), 'harmless');
			symlinkSync(directory.path, link as string);
			let running = true;
			const racer = (async () => {
				while (running) {
					await rename(inside as string, away as string);
					await rename(link as string, inside as string);
					await rename(inside as string, link as string);
					await rename(away as string, inside as string);
				}
			})();
			const seen = new Map<string, number>();
			for (let round = 0; round < 300; round += 1) {
				const result = await fetchFile(client, 'attic', { root: 'home', path: 'inside/secret.txt' }).then(
					({ bytes }) => bytes.toString(),
					(error: { fault?: { code: string } }) => error.fault?.code ?? String(error),
				);
				seen.set(result, (seen.get(result) ?? 0) + 1);
				await ask('files.delete', { path: 'inside/not-there' }).catch(() => undefined);
			}
			running = false;
			await racer;
			expect([...seen.keys()]).to.include('harmless');
			expect([...seen.keys()].filter((one) => one !== 'harmless' && !one.startsWith('FILE_'))).to.deep.equal([]);
			expect(readFileSync(secret, 'utf8')).to.equal('the secret');
		});

		it('whatever the path', async function () {
			this.timeout(60_000);
			symlinkSync('..', join(root, 'up'));
			const level = fc.oneof(
				fc.constantFrom(
					'..',
					'.',
					'',
					'up',
					'photos',
					'secret.txt',
					'root',
					'%2e%2e',
					'..\\',
					'~',
					'\0',
					'\n',
					'. .',
					'\u2024.',
				),
				fc.string({ unit: 'binary', maxLength: 8 }),
			);
			await fc.assert(
				fc.asyncProperty(fc.array(level, { maxLength: 6 }), async (levels) => {
					const result = await fetchFile(client, 'attic', { root: 'home', path: levels.join('/') }).then(
						({ bytes }) => bytes.toString(),
						() => 'refused',
					);
					expect(result).to.not.equal('the secret');
				}),
				{ numRuns: 60 },
			);
		});
	});

	it('say what is missing once the root itself is gone', async () => {
		rmSync(root, { recursive: true });
		expect(await refusalOf(ask('files.list', {}))).to.equal('FILE_MISSING');
	});
});
