import { encodePayload, matchTopic, remoteTopics, topicFilter, topicName } from '@pilotwire/contract';
import type { Logger } from '@pilotwire/runtime';
import type { Link } from '../io/link.ts';
import type { Calls, Operations } from './calls.ts';
import type { Home, Place } from './place.ts';

/** An agent on its house's bus: its state is retained there, and a will says when it is lost. */
export function housePlace(
	site: string,
	home: Home,
	link: Pick<Link, 'publish' | 'subscribe'>,
	{ calls, operations, log }: { readonly calls: Calls; readonly operations: Operations; readonly log: Logger },
): Place {
	const agent = home.id;
	const status = (payload: 'online' | 'offline') =>
		({ topic: topicName(site, remoteTopics.agentStatus, { agent }), payload, qos: 1, retain: true }) as const;
	const filters = [agent, 'all'].map((one) => topicFilter(site, remoteTopics.agentAsk, { agent: one }));
	const name = `pilotwire/${site}`;
	return {
		name,
		will: status('offline'),
		up: () =>
			link.subscribe(filters, (refused) => {
				if (refused.length > 0) {
					log.error({ refused }, `the broker refused to let the agent read ${refused.join(', ')}`);
					return;
				}
				const payload = encodePayload(remoteTopics.agent, home.state());
				link.publish({ topic: topicName(site, remoteTopics.agent, { agent }), payload, qos: 1, retain: true });
				// Whoever sees this is heard.
				link.publish(status('online'));
				log.info({ agent }, `${agent} is on the bus of ${site}`);
			}),
		down: () => undefined,
		message: (topic, payload, retained) => {
			const asked = matchTopic(site, remoteTopics.agentAsk, topic);
			if (asked === undefined) return;
			if (retained) {
				log.warn({ topic }, `refused on ${topic}: expected a request that is not retained; it is cleared`);
				link.publish({ topic, payload: '', qos: 1, retain: true });
				return;
			}
			const { client } = asked;
			const answer = topicName(site, remoteTopics.agentSay, { agent, client });
			const send = (said: Uint8Array, live: boolean): void =>
				link.publish({ topic: answer, payload: said, qos: live ? 0 : 1 });
			calls.receive({ place: name, client, isLogged: true, send, operations }, payload, asked.agent === 'all');
		},
		measured: (measured) =>
			link.publish({
				topic: topicName(site, remoteTopics.agentLog, { agent }),
				payload: encodePayload(remoteTopics.agentLog, measured),
				qos: 0,
			}),
		leave: () => link.publish(status('offline')),
	};
}
