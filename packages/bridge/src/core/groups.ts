import { alertTopics, type Topic, topics } from '@pilotwire/contract';

type AnyTopic = Topic<string, unknown>;

/** What a house shows outside, by the words of `bridge.share`. Commands, remote calls and agents are in none. */
export const shareGroups = {
	states: [
		...[topics.load, topics.reading, topics.link, topics.tariff, topics.tariffPrices, topics.advice],
		...[topics.circuit, topics.programme, topics.target, topics.programmes, topics.absence],
		...[topics.probe, topics.thermostat, topics.board, topics.shed, topics.shedder, topics.commissioning],
		...[topics.telemetry, topics.device, topics.deviceStatus, topics.status, alertTopics.alerts],
	],
	events: [topics.loadLog, topics.shedderEvent, topics.deviceEvent],
	hosts: [topics.host, topics.hostStatus],
	lines: [topics.line],
} as const satisfies Readonly<Record<string, readonly AnyTopic[]>>;

/** What is let in, by the words of `bridge.allow`. */
interface AllowGroup {
	readonly commands: readonly AnyTopic[];
	/** Names under which services answer remote calls. */
	readonly calls: readonly string[];
}

/** What outside clients may ask of a house, by the words of `bridge.allow`; the role's rights bound it besides. */
export const allowGroups = {
	orders: { commands: [topics.circuitSet], calls: [] },
	programmes: { commands: [topics.programmesSet, topics.absenceSet], calls: ['planner'] },
	thermostats: { commands: [topics.thermostatSet, topics.probeSet], calls: [] },
	devices: { commands: [topics.deviceSet], calls: ['device-gateway', 'device-gateway-admin'] },
	shedding: { commands: [topics.shedderSet], calls: [] },
	prices: { commands: [topics.tariffPricesSet, topics.adviceSet], calls: [] },
	history: { commands: [], calls: ['telemetry', 'telemetry-admin'] },
	meter: { commands: [], calls: ['meter-reader'] },
} as const satisfies Readonly<Record<string, AllowGroup>>;

export type ShareGroup = keyof typeof shareGroups;
export type AllowGroupName = keyof typeof allowGroups;

/** The words themselves, as a configuration has them. */
export const shareWords = Object.keys(shareGroups) as [ShareGroup, ...ShareGroup[]];
export const allowWords = Object.keys(allowGroups) as [AllowGroupName, ...AllowGroupName[]];

/** Whether a topic is said again and again, so that only its newest is worth sending. */
export function isPeriodic({ qos, retain }: AnyTopic): boolean {
	return retain && qos === 0;
}
