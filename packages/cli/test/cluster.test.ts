// What the doctor, a backup and a bundle for support say of a house whose brokers share a Redis: Debian's, for real.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accounts } from '@pilotwire/accounts';
import { Broker } from '@pilotwire/broker';
import { silentLog, systemClock } from '@pilotwire/runtime';
import { need, redis } from '@pilotwire/test/parts';
import { startProgram } from '@pilotwire/test/processes';
import { type RedisProcess, startRedis } from '@pilotwire/test/redis';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { Command } from 'commander';
import { readHouse } from '../src/config.ts';
import type { Finding } from '../src/doctor/finding.ts';
import { examineRedis } from '../src/io/doctor/redis.ts';
import { bundle } from '../src/io/support/bundle.ts';
import { privateOf } from '../src/io/support/private.ts';
import { backupCommands } from '../src/program/backup.ts';

const REDIS_CLI = 'redis-cli';

describe('a house whose brokers share a Redis', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	const at = (path: string): string => join(directory.path, path);
	let server: RedisProcess;

	before(function () {
		need(this, redis);
	});

	beforeEach(async () => {
		server = await startRedis();
	});

	afterEach(() => server?.remove());

	const cli = (...given: string[]): string =>
		execFileSync(REDIS_CLI, ['-s', server.url, ...given], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	/** Writes the house's file; `cluster` as in the configuration. */
	const configure = (cluster: unknown): string => {
		writeFileSync(at('house.yaml'), JSON.stringify({ dataDir: at('data'), broker: { port: 0, cluster } }));
		return at('house.yaml');
	};
	const accounts = async <T>(ask: (open: Accounts) => Promise<T>, url = server.url): Promise<T> => {
		const open = await Accounts.open({ path: '', redis: { url }, log: silentLog, clock: systemClock });
		return ask(open).finally(() => open.close());
	};
	const doctor = async (cluster: unknown): Promise<Finding[]> =>
		examineRedis(await readHouse({ config: configure(cluster) }));
	const words = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code ?? 'ok');

	describe('at the doctor', () => {
		it('has a Redis that keeps what is acknowledged, and somebody who administers', async () => {
			expect(words(await doctor(server.url))).to.deep.equal(['ok', 'ok', 'NODES_AWAY', 'ACCOUNTS_WITHOUT_ADMIN']);
			await accounts((open) => open.addPerson('camille', 'admin', 'a good password'));
			const [redisItself, disk, , people] = await doctor(server.url);
			expect(redisItself?.found).to.match(/^\/.*redis\.sock answers, version \d+\.\d+/);
			expect(disk?.found).to.include('appendonly yes, appendfsync always');
			expect(people).to.include({ verdict: 'ok', found: '1 in Redis' });
		});

		it('has nodes, whose versions and clocks are told', async () => {
			const start = async (name: string, clock = systemClock): Promise<Broker> => {
				const cluster = { url: server.url, name, bounds: { messages: 100, bytes: 1e6, keptForS: 60 } };
				const broker = new Broker({ port: 0, wsPort: 0, version: '0.9.0', log: silentLog, clock, cluster });
				await broker.start();
				return broker;
			};
			const nodes = await Promise.all([
				start('north'),
				start('south', { ...systemClock, wallMs: () => Date.now() + 60_000 }),
			]);
			try {
				const [, , clock] = await doctor(server.url);
				expect(clock).to.include({ verdict: 'wrong', code: 'NODE_CLOCK' });
				expect(clock?.found).to.include('the clock of south is 60 s ahead of');
				await nodes[1]?.stop();
				expect((await doctor(server.url))[2]?.found).to.match(/^1 live: north; version 0\.9\.0, clocks within \d+ ms/);
				const { hosts } = await privateOf(await readHouse({ config: configure(server.url) }));
				expect(hosts).to.include('north');
			} finally {
				await Promise.all(nodes.map((node) => node.stop()));
			}
		});

		it('is told where it is full', async () => {
			cli('config', 'set', 'maxmemory', '100');
			const full = (await doctor(server.url)).find(({ code }) => code === 'REDIS_FULL');
			expect(full?.found).to.include('brokers acknowledge nothing');
		});

		it('is told what a power cut takes along, and what to type; typing it mends it', async () => {
			const disk = async (): Promise<Finding | undefined> => (await doctor(server.url))[1];
			cli('config', 'set', 'appendfsync', 'everysec');
			const everySecond = await disk();
			expect(everySecond).to.include({ verdict: 'unsure', code: 'REDIS_MAY_LOSE' });
			expect(everySecond?.found).to.include(
				'appendfsync everysec: a power cut, or a crash, takes along the last second or two',
			);
			cli('config', 'set', 'appendfsync', 'no');
			expect((await disk())?.found).to.include('up to half a minute');
			cli('config', 'set', 'appendonly', 'no');
			const forgets = await disk();
			expect(forgets).to.include({ verdict: 'wrong', code: 'REDIS_FORGETS' });
			// But for the file of a service, which this one doesn't have.
			const [line = ''] = forgets?.todo?.split(/ && redis-cli \S+ \S+ config rewrite$/) ?? [];
			execFileSync('sh', ['-c', line], { stdio: 'ignore' });
			expect((await disk())?.verdict).to.equal('ok');
		});

		it('is told where Redis throws away what nobody took yet', async () => {
			cli('config', 'set', 'maxmemory', '50000000');
			cli('config', 'set', 'maxmemory-policy', 'allkeys-lru');
			expect((await doctor(server.url)).find(({ code }) => code === 'REDIS_EVICTS')?.found).to.include('50 MB');
			cli('config', 'set', 'maxmemory-policy', 'noeviction');
			expect(words(await doctor(server.url))).to.not.include('REDIS_EVICTS');
		});

		it('is told of a replica, of settings that may not be asked for, and of a wrong password', async () => {
			cli('config', 'set', 'replica-serve-stale-data', 'yes');
			cli('replicaof', '127.0.0.1', '1');
			expect(words(await doctor(server.url))[0]).to.equal('REDIS_UNSUITED');
			cli('replicaof', 'no', 'one');
			cli('acl', 'setuser', 'default', '-config');
			expect((await doctor(server.url))[1]?.found).to.include('does not tell its appendfsync');
			cli('acl', 'setuser', 'default', '+config');
			cli('config', 'set', 'requirepass', 'right');
			expect(words(await doctor(server.url))).to.deep.equal(['REDIS_REFUSES']);
			expect(words(await doctor({ url: server.url, password: 'wrong' }))).to.deep.equal(['REDIS_REFUSES']);
			expect(words(await doctor({ url: server.url, password: 'right' })).slice(0, 2)).to.deep.equal(['ok', 'ok']);
			expect(words(await doctor({ url: server.url, passwordFile: at('none') }))).to.deep.equal(['SECRET_UNREADABLE']);
		});

		it('is told that it is away, without the password of its address', async () => {
			const url = 'redis://bridge:pa@ss-word@127.0.0.1:1/0?password=hidden';
			const [away] = await doctor(url);
			expect(away).to.include({ verdict: 'wrong', code: 'REDIS_AWAY' });
			expect(away?.found).to.match(/^redis:\/\/127\.0\.0\.1:1\/0 doesn't answer: /);
			const problem = await accounts((open) => open.list(), url).catch((error: Error) => error.message);
			expect(problem).to.match(/ACCOUNTS_AWAY: .* at redis:\/\/127\.0\.0\.1:1\/0, got /);
		});
	});

	describe('in a backup', () => {
		const run = async (...given: string[]): Promise<string> => {
			const lines: string[] = [];
			const log = console.log;
			console.log = (line: string) => void lines.push(line);
			try {
				const root = new Command('pilotwire');
				backupCommands(root);
				await root.parseAsync(given, { from: 'user' });
			} finally {
				console.log = log;
			}
			return lines.join('\n');
		};

		it('is told what the file does not hold, at the backup and at the restore', async () => {
			mkdirSync(at('data'));
			const said = await run('backup', at('backup.tar.gz'), '--config', configure(server.url));
			expect(said).to.match(/Not in it, .* Redis: accounts, retained state, sessions/);
			expect(said).to.include(`redis-cli -s ${server.url} --rdb FILE`);
			expect(await run('restore', at('backup.tar.gz'), '--root', at('empty'))).to.include('Not in it');
			configure(undefined);
			expect(await run('backup', at('backup.tar.gz'), '--config', at('house.yaml'))).to.not.include('Redis');
		});

		it('has the accounts back by the file of redis-cli, as the guide says', async () => {
			await accounts((open) => open.addPerson('camille', 'admin', 'a good password'));
			// It would wait for others who want the same.
			cli('config', 'set', 'repl-diskless-sync-delay', '0');
			cli('--rdb', at('dump.rdb'));
			await server.lose();
			expect(await accounts((open) => open.list())).to.deep.equal([]);
			mkdirSync(at('redis'));
			copyFileSync(at('dump.rdb'), at('redis/dump.rdb'));
			const socket = at('redis/redis.sock');
			const start = async (appendOnly: string) => {
				const where = ['--port', '0', '--unixsocket', socket, '--dir', at('redis'), '--save', ''];
				const process = startProgram('redis-server', [...where, '--appendonly', appendOnly]);
				await process.line('ready to accept connections');
				return process;
			};
			const withoutLog = await start('no');
			try {
				execFileSync(REDIS_CLI, ['-s', socket, 'config', 'set', 'appendonly', 'yes'], { stdio: 'ignore' });
				await withoutLog.line('Background AOF rewrite finished successfully');
			} finally {
				await withoutLog.kill();
			}
			const again = await start('yes');
			try {
				const [camille] = await accounts((open) => open.list(), socket);
				expect(camille?.principal).to.deep.equal({ kind: 'person', name: 'camille', role: 'admin' });
			} finally {
				await again.kill();
			}
		});
	});

	describe('in a bundle for support', () => {
		const packed = async (cluster: unknown): Promise<{ names: string[]; text: string }> => {
			mkdirSync(at('data'), { recursive: true });
			writeFileSync(at('house.log'), 'Camille signed in with "open-sesame" by redis://bridge:pa@ss/w0rd@127.0.0.1:1');
			await bundle(at('bundle.tar.gz'), { config: configure(cluster), log: [at('house.log')] });
			execFileSync('tar', ['-xzf', at('bundle.tar.gz'), '-C', directory.path]);
			const names = readdirSync(at('pilotwire-support'));
			return { names, text: names.map((name) => readFileSync(at(`pilotwire-support/${name}`), 'utf8')).join('\n') };
		};

		it('is seen to be one, without its password and the names of its accounts', async () => {
			await accounts((open) => open.addPerson('camille', 'admin', 'a good password'));
			cli('config', 'set', 'requirepass', 'open-sesame');
			const { names, text } = await packed({ url: server.url, password: 'open-sesame' });
			expect(names).to.include('log-1-house.log.txt').and.not.include('left-out.txt');
			expect(text).to.include('appendfsync always').and.include('"cluster"');
			for (const word of ['camille', 'open-sesame']) expect(text.toLowerCase()).to.not.include(word);
		});

		it('leaves the logs out where nobody can say which names the accounts have, and blanks the address', async () => {
			const { names, text } = await packed('redis://bridge:pa@ss/w0rd@127.0.0.1:1?password=hidden-word');
			expect(names).to.include.members(['left-out.txt', 'configuration.json', 'doctor.json']);
			expect(text).to.include('REDIS_AWAY').and.include('"redis://<account>@');
			for (const word of ['bridge', 'pa@ss', 'w0rd', 'hidden-word', 'signed in']) expect(text).to.not.include(word);
		});
	});
});
