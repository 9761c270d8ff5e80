// Large files to and from a machine elsewhere: over a real broker, with an agent that is killed in the middle.
import { createCipheriv, createHash, type Hash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { matchTopic, type RemoteCall, RemoteClient, remoteTopics, topicFilter, topicName } from '@pilotwire/contract';
import { type BrokerProcess, brokerAccount, startBroker } from '@pilotwire/test/broker-process';
import { noProcessLeft, type Process, startProgram } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import mqtt, { type MqttClient } from 'mqtt';

const MB = 1024 * 1024;
/** 1 GB where somebody has the time. */
const SIZE = process.env['PILOTWIRE_SOAK'] === '1' ? 1024 * MB : 64 * MB;
const PIECE = 48 * 1024;
/** What an agent may hold meanwhile besides what it held at first: the command and all its services. Bytes. */
const MOST_MORE_BYTES = 25 * 1000 * 1000;
const MOST_OWN_BYTES = 100 * 1000 * 1000;
const SITE = 'home';
const AGENT = 'attic';
const CLIENT = 'laptop';

describe('a large file of a machine elsewhere', function () {
	this.timeout(SIZE > 64 * MB ? 900_000 : 120_000);
	noProcessLeft('suite');
	const directory = temporaryDirectory('suite');
	let broker: BrokerProcess;
	let agent: Process;
	let line: MqttClient;
	let client: RemoteClient;
	let whole: string;
	let atFirst: number;

	const startAgent = async (): Promise<void> => {
		const file = join(directory.path, 'agent.json');
		const { username, password } = brokerAccount;
		const roots = { disk: { path: join(directory.path, 'disk'), write: true } };
		const config = {
			dataDir: join(directory.path, 'data'),
			mqtt: { url: broker.url, username, password },
			remoteAgent: { enabled: true, id: AGENT, files: { roots } },
		};
		writeFileSync(file, JSON.stringify(config));
		// As it is installed: with the memory that its first line gives it.
		agent = startProgram('packages/cli/bin/pilotwire.js', ['remote-agent', '--config', file]);
		await agent.line('is on the bus', { withinMs: 60_000 });
		atFirst = memoryOf('VmRSS');
	};

	before(async () => {
		await mkdir(join(directory.path, 'disk'));
		whole = join(directory.path, 'original');
		fill(whole, SIZE);
		broker = await startBroker(join(directory.path, 'broker.db'));
		await startAgent();
		line = await mqtt.connectAsync(broker.url, { ...brokerAccount, clientId: CLIENT });
		client = new RemoteClient({
			publish: (to, payload) =>
				void line.publish(topicName(SITE, remoteTopics.agentAsk, { agent: to, client: CLIENT }), Buffer.from(payload), {
					qos: 1,
				}),
			after: (ms, act) => {
				const timer = setTimeout(act, ms);
				return () => clearTimeout(timer);
			},
			newId: () => randomBytes(8).toString('hex'),
		});
		line.on('message', (topic, payload) => {
			const from = matchTopic(SITE, remoteTopics.agentSay, topic)?.agent;
			if (from !== undefined) client.hear(from, payload);
		});
		await line.subscribeAsync(topicFilter(SITE, remoteTopics.agentSay, { client: CLIENT }), { qos: 1 });
	});
	after(async () => {
		await line?.endAsync(true);
		await agent?.kill('SIGTERM');
		await broker?.kill();
	});

	/** The most that the agent has held beyond what it held at its start. */
	const moreBytes = (): number => memoryOf('VmHWM') - atFirst;
	/** What is the agent's own of its memory: the rest are files, of which Node.js alone is 48 MB, shared by all that run. */
	const ownBytes = (): number => memoryOf('RssAnon');
	const memoryOf = (figure: 'VmHWM' | 'VmRSS' | 'RssAnon'): number =>
		Number(new RegExp(`${figure}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]) * 1024;
	const killAgent = async (): Promise<void> => {
		await agent.kill('SIGKILL');
		client.lost();
		await startAgent();
	};

	/** Sends from where the agent stands, as far as `until`. */
	const send = async (until: number): Promise<{ readonly offset: number; readonly call: RemoteCall }> => {
		const file = openSync(whole, 'r');
		let begin: (facts: Readonly<Record<string, unknown>>) => void = () => undefined;
		const begun = new Promise<Readonly<Record<string, unknown>>>((resolve) => {
			begin = resolve;
		});
		const call = client.call(AGENT, 'files.upload', {
			params: { root: 'disk', path: 'big', sizeBytes: SIZE, key: 'big' },
			onInfo: (facts) => {
				if ('sha256' in facts) begin(facts);
			},
		});
		const { offset, sha256 } = await Promise.race([begun, call.ended]);
		const hash = createHash('sha256');
		const buffer = Buffer.alloc(PIECE);
		let at = 0;
		for (; at < Number(offset); at += piece(file, buffer, at, Number(offset), hash).length);
		expect(hash.copy().digest('hex'), 'the hash of what is there').to.equal(sha256);
		while (at < until) {
			const bytes = piece(file, buffer, at, SIZE, hash);
			await call.send(Buffer.from(bytes));
			at += bytes.length;
		}
		closeSync(file);
		if (at === SIZE) call.finish({ sha256: hash.digest('hex') });
		return { offset: Number(offset), call };
	};

	it('goes up, is cut in the middle by the end of its agent, goes on, and is the same', async () => {
		await send(SIZE / 2);
		await killAgent();
		const { offset, call } = await send(SIZE);
		expect(offset).to.be.within(SIZE / 4, SIZE / 2 + PIECE);
		const end = await call.ended;
		expect(end).to.deep.equal({ sizeBytes: SIZE, sha256: hashOf(whole) });
		expect(hashOf(join(directory.path, 'disk', 'big'))).to.equal(end['sha256']);
		expect(moreBytes(), 'memory of the agent').to.be.below(MOST_MORE_BYTES);
		expect(ownBytes(), 'memory of the agent').to.be.below(MOST_OWN_BYTES);
	});

	it('comes down, is cut in the middle by the end of its agent, goes on, and is the same', async () => {
		const copy = join(directory.path, 'copy');
		const file = openSync(copy, 'w+');
		let have = 0;
		const hash = createHash('sha256');
		const fetch = (until: number): RemoteCall =>
			client.call(AGENT, 'files.download', {
				params: {
					...{ root: 'disk', path: 'big' },
					...(have === 0 ? {} : { have: { bytes: have, sha256: hash.copy().digest('hex') } }),
				},
				onBytes: (bytes) => {
					if (have >= until) throw new Error('cut');
					writeSync(file, bytes);
					hash.update(bytes);
					have += bytes.length;
				},
			});
		const cut = await fetch(SIZE / 2).ended.catch((error: Error) => error.message);
		expect(cut).to.equal('cut');
		await killAgent();
		const end = await fetch(Number.POSITIVE_INFINITY).ended;
		closeSync(file);
		expect(statSync(copy).size).to.equal(SIZE);
		expect(end['sha256']).to.equal(hash.digest('hex'));
		expect(hashOf(copy)).to.equal(hashOf(whole));
		expect(moreBytes(), 'memory of the agent').to.be.below(MOST_MORE_BYTES);
		expect(ownBytes(), 'memory of the agent').to.be.below(MOST_OWN_BYTES);
	});
});

function piece(file: number, buffer: Buffer, at: number, until: number, hash: Hash): Buffer {
	const bytes = buffer.subarray(0, readSync(file, buffer, 0, Math.min(PIECE, until - at), at));
	hash.update(bytes);
	return bytes;
}

/** A file that nothing makes smaller. */
function fill(path: string, size: number): void {
	const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16, 2));
	const zeros = Buffer.alloc(MB);
	const file = openSync(path, 'w');
	for (let at = 0; at < size; at += MB) writeSync(file, cipher.update(zeros));
	closeSync(file);
	truncateSync(path, size);
}

function hashOf(path: string): string {
	const hash = createHash('sha256');
	const file = openSync(path, 'r');
	const buffer = Buffer.alloc(MB);
	for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
		hash.update(buffer.subarray(0, read));
	closeSync(file);
	return hash.digest('hex');
}
