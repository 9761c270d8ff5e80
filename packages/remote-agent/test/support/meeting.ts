// An agent and its clients on a broker without sockets: bytes go from one to the other at once.
import { randomBytes } from 'node:crypto';
import { matchTopic, RemoteClient, remoteTopics, topicName } from '@pilotwire/contract';
import { createContext, silentLog, systemClock } from '@pilotwire/runtime';
import { RemoteAgent, remoteAgentSections } from '../../src/index.ts';
import type { Link, LinkEvents, LinkMessage } from '../../src/io/link.ts';

const SITE = 'home';

type Heard = (topic: string, payload: Buffer, retained: boolean) => void;

/** A broker of one process. */
export class Meeting {
	readonly retained = new Map<string, string>();
	/** Everything that was said, in order, by topic and size; to be emptied by whoever runs it for long. */
	readonly said: { readonly topic: string; readonly bytes: number; readonly qos: number }[] = [];
	readonly #members = new Map<symbol, { readonly filters: Set<string>; readonly hear: Heard }>();

	/** A client's end: subscribes, and publishes. */
	member(hear: Heard): { subscribe(filters: readonly string[]): void; leave(): void } {
		const key = Symbol();
		const filters = new Set<string>();
		this.#members.set(key, { filters, hear });
		return {
			subscribe: (added) => {
				for (const filter of added) filters.add(filter);
				for (const [topic, payload] of this.retained)
					if (added.some((filter) => covers(filter, topic))) hear(topic, Buffer.from(payload), true);
			},
			leave: () => this.#members.delete(key),
		};
	}

	publish({ topic, payload, qos, retain = false }: LinkMessage): void {
		const bytes = Buffer.from(payload);
		this.said.push({ topic, bytes: bytes.length, qos });
		if (retain && bytes.length === 0) this.retained.delete(topic);
		else if (retain) this.retained.set(topic, bytes.toString());
		// Not within the sender's own step, as with a socket.
		for (const { filters, hear } of [...this.#members.values()])
			if ([...filters].some((filter) => covers(filter, topic))) queueMicrotask(() => hear(topic, bytes, false));
	}

	/** A link as an agent has it. */
	link(): Link & { lose(): void } {
		let member: ReturnType<Meeting['member']> | undefined;
		let events: LinkEvents | undefined;
		let will: LinkMessage | undefined;
		return {
			start: (told, last) => {
				[events, will] = [told, last];
				member = this.member(told.message);
				queueMicrotask(told.up);
			},
			publish: (message) => {
				if (member !== undefined) this.publish(message);
			},
			subscribe: (filters, done) => {
				member?.subscribe(filters);
				done([]);
			},
			stop: async () => {
				member?.leave();
				member = undefined;
			},
			lose: () => {
				member?.leave();
				member = undefined;
				events?.down();
				if (will !== undefined) this.publish(will);
			},
		};
	}

	/** A client of the agents on the house's bus. */
	client(name = `c${randomBytes(4).toString('hex')}`): RemoteClient & { leave(): void } {
		const client = new RemoteClient({
			publish: (agent, payload) =>
				this.publish({ topic: topicName(SITE, remoteTopics.agentAsk, { agent, client: name }), payload, qos: 1 }),
			after: (ms, act) => {
				const timer = setTimeout(act, ms);
				return () => clearTimeout(timer);
			},
			newId: () => randomBytes(6).toString('hex'),
		});
		const member = this.member((topic, payload) => {
			const agent = matchTopic(SITE, remoteTopics.agentSay, topic)?.agent;
			if (agent !== undefined) client.hear(agent, payload);
		});
		member.subscribe([`pilotwire/${SITE}/agents/+/from/${name}`]);
		return Object.assign(client, { leave: () => member.leave() });
	}
}

/** An agent that runs; `settings`: its section of the configuration. */
export class RunningAgent {
	readonly id: string;
	readonly #agent: RemoteAgent;
	readonly #end: () => void;
	readonly failures: unknown[] = [];

	private constructor(meeting: Meeting, settings: Record<string, unknown>, dataDir: string) {
		const remoteAgent = remoteAgentSections.remoteAgent.parse({ enabled: true, id: 'attic', ...settings });
		this.id = remoteAgent.id ?? '';
		const context = createContext('remote-agent', silentLog, systemClock, (error) => this.failures.push(error));
		this.#end = () => context.end();
		const config = { remoteAgent, site: SITE, dataDir };
		this.#agent = new RemoteAgent(context, config, { url: 'mqtt://nowhere' }, () => meeting.link());
	}

	static async start(
		meeting: Meeting,
		settings: Record<string, unknown>,
		dataDir = '/nonexistent',
	): Promise<RunningAgent> {
		const running = new RunningAgent(meeting, settings, dataDir);
		await running.#agent.start();
		return running;
	}

	async stop(): Promise<void> {
		await this.#agent.stop();
		this.#end();
		if (this.failures.length > 0) throw new AggregateError(this.failures, 'the agent failed');
	}
}

function covers(filter: string, topic: string): boolean {
	const [wanted, levels] = [filter.split('/'), topic.split('/')];
	for (const [index, level] of wanted.entries()) {
		if (level === '#') return true;
		if (level !== '+' && level !== levels[index]) return false;
	}
	return wanted.length === levels.length;
}
