import type { MqttAddress, Service, ServiceContext } from '@pilotwire/runtime';
import type { Agent, OpenLink } from './agent.ts';
import type { RemoteAgentConfig } from './config.ts';

/** This machine from afar. All of it is loaded at its start: a house without it pays nothing. */
export class RemoteAgent implements Service {
	readonly #context: ServiceContext;
	readonly #config: RemoteAgentConfig;
	readonly #address: MqttAddress;
	readonly #openLink: OpenLink | undefined;
	#agent: Agent | undefined;

	/** `address`: of the house's broker. `openLink`: another way to brokers, for tests. */
	constructor(context: ServiceContext, config: RemoteAgentConfig, address: MqttAddress, openLink?: OpenLink) {
		this.#context = context;
		this.#config = config;
		this.#address = address;
		this.#openLink = openLink;
	}

	async start(): Promise<void> {
		const { Agent: AgentNow } = await import('./agent.ts');
		this.#agent = new AgentNow(this.#context, this.#config, this.#address, this.#openLink ?? (await this.#mqtt()));
		await this.#agent.start();
	}

	async stop(): Promise<void> {
		await this.#agent?.stop();
	}

	async #mqtt(): Promise<OpenLink> {
		const { MqttLink } = await import('./io/link.ts');
		return (address, name) => new MqttLink(address, name, this.#context.log);
	}
}
