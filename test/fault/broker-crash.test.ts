// The broker is killed, or the power cut, while three clients publish at QoS 1 for a subscriber that is absent, or at
// QoS 2 for one that is there and one that is absent.
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { connect, connectAsync } from 'mqtt';
import { type BrokerProcess, brokerAccount, startBroker } from '../support/broker-process.ts';
import type { Environment } from '../support/native-build.ts';
import { gcc, need } from '../support/parts.ts';
import { powerCut } from '../support/power-cut.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Exactly, ExactPublisher, Publisher, roundTrips } from './publishers.ts';

const SOAK = process.env['PILOTWIRE_SOAK'] === '1';
const TIMES = SOAK ? 50 : 3;
const PUBLISHERS = ['one', 'two', 'three'];

/** How the broker ends, and what is left of its disk then. */
interface Crash {
	readonly state: string;
	readonly env?: Environment;
	/** Once the process is killed. */
	cut(): void;
}

const crashes = {
	'kill -9': (folder: string): Crash => ({ state: join(folder, 'broker.db'), cut: () => undefined }),
	'a power cut': (folder: string): Crash => {
		const disk = join(realpathSync(folder), 'disk');
		mkdirSync(disk);
		const power = powerCut(disk, join(folder, 'kept'));
		return { state: join(disk, 'broker.db'), env: power.env, cut: () => void power.cut() };
	},
};
const kinds = ['kill -9', 'a power cut'] as const;
/** From the first message to the crash, in round trips of another client. */
const moments = Array.from({ length: TIMES }, (_, time) => 20 + ((time * 97) % 400));

describe('QoS 1 messages for an absent subscriber', function () {
	this.timeout(180_000);
	const folder = temporaryDirectory();
	const session = { ...brokerAccount, clientId: 'absent', clean: false, reconnectPeriod: 0 };
	let broker: BrokerProcess | undefined;

	afterEach(() => broker?.kill());

	/** Publishes through a crash that comes `after` so many round trips, and checks what arrives in the end. */
	async function crash(after: number, { state, env, cut }: Crash) {
		broker = await startBroker(state, env);
		const absent = await connectAsync(broker.url, session);
		await absent.subscribeAsync('load/#', { qos: 1 });
		await absent.endAsync();
		const publishers = PUBLISHERS.map((name) => new Publisher(name));
		await Promise.all(publishers.map((publisher) => publisher.start((broker as BrokerProcess).url)));
		await roundTrips(broker.url, after);
		await broker.kill();
		cut();
		const acknowledged = publishers.map((publisher) => publisher.acknowledged.size);
		broker = await startBroker(state);
		for (const publisher of publishers) await publisher.resend(broker.url);
		const arrived = await drain(broker.url);
		for (const [index, publisher] of publishers.entries()) {
			publisher.check(arrived.get(`load/${PUBLISHERS[index]}`) ?? []);
			expect(acknowledged[index], 'messages acknowledged before the crash').to.be.greaterThan(0);
		}
		await broker.kill();
	}

	/** What waits for the subscriber, by topic: all that comes before a message sent after it. */
	async function drain(url: string): Promise<Map<string, number[]>> {
		const helper = await connectAsync(url, { ...brokerAccount, reconnectPeriod: 0 });
		await helper.publishAsync('load/end', '0', { qos: 1 });
		await helper.endAsync();
		const client = connect(url, session);
		const arrived = new Map<string, number[]>();
		await new Promise<void>((resolve, reject) => {
			client.on('error', reject);
			client.on('connect', ({ sessionPresent }) => sessionPresent || reject(new Error('the session is lost')));
			client.on('message', (topic, payload) => {
				if (topic === 'load/end') resolve();
				arrived.set(topic, [...(arrived.get(topic) ?? []), Number(payload.toString())]);
			});
		});
		await client.endAsync(true);
		return arrived;
	}

	for (const after of moments) {
		for (const kind of kinds) {
			it(`arrive after ${kind}, ${after} round trips into the load`, async function () {
				if (kind === 'a power cut') need(this, gcc);
				await crash(after, crashes[kind](folder.path));
			});
		}
	}
});

describe('QoS 2 messages for a subscriber that is there and one that is absent', function () {
	this.timeout(180_000);
	const folder = temporaryDirectory();
	let broker: BrokerProcess | undefined;
	let there: Exactly | undefined;
	let publishers: ExactPublisher[] = [];

	afterEach(async () => {
		await Promise.all([there, ...publishers].map((client) => client?.end()));
		await broker?.kill();
	});

	/** Everybody goes on in its session after a crash that comes `after` so many round trips; each number arrives exactly once. */
	async function crash(after: number, { state, env, cut }: Crash) {
		broker = await startBroker(state, env);
		const { url } = broker;
		await (await Exactly.start(url, 'absent')).end();
		there = await Exactly.start(url, 'there');
		publishers = await Promise.all(PUBLISHERS.map((name) => ExactPublisher.start(url, name)));
		await roundTrips(url, after);
		const before = publishers.map(({ done }) => done);
		await broker.kill();
		cut();
		broker = await startBroker(state);
		const { url: next } = broker;
		there.goOn(next);
		await Promise.all(publishers.map((publisher) => publisher.finish(next)));
		const absent = await Exactly.start(next, 'absent');
		for (const [index, { topic, sent }] of publishers.entries()) {
			const all = Array.from({ length: sent }, (_, at) => at + 1);
			for (const subscriber of [there, absent]) expect(await subscriber.until(topic, sent)).to.deep.equal(all);
			expect(before[index], 'messages that were through before the crash').to.be.greaterThan(0);
		}
		await absent.end();
	}

	for (const after of moments) {
		for (const kind of kinds) {
			it(`arrive once after ${kind}, ${after} round trips into the load`, async function () {
				if (kind === 'a power cut') need(this, gcc);
				await crash(after, crashes[kind](folder.path));
			});
		}
	}
});
