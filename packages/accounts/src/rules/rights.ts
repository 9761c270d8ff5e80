/**
 * Topics that a kind of principal may publish to, and filters that it may read. A level of a right is a word, or
 *   {site}   pilotwire/<site>
 *   {self}   the principal's own name
 *   {root}   the principal's own name as the first level, where that is nobody else's
 *   {call}   the random id that one caller made for its calls (`RpcClient`): who doesn't know it can't read the answers,
 *            so a right with it covers one id at a time, never a wildcard
 *   +        any one level
 *   #        all that follows, at the end only
 * What no row names is refused. A will and the clearing of a retained topic are publishes like any other.
 */
export interface Rights {
	readonly publish: readonly string[];
	readonly read: readonly string[];
	/** Whether it may join channels: these have no rights by topic, but members. */
	readonly channels?: true;
}

/** The answers to the calls that a client made itself. */
export const answersToOwnCalls = '{site}/services/+/rpc/{call}/reply';

/** What a house shows; remote calls are between two, and are not among it. */
export const houseStates = [
	'{site}/meter/#',
	'{site}/circuits/#',
	'{site}/planner/#',
	'{site}/programmes/#',
	'{site}/absence/#',
	'{site}/boards/#',
	'{site}/probes/#',
	'{site}/thermostats/#',
	'{site}/shedder/#',
	'{site}/tariff/#',
	'{site}/advice/#',
	'{site}/commissioning/#',
	'{site}/telemetry/#',
	'{site}/alerts/#',
	'{site}/bridge/state',
	'{site}/home-assistant/#',
	'{site}/devices/#',
	'{site}/hosts/+/state',
	'{site}/hosts/+/status',
	'{site}/services/+/status',
	'homeassistant/#',
] as const;
