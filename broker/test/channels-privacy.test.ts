// What is said in a channel, its name, its members and its password are nowhere else: on no disk, in no log, at no other client.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Metric, silentLog } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Broker, brokerConfig } from '../src/index.ts';
import { ChannelClient } from './support/channel-client.ts';
import { Bench, deviceAccount } from './support/clients.ts';

const { channels } = brokerConfig.parse({ channels: {} });

/** Stands in everything that belongs to the channel: its name, its members, the password, each payload. */
const secret = 'zq-secret';
const channel = `${secret}-room`;
const password = `${secret}-word`;
/** Stands in the messages of the house, which are kept and seen: where the checks look, they do find. */
const open = 'zq-open';

const members = ['one', 'two', 'three'] as const;
const outsiders = ['four', 'five'] as const;
type Who = (typeof members)[number] | (typeof outsiders)[number];
const everybody: readonly Who[] = [...members, ...outsiders];

/** What an outsider asks for: all that there is, in every way there is. */
const wide = ['#', '+/#', '+/+/+/#', '+/+/broadcast/#', '$share/group/#', '$share/other/+/+/+/#', '$SYS/#'];
const forbidden = [`channels/${channel}/#`, 'channels/#', 'channels/+/broadcast/#', `$share/g/channels/${channel}/#`];

const idOf = (who: Who): string => `${secret}-${who}`;

const qos = fc.constantFrom(0 as const, 1 as const, 2 as const);
const who = fc.constantFrom<Who>(...everybody);
const topic = fc.oneof(
	fc.record({ kind: fc.constant('broadcast'), from: who, rest: fc.constantFrom('', '/deep/er') }),
	fc.record({ kind: fc.constantFrom('command', 'answer'), from: who, to: fc.oneof(who, fc.constant('all')) }),
);
const action = fc.oneof(
	{ weight: 10, arbitrary: fc.record({ do: fc.constant('say' as const), who, topic, qos, retain: fc.boolean() }) },
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('house' as const), who, qos, retain: fc.boolean() }) },
	{
		weight: 2,
		arbitrary: fc.record({ do: fc.constantFrom('leave' as const, 'join' as const, 'guess' as const), who }),
	},
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('breakOff' as const), who, version: fc.constantFrom(4, 5) }) },
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('sulk' as const), who }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
type Topic = typeof topic extends fc.Arbitrary<infer T> ? T : never;

const topicOf = (said: Topic): string => {
	const to = 'to' in said ? `/${said.to === 'all' ? 'all' : idOf(said.to)}` : said.rest;
	return `channels/${channel}/${said.kind}/${idOf(said.from)}${to}`;
};

/** A broker with a state file, and five clients that it keeps sessions for. */
class Scene {
	readonly #bench = new Bench();
	readonly #folder: string;
	readonly #clients = new Map<Who, ChannelClient>();
	readonly #heardOutside: string[] = [];
	readonly #log: string[] = [];
	#metrics: readonly Metric[] = [];
	#broker: Broker | undefined;

	constructor(folder: string) {
		this.#folder = folder;
	}

	async start(): Promise<void> {
		const note = (...line: unknown[]): void => {
			this.#log.push(inspect(line, { depth: 10 }));
		};
		const log = { ...silentLog, trace: note, debug: note, info: note, warn: note, error: note, fatal: note };
		this.#broker = await this.#bench.broker({
			...{ channels, accounts: [deviceAccount], stateFile: join(this.#folder, 'broker.db'), sysIntervalS: 1 },
			log: log as unknown as typeof silentLog,
			measure: (metrics) => {
				this.#metrics = metrics;
			},
		});
		for (const one of everybody) await this.connect(one, 5);
	}

	async connect(one: Who, version: 4 | 5): Promise<void> {
		if (this.#broker === undefined) throw new Error('not started');
		const will = { topic: `channels/${channel}/broadcast/${idOf(one)}`, payload: Buffer.from(secret), qos: 2 };
		const client = await ChannelClient.connect(this.#broker, one, {
			...{ version, clean: false, will: { ...will, retain: one === 'five' } },
			properties: { sessionExpiryInterval: 1000 },
		});
		this.#clients.set(one, client);
		if (isMember(one)) {
			await client.join(channel, idOf(one), password);
			await client.subscribe('house/#', 2);
			return;
		}
		for (const filter of wide) expect(await client.subscribe(filter, 2), filter).to.be.lessThan(3);
		for (const filter of forbidden) expect(await client.subscribe(filter, 2), filter).to.be.at.least(0x80);
	}

	async do(step: Action): Promise<void> {
		if (step.do === 'restart') {
			await this.stop();
			await this.start();
			return;
		}
		const client = this.#clients.get(step.who) as ChannelClient;
		switch (step.do) {
			case 'say':
				await client.publish(topicOf(step.topic), `${secret} said`, step);
				return;
			case 'house':
				await client.publish(`house/${open}`, `${open} said`, step);
				return;
			case 'leave':
				// Somebody stays: an empty channel would be anybody's.
				if (step.who !== 'one') await client.publish(`channels/${channel}/leave`, '');
				return;
			case 'join':
				if (isMember(step.who)) await client.join(channel, idOf(step.who), password);
				return;
			case 'guess':
				if (!isMember(step.who)) await client.join(channel, idOf(step.who), `${secret} wrong`);
				return;
			case 'sulk':
				client.acknowledges = !isMember(step.who);
				return;
			case 'breakOff':
				this.#keep(step.who, client);
				await client.breakOff();
				await this.connect(step.who, step.version as 4 | 5);
				return;
		}
	}

	/** Everything that is to be found outside the channel, in one text. */
	outside(): string {
		const files = readdirSync(this.#folder).map((name) => readFileSync(join(this.#folder, name)).toString('latin1'));
		return [...files, ...this.#heardOutside, ...this.#log].join('\n');
	}

	async stop(): Promise<void> {
		for (const [one, client] of this.#clients) {
			await client.settle();
			this.#keep(one, client);
		}
		this.#log.push(
			inspect(
				this.#metrics.map(({ name, help, read }) => [name, help, read()]),
				{ depth: 10 },
			),
		);
		this.#clients.clear();
		await this.#bench.close();
	}

	#keep(one: Who, client: ChannelClient): void {
		if (!isMember(one)) this.#heardOutside.push(...client.heard.map(({ topic, text }) => `${topic} ${text}`));
	}
}

const isMember = (one: Who): boolean => (members as readonly string[]).includes(one);

describe('what is said in a channel', () => {
	const folder = temporaryDirectory();

	it('is never on the disk, in the log or heard outside, whatever anybody does', async function () {
		this.timeout(240_000);
		let run = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 20 }), async (steps) => {
				run += 1;
				const own = join(folder.path, String(run));
				mkdirSync(own);
				const scene = new Scene(own);
				await scene.start();
				try {
					for (const step of steps) await scene.do(step);
					await scene.do({ do: 'house', who: 'one', qos: 2, retain: true });
				} finally {
					await scene.stop();
				}
				const outside = scene.outside();
				expect(outside).to.include(open);
				expect(outside).to.not.include(secret);
			}),
			{ numRuns: 8 },
		);
	});
});
