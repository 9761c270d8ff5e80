import type { AgentLog, AgentState } from '@pilotwire/contract';
import { instantOf, type MqttAddress, readSecret, type ServiceContext } from '@pilotwire/runtime';
import { agentId, agentName, type ChannelConfig, type RemoteAgentConfig } from './config.ts';
import { Calls } from './core/calls.ts';
import { channelPlace } from './core/channel-place.ts';
import { abilitiesOf, type Features, operationsOf } from './core/feature.ts';
import { housePlace } from './core/house-place.ts';
import type { Place } from './core/place.ts';
import { readFeatures } from './features/all.ts';
import type { Link } from './io/link.ts';

/** Makes a link to a broker; `name` begins the client's id. */
export type OpenLink = (address: MqttAddress, name: string) => Link;

/** The agent itself: its features, and the places where it is found. */
export class Agent {
	readonly #context: ServiceContext;
	readonly #config: RemoteAgentConfig;
	readonly #address: MqttAddress;
	readonly #openLink: OpenLink;
	readonly #calls: Calls;
	#features: Features = new Map();
	#places: { readonly place: Place; readonly link: Link }[] = [];

	/** `address`: the house's own broker. */
	constructor(context: ServiceContext, config: RemoteAgentConfig, address: MqttAddress, openLink: OpenLink) {
		this.#context = context;
		this.#config = config;
		this.#address = address;
		this.#openLink = openLink;
		this.#calls = new Calls(context.clock, context.log);
	}

	async start(): Promise<void> {
		const { remoteAgent, site } = this.#config;
		const { log } = this.#context;
		const measured = (said: AgentLog): void => {
			for (const { place } of this.#places) place.measured(said);
		};
		this.#features = await readFeatures(this.#context, this.#config, measured);
		if (remoteAgent.home) {
			const link = this.#openLink(this.#address, 'agent');
			const home = { id: agentId(remoteAgent), state: () => this.#state() };
			const operations = operationsOf(this.#features);
			this.#enter(housePlace(site, home, link, { calls: this.#calls, operations, log }), link);
		}
		for (const channel of remoteAgent.channels) this.#join(channel);
		this.#context.measure([
			{ name: 'pilotwire_remote_calls', help: 'Calls that run', type: 'gauge', read: () => this.#calls.count },
			{
				...{ name: 'pilotwire_remote_calls_total', help: 'Calls begun since the start', type: 'counter' },
				read: () => this.#calls.begun,
			},
		]);
	}

	async stop(): Promise<void> {
		await this.#calls.end();
		for (const { place } of this.#places) place.leave();
		await Promise.all(this.#places.map(({ link }) => link.stop()));
		await Promise.all([...this.#features.values()].map((feature) => feature.stop?.()));
	}

	#join(channel: ChannelConfig): void {
		const { url, username, name, secret, secretFile, allow } = channel;
		const { log, clock } = this.#context;
		const address = url === undefined ? this.#address : { url, username, password: readSecret(channel) };
		const link = this.#openLink(address, 'agent');
		const home = { id: agentId(this.#config.remoteAgent), state: () => this.#state(allow) };
		const operations = operationsOf(this.#features, allow);
		const around = { calls: this.#calls, operations, log, clock, broadcasts: allow.includes('broadcasts') };
		const word = readSecret({ password: secret, passwordFile: secretFile });
		this.#enter(channelPlace(name, word, home, link, around), link);
	}

	#enter(place: Place, link: Link): void {
		this.#places.push({ place, link });
		const { guard } = this.#context;
		link.start({ up: guard(place.up), down: guard(place.down), message: guard(place.message) }, place.will);
	}

	#state(allowed?: readonly string[]): AgentState {
		return {
			at: instantOf(this.#context.clock.wallMs()),
			name: agentName(this.#config.remoteAgent),
			can: abilitiesOf(this.#features, allowed),
		};
	}
}
