import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type PilotwireError, silentLog } from '@pilotwire/runtime';
import { expect } from 'chai';
import type { Broker } from '../src/index.ts';
import { account, Bench, Inbox } from './support/clients.ts';

describe('broker restart', () => {
	const bench = new Bench();
	const children: ChildProcess[] = [];
	let folder: string;
	let stateFile: string;

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'pilotwire-broker-'));
		stateFile = join(folder, 'broker.db');
	});

	afterEach(async () => {
		await bench.close();
		for (const child of children.splice(0)) {
			if (child.exitCode !== null || child.signalCode !== null) continue;
			child.kill('SIGKILL');
			await once(child, 'exit');
		}
		rmSync(folder, { recursive: true, force: true });
	});

	const retained = async (broker: Broker): Promise<Record<string, string>> => {
		const client = await bench.client(broker);
		const inbox = new Inbox(client);
		await client.subscribeAsync('#');
		return Object.fromEntries((await inbox.settle()).map(({ topic, text }) => [topic, text]));
	};

	const publish = async (broker: Broker, qos: 0 | 1, messages: Record<string, string>): Promise<void> => {
		const client = await bench.client(broker);
		for (const [topic, text] of Object.entries(messages)) await client.publishAsync(topic, text, { qos, retain: true });
		await client.endAsync();
	};

	it('restores what was retained at any quality of service, and not what was cleared', async () => {
		const first = await bench.broker({ stateFile });
		await publish(first, 0, { 'a/state': 'zero', 'b/state': 'zero', 'c/state': 'zero' });
		await publish(first, 1, { 'b/state': 'one', 'd/state': 'one', 'c/state': '' });
		expect(await retained(first)).to.deep.equal({ 'a/state': 'zero', 'b/state': 'one', 'd/state': 'one' });
		await first.stop();
		const second = await bench.broker({ stateFile });
		expect(await retained(second)).to.deep.equal({ 'a/state': 'zero', 'b/state': 'one', 'd/state': 'one' });
		await publish(second, 1, { 'a/state': '' });
		await second.stop();
		const third = await bench.broker({ stateFile });
		expect(await retained(third)).to.deep.equal({ 'b/state': 'one', 'd/state': 'one' });
	});

	it('keeps the will of a client that was connected when the broker stopped', async () => {
		const first = await bench.broker({ stateFile });
		const will = { topic: 'services/x/status', payload: Buffer.from('offline'), qos: 1 as const, retain: true };
		await bench.client(first, { will });
		await first.stop();
		expect(await retained(await bench.broker({ stateFile }))).to.deep.equal({ 'services/x/status': 'offline' });
	});

	it('has the retained state again after kill -9, once it was saved', async () => {
		const child = await startChild();
		const client = await bench.clientAt(`mqtt://127.0.0.1:${child.port}`);
		await client.publishAsync('k/a', 'kept', { qos: 1, retain: true });
		await client.publishAsync('k/b', 'kept', { qos: 1, retain: true });
		await child.saved(2);
		await client.publishAsync('k/b', '', { qos: 1, retain: true });
		await child.saved(3);
		child.process.kill('SIGKILL');
		await once(child.process, 'exit');
		expect(await retained(await bench.broker({ stateFile }))).to.deep.equal({ 'k/a': 'kept' });
	}).timeout(20_000);

	it('keeps a second broker away from the same state with a sentence', async () => {
		await bench.broker({ stateFile });
		const error = await bench.broker({ stateFile }).then(
			() => expect.fail('it started'),
			(refused: PilotwireError) => refused,
		);
		expect(error.code).to.equal('LOCK_HELD');
	});

	it('starts empty with a corrupt state file, which it keeps aside and reports', async () => {
		writeFileSync(stateFile, 'this was a state file once\n'.repeat(1000));
		const lines: string[] = [];
		const log = { ...silentLog, error: (_: object, line: string) => lines.push(line) } as unknown as typeof silentLog;
		const broker = await bench.broker({ stateFile, log });
		expect(await retained(broker)).to.deep.equal({});
		expect(lines.filter((line) => line.includes('DATABASE_CORRUPT'))).to.have.length(1);
		expect(readdirSync(folder).some((name) => name.startsWith('broker.db.corrupt-'))).to.equal(true);
		await publish(broker, 1, { a: '1' });
		await broker.stop();
		expect(await retained(await bench.broker({ stateFile }))).to.deep.equal({ a: '1' });
	});

	/** A broker in a process of its own, with what it says about its saving. */
	async function startChild() {
		const script = fileURLToPath(new URL('support/broker-process.ts', import.meta.url));
		const flags = ['--import', 'ts-blank-space/register', '--conditions=pilotwire:source'];
		const child = spawn(process.execPath, [...flags, script, stateFile, account.username, account.password], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		children.push(child);
		let saved = 0;
		let port = 0;
		let check = (): void => {};
		createInterface({ input: child.stdout }).on('line', (line) => {
			const [word, number] = line.split(' ');
			if (word === 'saved') saved += Number(number);
			if (word === 'port') port = Number(number);
			check();
		});
		const until = (condition: () => boolean): Promise<void> =>
			new Promise((resolve) => {
				check = () => condition() && resolve();
				check();
			});
		await until(() => port > 0);
		return { process: child, port, saved: (count: number) => until(() => saved >= count) };
	}
});
