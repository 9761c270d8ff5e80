import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hashSecret } from '@pilotwire/accounts';
import { type PilotwireError, silentLog } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { connect as mqttConnect } from 'mqtt';
import { openDelivery } from '../src/delivery/index.ts';
import type { Broker, BrokerOptions } from '../src/index.ts';
import { defaultLimits } from '../src/options.ts';
import { account, addressOf, Bench, deviceAccount, Inbox, knownAccount } from './support/clients.ts';
import { WireClient } from './support/wire-client.ts';

describe('broker restart', function () {
	// The thread of the state file starts late where the machine is busy.
	this.timeout(60_000);
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

	it('has the retained state again after kill -9, once it was acknowledged', async () => {
		const child = await startChild();
		const client = await bench.clientAt(`mqtt://127.0.0.1:${child.port}`);
		await client.publishAsync('k/a', 'kept', { qos: 1, retain: true });
		await client.publishAsync('k/b', 'kept', { qos: 1, retain: true });
		await client.publishAsync('k/b', '', { qos: 1, retain: true });
		child.process.kill('SIGKILL');
		await once(child.process, 'exit');
		expect(await retained(await bench.broker({ stateFile, accounts: [deviceAccount] }))).to.deep.equal({
			'k/a': 'kept',
		});
	}).timeout(20_000);

	it('says the will of a client that was connected when the broker was killed', async () => {
		const child = await startChild();
		const will = { topic: 'services/x/status', payload: Buffer.from('offline'), qos: 1 as const, retain: true };
		const client = await bench.clientAt(`mqtt://127.0.0.1:${child.port}`, { will });
		// A client that left in good order has no will any more.
		const polite = await bench.clientAt(`mqtt://127.0.0.1:${child.port}`, { will: { ...will, topic: 'said/wrongly' } });
		await polite.endAsync();
		await client.publishAsync('k', 'kept', { qos: 1, retain: true });
		child.process.kill('SIGKILL');
		await once(child.process, 'exit');
		expect(await retained(await bench.broker({ stateFile, accounts: [deviceAccount] }))).to.deep.equal({
			k: 'kept',
			'services/x/status': 'offline',
		});
	}).timeout(20_000);

	it('has a subscription again after kill -9, once it was granted', async () => {
		const child = await startChild();
		const session = { clientId: 'kept', clean: false };
		const client = await bench.clientAt(`mqtt://127.0.0.1:${child.port}`, session);
		await client.subscribeAsync('k/#', { qos: 1 });
		child.process.kill('SIGKILL');
		await once(child.process, 'exit');
		const broker = await bench.broker({ stateFile, accounts: [deviceAccount] });
		await (await bench.client(broker)).publishAsync('k/a', 'while it was away', { qos: 1 });
		const got = new Promise<string>((resolve) => {
			const back = mqttConnect(`mqtt://127.0.0.1:${addressOf(broker, 'tcp').port}`, { ...account, ...session });
			back.once('message', (_topic, payload) => {
				back.end(true);
				resolve(payload.toString());
			});
		});
		expect(await got).to.equal('while it was away');
	}).timeout(20_000);

	it('lets the delay of a will run on over a restart, unless its client is back', async () => {
		const clock = new VirtualClock();
		const willing = (clientId: string) => ({
			clientId,
			clean: true,
			properties: { sessionExpiryInterval: 1000 },
			will: {
				...{ topic: `gone/${clientId}`, payload: Buffer.from('gone'), qos: 1, retain: true },
				properties: { willDelayInterval: 60 },
			},
		});
		const first = await bench.broker({ stateFile, clock });
		for (const clientId of ['away', 'returning']) {
			const client = await WireClient.signIn(first, 5, willing(clientId));
			// Goodbye with its will: this way it shows when the broker has noticed.
			client.send({ cmd: 'disconnect', reasonCode: 4 });
			expect(await client.next()).to.deep.equal({ cmd: 'closed' });
		}
		// Connected until the broker ends: its delay begins there.
		await WireClient.signIn(first, 5, willing('cut-off'));
		clock.advance(20_000);
		await first.stop();
		const second = await bench.broker({ stateFile, clock });
		const back = await WireClient.signIn(second, 5, { clientId: 'returning', clean: false });
		back.send({ cmd: 'disconnect' });
		expect(await back.next()).to.deep.equal({ cmd: 'closed' });
		clock.advance(39_000);
		expect(await retained(second)).to.deep.equal({});
		clock.advance(2000);
		expect(await retained(second)).to.deep.equal({ 'gone/away': 'gone' });
		clock.advance(20_000);
		expect(await retained(second)).to.deep.equal({ 'gone/away': 'gone', 'gone/cut-off': 'gone' });
	});

	it('lets no will wait longer than its session, over a restart neither', async () => {
		const clock = new VirtualClock();
		const gone = async (broker: Broker, clientId: string): Promise<void> => {
			const client = await WireClient.signIn(broker, 5, {
				...{ clientId, clean: true, properties: { sessionExpiryInterval: 0xffff_ffff } },
				will: {
					...{ topic: `gone/${clientId}`, payload: Buffer.from('gone'), qos: 1, retain: true },
					properties: { willDelayInterval: 0xffff_ffff },
				},
			});
			client.send({ cmd: 'disconnect', reasonCode: 4 });
			expect(await client.next()).to.deep.equal({ cmd: 'closed' });
		};
		const limits = { sessions: 1, sessionForS: 100 };
		const first = await bench.broker({ stateFile, clock, limits });
		await gone(first, 'kept');
		await gone(first, 'one-too-many');
		expect(await retained(first)).to.deep.equal({ 'gone/one-too-many': 'gone' });
		clock.advance(99_000);
		expect(await retained(first)).to.deep.equal({ 'gone/one-too-many': 'gone' });
		await first.stop();
		const second = await bench.broker({ stateFile, clock, limits: { ...limits, sessionForS: 0.5 } });
		clock.advance(1000);
		expect(Object.keys(await retained(second))).to.have.members(['gone/one-too-many', 'gone/kept']);
	});

	it('says at the start what waits for the end of a session that was not kept', async () => {
		const clock = new VirtualClock();
		const will = { topic: 'gone', payload: Buffer.from('gone'), qos: 1, retain: true, properties: {}, delayS: 1000 };
		const before = await openDelivery({ limits: defaultLimits, clock, log: silentLog, stateFile });
		before.router.wills.put('without-session', will);
		await before.close();
		expect(await retained(await bench.broker({ stateFile, clock }))).to.deep.equal({ gone: 'gone' });
	});

	it('says no stored will of an account that may not publish it any more', async () => {
		const clock = new VirtualClock();
		const principal = { kind: 'person', name: 'former', role: 'admin' } as const;
		const accounts = [knownAccount, { principal, secretHash: hashSecret('secret') }];
		const before = await openDelivery({ limits: defaultLimits, clock, log: silentLog, stateFile });
		for (const topic of ['allowed', 'refused']) {
			const will = { topic, payload: Buffer.from('gone'), qos: 1, retain: true, properties: {}, delayS: 0 };
			before.router.wills.put(topic, { ...will, principal });
		}
		await before.close();
		const mayPublish = (name: string, topic: string): boolean => name !== principal.name || topic === 'allowed';
		const rights: NonNullable<BrokerOptions['rights']> = ({ name }) => ({
			mayPublish: (topic) => mayPublish(name, topic),
			maySubscribe: () => true,
			mayUseChannels: false,
		});
		const second = await bench.broker({ stateFile, clock, rights, accounts });
		expect(await retained(second)).to.deep.equal({ allowed: 'gone' });
		await second.stop();
		expect(await retained(await bench.broker({ stateFile, clock }))).to.deep.equal({ allowed: 'gone' });
	});

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

	/** A broker in a process of its own. */
	async function startChild() {
		const script = fileURLToPath(new URL('support/broker-process.ts', import.meta.url));
		const flags = ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'];
		const child = spawn(process.execPath, [...flags, script, stateFile, account.username, account.password], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		children.push(child);
		const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
		return { process: child, port: Number(line.split(' ')[1]) };
	}
});
