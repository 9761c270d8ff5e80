import { agentLog, agentState, remoteAsk, remoteSay } from './remote.ts';
import { serviceStatus } from './service.ts';
import { defineTopic } from './topic.ts';

const onChange = { qos: 1, retain: true } as const;
const once = { qos: 1, retain: false } as const;

/** The topics of remote agents: a table of their own, since no page but one needs it. */
export const remoteTopics = {
	agent: defineTopic(
		'agents/{agent}/state',
		agentState,
		onChange,
		'a machine that can be used from afar, and what it does',
	),
	// QoS 0, as what is measured is said again soon.
	agentLog: defineTopic(
		'agents/{agent}/log',
		agentLog,
		{ qos: 0, retain: false },
		'what a remote agent measures, at its period',
	),
	agentStatus: defineTopic('agents/{agent}/status', serviceStatus, onChange, 'whether a remote agent is there'),
	agentAsk: defineTopic(
		'agents/{agent}/to/{client}',
		remoteAsk,
		once,
		'what a client asks of a remote agent, or of `all`; bytes may follow the JSON behind a line feed',
	),
	agentSay: defineTopic(
		'agents/{agent}/from/{client}',
		remoteSay,
		once,
		'what a remote agent says to one client; bytes may follow the JSON behind a line feed',
	),
} as const;
