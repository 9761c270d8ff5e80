import { boardState, circuitSet, circuitState, programmeState } from './circuit.ts';
import { commissioningState } from './commissioning.ts';
import { telemetryState } from './history.ts';
import { lineLog } from './line.ts';
import { linkState, loadLog, loadState, readingState } from './meter.ts';
import { probeState } from './probe.ts';
import { rpcRequest, rpcResponse, serviceStatus } from './service.ts';
import { shedderEvent, shedderState, shedState } from './shedder.ts';
import { defineTopic } from './topic.ts';

const republished = { qos: 0, retain: true } as const;
const onChange = { qos: 1, retain: true } as const;
const once = { qos: 1, retain: false } as const;

/** Every topic below `pilotwire/<site>/`: the language of the bus in one table. */
export const topics = {
	load: defineTopic('meter/{meter}/load/state', loadState, republished, 'load per phase, limit, phases over'),
	loadLog: defineTopic('meter/{meter}/load/log', loadLog, once, 'ten seconds of numbered samples, for history'),
	// QoS 0: the broker would write each message down for a telemetry that is away, and they are many.
	line: defineTopic(
		'lines/{meter}/log',
		lineLog,
		{ qos: 0, retain: false },
		"the bytes of the meter's line, as they came",
	),
	reading: defineTopic('meter/{meter}/reading/state', readingState, republished, 'the whole frame, decoded'),
	link: defineTopic('meter/{meter}/link/state', linkState, republished, "how the meter's line does"),
	circuit: defineTopic('circuits/{circuit}/state', circuitState, onChange, 'order wanted, order in force, and why'),
	circuitSet: defineTopic(
		'circuits/{circuit}/set',
		circuitSet,
		once,
		'an order, {order, until}, or auto; `all` takes all',
	),
	programme: defineTopic('planner/{circuit}/state', programmeState, onChange, "the programme's order, until when, why"),
	probe: defineTopic('probes/{probe}/state', probeState, onChange, 'what a temperature probe last measured'),
	board: defineTopic('boards/{board}/state', boardState, onChange, 'whether a board answers, last read-back, resets'),
	shed: defineTopic('shedder/shed/state', shedState, republished, 'the complete set that must wait, with its lease'),
	shedder: defineTopic(
		'shedder/state',
		shedderState,
		republished,
		'per phase: load, limit, headroom, margin to the trip',
	),
	shedderEvent: defineTopic('shedder/event', shedderEvent, once, 'each shed, restore, admission and rotation'),
	commissioning: defineTopic(
		'commissioning/state',
		commissioningState,
		onChange,
		'the commissioning run under way, or the last one: what each circuit turned out to be',
	),
	telemetry: defineTopic('telemetry/state', telemetryState, republished, 'what the history has taken, and its stores'),
	status: defineTopic('services/{service}/status', serviceStatus, onChange, 'online, or offline by last will'),
	rpc: defineTopic('services/{service}/rpc/{client}', rpcRequest, once, 'a remote call (JSON-RPC 2.0)'),
	rpcReply: defineTopic('services/{service}/rpc/{client}/reply', rpcResponse, once, 'the answer to a remote call'),
} as const;
