import { adviceSet, adviceState } from './advice.ts';
import { boardState, circuitSet, circuitState, programmeState } from './circuit.ts';
import { commissioningState } from './commissioning.ts';
import { deviceEvent, deviceSet, deviceState, deviceStatusWord, deviceTelemetry } from './devices.ts';
import { telemetryState } from './history.ts';
import { homeAssistantMeter, homeAssistantShedder, homeAssistantState } from './home-assistant.ts';
import { hostLog, hostSet, hostState } from './host.ts';
import { lineLog } from './line.ts';
import { linkState, loadLog, loadState, readingState } from './meter.ts';
import { absenceSet, absenceState, programmesSet, programmesState, targetState } from './planner.ts';
import { probeSet, probeState } from './probe.ts';
import { rpcRequest, rpcResponse, serviceStatus } from './service.ts';
import { shedderEvent, shedderSet, shedderState, shedState } from './shedder.ts';
import { tariffPrices, tariffPricesSet, tariffState } from './tariff.ts';
import { thermostatSet, thermostatState } from './thermostat.ts';
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
	tariff: defineTopic(
		'tariff/state',
		tariffState,
		onChange,
		"the tariff period in force, today's and tomorrow's colour",
	),
	tariffPrices: defineTopic('tariff/prices/state', tariffPrices, onChange, 'the dated prices that costs come from'),
	tariffPricesSet: defineTopic('tariff/prices/set', tariffPricesSet, once, 'the whole list of dated prices, replaced'),
	advice: defineTopic(
		'advice/state',
		adviceState,
		onChange,
		"which subscription would do, from the house's own history",
	),
	adviceSet: defineTopic('advice/set', adviceSet, once, 'asks which subscription would do, or `stop`'),
	circuit: defineTopic('circuits/{circuit}/state', circuitState, onChange, 'order wanted, order in force, and why'),
	circuitSet: defineTopic(
		'circuits/{circuit}/set',
		circuitSet,
		once,
		'an order, {order, until}, or auto; `all` takes all',
	),
	programme: defineTopic('planner/{circuit}/state', programmeState, onChange, "the programme's order, until when, why"),
	target: defineTopic(
		'planner/{thermostat}/target/state',
		targetState,
		onChange,
		'the temperature that a programme asks of a thermostat',
	),
	programmes: defineTopic('programmes/state', programmesState, onChange, 'every programme, rule and zone'),
	programmesSet: defineTopic('programmes/set', programmesSet, once, 'puts or deletes one programme or rule'),
	absence: defineTopic('absence/state', absenceState, onChange, 'whether people are away, and until when'),
	absenceSet: defineTopic('absence/set', absenceSet, once, 'an absence with a date of return, or end'),
	probe: defineTopic('probes/{probe}/state', probeState, onChange, 'what a temperature probe last measured'),
	probeSet: defineTopic('probes/{probe}/set', probeSet, once, '`read`: look at a probe now'),
	thermostat: defineTopic(
		'thermostats/{thermostat}/state',
		thermostatState,
		onChange,
		'a probe, a target, and what its heater or cooler is told',
	),
	thermostatSet: defineTopic(
		'thermostats/{thermostat}/set',
		thermostatSet,
		once,
		'mode, target or hysteresis of a thermostat',
	),
	board: defineTopic('boards/{board}/state', boardState, onChange, 'whether a board answers, last read-back, resets'),
	shed: defineTopic('shedder/shed/state', shedState, republished, 'the complete set that must wait, with its lease'),
	shedder: defineTopic(
		'shedder/state',
		shedderState,
		republished,
		'per phase: load, limit, headroom, margin to the trip',
	),
	shedderSet: defineTopic('shedder/set', shedderSet, once, 'pause or resume load shedding'),
	shedderEvent: defineTopic('shedder/event', shedderEvent, once, 'each shed, restore, admission and rotation'),
	commissioning: defineTopic(
		'commissioning/state',
		commissioningState,
		onChange,
		'the commissioning run under way, or the last one: what each circuit turned out to be',
	),
	telemetry: defineTopic('telemetry/state', telemetryState, republished, 'what the history has taken, and its stores'),
	homeAssistant: defineTopic(
		'home-assistant/state',
		homeAssistantState,
		onChange,
		'what is announced to Home Assistant',
	),
	homeAssistantMeter: defineTopic(
		'home-assistant/meters/{meter}/state',
		homeAssistantMeter,
		republished,
		"the meter's figures as Home Assistant reads them: thinned, registers guarded",
	),
	homeAssistantShedder: defineTopic(
		'home-assistant/shedder/state',
		homeAssistantShedder,
		republished,
		'headroom, margin and who is shed, as Home Assistant reads them',
	),
	host: defineTopic('hosts/{host}/state', hostState, republished, 'a machine once a minute, and who watches it'),
	// QoS 0, like the line: a sample that is late is of no use to anybody.
	hostLog: defineTopic(
		'hosts/{host}/log',
		hostLog,
		{ qos: 0, retain: false },
		'a machine live, while somebody watches',
	),
	hostSet: defineTopic('hosts/{host}/set', hostSet, once, 'somebody watches a machine, or no longer does'),
	hostStatus: defineTopic('hosts/{host}/status', serviceStatus, onChange, 'whether a machine is there'),
	device: defineTopic(
		'devices/{device}/state',
		deviceState,
		republished,
		'a device: its type, its status, and what it said last',
	),
	deviceStatus: defineTopic(
		'devices/{device}/status',
		deviceStatusWord,
		onChange,
		'online, offline, or what the device says of itself',
	),
	deviceTelemetry: defineTopic(
		'devices/{device}/telemetry',
		deviceTelemetry,
		once,
		'what a device that speaks MQTT itself says: figures and texts, and its status',
	),
	deviceSet: defineTopic(
		'devices/{device}/set',
		deviceSet,
		once,
		'a command, or {command, value, id, until}; `all` takes all',
	),
	deviceEvent: defineTopic('devices/{device}/event', deviceEvent, once, 'what became of a command'),
	status: defineTopic('services/{service}/status', serviceStatus, onChange, 'online, or offline by last will'),
	rpc: defineTopic('services/{service}/rpc/{client}', rpcRequest, once, 'a remote call (JSON-RPC 2.0)'),
	rpcReply: defineTopic('services/{service}/rpc/{client}/reply', rpcResponse, once, 'the answer to a remote call'),
} as const;
