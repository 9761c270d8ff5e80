import { type Topic, topicFilter, topicMatcher, topicName, topics } from '@pilotwire/contract';
import { type AllowGroupName, allowGroups, type ShareGroup, shareGroups } from './groups.ts';

type AnyTopic = Topic<string, unknown>;

/** Names remembered with where they lead; a house has some hundreds. */
const MOST_NAMES = 10_000;

/** The service's own name: its status outside is that of the connection there. */
const SELF = 'bridge';

/** What decides about a topic. */
export interface RouteOptions {
	/** The house's name on its own bus. */
	readonly site: string;
	/** Its name outside. */
	readonly house: string;
	readonly share: readonly ShareGroup[];
	readonly allow: readonly AllowGroupName[];
	/** Whether the role of those outside lets them publish this at home. */
	readonly mayPublish: (name: string) => boolean;
}

/** Where a message of the house goes outside. */
export interface Outward {
	readonly name: string;
	readonly topic: AnyTopic;
}

/** Where a message from outside goes at home. */
export type Inward =
	| { readonly kind: 'command'; readonly name: string; readonly topic: AnyTopic }
	| { readonly kind: 'call'; readonly service: string; readonly client: string };

interface Matcher {
	readonly topic: AnyTopic;
	readonly match: (name: string) => Readonly<Record<string, string>> | undefined;
}

/**
 * Which topic becomes which. What goes out are states and events, what comes in commands and calls: no topic is both, so
 * that nothing comes back the way it went, and each side has its own house's name.
 */
export class Routes {
	/** What to hear at home. */
	readonly homeFilters: readonly string[];
	/** The same topics under their names outside. */
	readonly mirrorFilters: readonly string[];
	/** What to hear outside. */
	readonly outsideFilters: readonly string[];
	readonly #options: RouteOptions;
	readonly #shared: readonly Matcher[];
	readonly #commands: readonly Matcher[];
	readonly #call: Matcher;
	readonly #services: ReadonlySet<string>;
	readonly #outward = new Map<string, Outward | undefined>();

	constructor(options: RouteOptions) {
		const { site, house, share, allow } = options;
		this.#options = options;
		const shared: readonly AnyTopic[] = [...new Set(share.flatMap((group): readonly AnyTopic[] => shareGroups[group]))];
		const groups = [...new Set(allow)].map((group) => allowGroups[group]);
		const commands = groups.flatMap((group): readonly AnyTopic[] => group.commands);
		const calls = groups.flatMap((group): readonly string[] => group.calls);
		this.#shared = shared.map((topic) => ({ topic, match: topicMatcher(site, topic) }));
		this.#commands = commands.map((topic) => ({ topic, match: topicMatcher(house, topic) }));
		this.#call = { topic: topics.rpc, match: topicMatcher(house, topics.rpc) };
		this.#services = new Set(calls);
		this.homeFilters = shared.map((topic) => topicFilter(site, topic));
		this.mirrorFilters = shared.filter(({ retain }) => retain).map((topic) => topicFilter(house, topic));
		this.outsideFilters = [
			...commands.map((topic) => topicFilter(house, topic)),
			...calls.map((service) => topicFilter(house, topics.rpc, { service })),
		];
	}

	/** Where a topic of the house goes; undefined where it stays. */
	outward(name: string): Outward | undefined {
		if (this.#outward.has(name)) return this.#outward.get(name);
		const found = this.#findOutward(name);
		if (this.#outward.size >= MOST_NAMES) this.#outward.clear();
		this.#outward.set(name, found);
		return found;
	}

	/** Where a topic outside goes; undefined where it is not let in. */
	inward(name: string): Inward | undefined {
		const { site, mayPublish } = this.#options;
		for (const { topic, match } of this.#commands) {
			const parameters = match(name);
			if (parameters === undefined) continue;
			const inside = topicName(site, topic, parameters);
			return mayPublish(inside) ? { kind: 'command', name: inside, topic } : undefined;
		}
		const { service, client } = this.#call.match(name) ?? {};
		if (service === undefined || client === undefined || !this.#services.has(service)) return undefined;
		return mayPublish(topicName(site, topics.rpc, { service, client })) ? { kind: 'call', service, client } : undefined;
	}

	/** Whether a topic outside is one that the bridge shows there, retained. */
	isMirrored(name: string): boolean {
		const { site, house } = this.#options;
		const prefix = `pilotwire/${house}/`;
		if (!name.startsWith(prefix)) return false;
		return this.outward(`pilotwire/${site}/${name.slice(prefix.length)}`)?.topic.retain === true;
	}

	#findOutward(name: string): Outward | undefined {
		for (const { topic, match } of this.#shared) {
			const parameters = match(name);
			if (parameters === undefined) continue;
			if (topic.template === topics.status.template && parameters['service'] === SELF) return undefined;
			return { name: topicName(this.#options.house, topic, parameters), topic };
		}
		return undefined;
	}
}
