import type { Principal, Role } from './principal.ts';

/** Topics that a kind of principal may publish to, and filters that it may read. */
interface Rights {
	readonly publish: readonly string[];
	readonly read: readonly string[];
	/** Whether it may join channels: these have no rights by topic, but members. */
	readonly channels?: true;
}

/**
 * The table, below. A level of a right is a word, or
 *   {site}   pilotwire/<site>
 *   {self}   the principal's own name
 *   {root}   the principal's own name as the first level, where that is nobody else's
 *   {call}   the random id that one caller made for its calls (`RpcClient`): who doesn't know it can't read the answers,
 *            so a right with it covers one id at a time, never a wildcard
 *   +        any one level
 *   #        all that follows, at the end only
 * What no row names is refused. A will and the clearing of a retained topic are publishes like any other.
 */
const answersToOwnCalls = '{site}/services/+/rpc/{call}/reply';

/** What a house shows; remote calls are between two, and are not among it. */
const houseStates = [
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
	'{site}/home-assistant/#',
	'{site}/devices/#',
	'{site}/hosts/+/state',
	'{site}/hosts/+/status',
	'{site}/services/+/status',
	'homeassistant/#',
] as const;

const viewer: Rights = {
	// History is reading too, by way of a question.
	publish: ['{site}/services/telemetry/rpc/{call}'],
	read: [...houseStates, answersToOwnCalls],
};

const resident: Rights = {
	publish: [
		...viewer.publish,
		'{site}/circuits/+/set',
		'{site}/devices/+/set',
		'{site}/services/device-gateway/rpc/{call}',
		'{site}/probes/+/set',
		'{site}/thermostats/+/set',
		'{site}/programmes/set',
		'{site}/absence/set',
		'{site}/services/planner/rpc/{call}',
		'{site}/shedder/set',
		'{site}/tariff/prices/set',
		'{site}/advice/set',
		'{site}/services/meter-reader/rpc/{call}',
		// How Home Assistant says that it has started.
		'homeassistant/status',
	],
	read: viewer.read,
	channels: true,
};

const admin: Rights = {
	publish: ['{site}/#', 'homeassistant/#'],
	read: ['{site}/#', 'homeassistant/#', '$SYS/#'],
	channels: true,
};

const people: Readonly<Record<Role, Rights>> = { admin, resident, viewer };

/** What every service has, whatever it does; clearing a command that came retained is part of reading it. */
const anyService: Rights = {
	publish: ['{site}/services/{self}/status', '{site}/services/{self}/rpc/+', '{site}/services/{self}/rpc/+/reply'],
	read: ['{site}/services/{self}/rpc/+'],
};

const services: Readonly<Record<string, Rights>> = {
	'meter-reader': {
		publish: [
			'{site}/meter/+/load/state',
			'{site}/meter/+/load/log',
			'{site}/meter/+/reading/state',
			'{site}/meter/+/link/state',
			'{site}/lines/+/log',
			'{site}/tariff/state',
		],
		read: [],
	},
	'radiator-actuator': {
		publish: ['{site}/circuits/+/state', '{site}/circuits/+/set', '{site}/boards/+/state'],
		read: [
			'{site}/shedder/shed/state',
			'{site}/circuits/+/set',
			'{site}/circuits/+/state',
			'{site}/planner/+/state',
			'{site}/meter/+/load/state',
			'{site}/boards/+/state',
			'{site}/probes/+/state',
		],
	},
	'switch-actuator': {
		publish: ['{site}/circuits/+/state', '{site}/circuits/+/set'],
		read: [
			'{site}/shedder/shed/state',
			'{site}/circuits/+/set',
			'{site}/circuits/+/state',
			'{site}/planner/+/state',
			'{site}/meter/+/load/state',
			'{site}/tariff/state',
			'{site}/probes/+/state',
		],
	},
	/** Its own orders too: what an earlier life left there is cleared. */
	planner: {
		publish: [
			'{site}/planner/+/state',
			'{site}/planner/+/target/state',
			'{site}/programmes/state',
			'{site}/programmes/set',
			'{site}/absence/state',
			'{site}/absence/set',
		],
		read: [
			'{site}/circuits/+/state',
			'{site}/planner/+/state',
			'{site}/planner/+/target/state',
			'{site}/programmes/set',
			'{site}/absence/set',
			'{site}/tariff/state',
			'{site}/meter/+/reading/state',
			'{site}/thermostats/+/state',
		],
	},
	/** Plays the house's wireless probes. */
	simulator: { publish: ['{site}/probes/+/state'], read: [] },
	'load-shedder': {
		publish: [
			'{site}/shedder/shed/state',
			'{site}/shedder/state',
			'{site}/shedder/event',
			'{site}/shedder/set',
			'{site}/commissioning/state',
		],
		read: [
			'{site}/shedder/set',
			'{site}/meter/+/load/state',
			'{site}/meter/+/reading/state',
			'{site}/circuits/+/state',
			'{site}/probes/+/state',
			'{site}/commissioning/state',
		],
	},
	thermostat: {
		// To the circuits that it runs it is the programme.
		publish: ['{site}/probes/+/state', '{site}/thermostats/+/state', '{site}/planner/+/state'],
		read: [
			'{site}/probes/+/state',
			'{site}/probes/+/set',
			'{site}/thermostats/+/state',
			'{site}/thermostats/+/set',
			'{site}/planner/+/target/state',
			'{site}/circuits/+/state',
		],
	},
	'host-monitor': {
		publish: ['{site}/hosts/+/state', '{site}/hosts/+/log', '{site}/hosts/+/status'],
		read: ['{site}/hosts/+/set'],
	},
	/** The black box keeps the meters' lines; they say whose meter it is, so that only administrators see them besides. */
	telemetry: {
		publish: [
			'{site}/telemetry/state',
			'{site}/tariff/prices/state',
			'{site}/tariff/prices/set',
			'{site}/advice/state',
			'{site}/advice/set',
			'{site}/services/telemetry-admin/rpc/+/reply',
		],
		read: [...houseStates, '{site}/lines/+/log', '{site}/services/telemetry-admin/rpc/+'],
	},
	'home-assistant': {
		publish: [
			'{site}/home-assistant/state',
			'{site}/home-assistant/meters/+/state',
			'{site}/home-assistant/shedder/state',
			'homeassistant/+/+/config',
			'homeassistant/+/+/+/config',
		],
		read: [
			'{site}/meter/+/reading/state',
			'{site}/circuits/+/state',
			'{site}/boards/+/state',
			'{site}/probes/+/state',
			'{site}/thermostats/+/state',
			'{site}/hosts/+/state',
			'{site}/shedder/state',
			'{site}/home-assistant/meters/+/state',
			'homeassistant/status',
		],
	},
	/** Several machines of a house may have their agents under this account. Who uses them is an administrator. */
	'remote-agent': {
		publish: [
			'{site}/agents/+/state',
			'{site}/agents/+/status',
			'{site}/agents/+/log',
			'{site}/agents/+/from/+',
			// A request that came retained is cleared.
			'{site}/agents/+/to/+',
		],
		read: ['{site}/agents/+/to/+'],
		channels: true,
	},
	/** Adding and removing devices is for administrators: it has a name of its own among the services. */
	'device-gateway': {
		publish: [
			'{site}/devices/+/state',
			'{site}/devices/+/status',
			'{site}/devices/+/set',
			'{site}/devices/+/event',
			'{site}/services/device-gateway-admin/rpc/+/reply',
		],
		read: [
			'{site}/devices/+/state',
			'{site}/devices/+/status',
			'{site}/devices/+/telemetry',
			'{site}/devices/+/set',
			'{site}/services/device-gateway-admin/rpc/+',
		],
	},
	/** Hands on what signed-in people and programs with a token ask, each within the rights of their role. */
	web: {
		publish: [
			'{site}/services/telemetry/rpc/{call}',
			'{site}/services/device-gateway/rpc/{call}',
			'{site}/circuits/+/set',
		],
		read: [
			'{site}/services/+/status',
			answersToOwnCalls,
			'{site}/circuits/+/state',
			'{site}/meter/+/load/state',
			'{site}/meter/+/reading/state',
			'{site}/devices/+/state',
			'{site}/devices/+/event',
			'{site}/shedder/event',
		],
	},
	/** The picture of the house in the terminal that runs it. */
	terminal: { publish: [], read: houseStates },
	/** `pilotwire call` and `commission`: whoever runs them can read every secret of this machine anyway. */
	cli: { publish: ['{site}/services/+/rpc/{call}'], read: [answersToOwnCalls, '{site}/commissioning/state'] },
};

/**
 * A device has its place in the house, others where it is a machine that is watched or used, and its own root beside it:
 * Zigbee2MQTT under an account of that name has `zigbee2mqtt/#`, a Tasmota plug whose FullTopic begins with its name has
 * that.
 */
const device: Rights = {
	publish: ['{site}/devices/{self}/#', '{site}/hosts/{self}/#', '{site}/agents/{self}/#', '{root}/#'],
	read: [
		...['{site}/devices/{self}/#', '{site}/hosts/{self}/#', '{root}/#'],
		// What is asked of its own agent, or of all.
		...['{site}/agents/{self}/to/+', '{site}/agents/all/to/+'],
	],
	channels: true,
};

/** Whoever it is, on a broker that lets everybody in for its channels. */
const guest: Rights = { publish: [], read: [], channels: true };

/** Roots that belong to nobody's device. */
const takenRoots: readonly string[] = ['pilotwire', 'homeassistant', 'channels'];

/** The services that have a row: each has an account of its own on the embedded broker. */
export const serviceNames: readonly string[] = Object.keys(services);

/** Whether a principal may publish to a topic, be it a message, a retained state, its clearing, or a will. */
export function mayPublish(site: string, principal: Principal, topic: string): boolean {
	return rightsOf(site, principal).mayPublish(topic);
}

/**
 * Whether a principal may subscribe to a filter: only if every topic that the filter could match may be read. A topic
 * is a filter too: this also says whether a message may be forwarded. Shared subscriptions are refused.
 */
export function maySubscribe(site: string, principal: Principal, filter: string): boolean {
	return rightsOf(site, principal).maySubscribe(filter);
}

/** The rules for one principal, made ready for many questions. */
export interface PrincipalRights {
	readonly mayPublish: (topic: string) => boolean;
	readonly maySubscribe: (filter: string) => boolean;
	/** Whether it may join channels, where the broker has them. */
	readonly mayUseChannels: boolean;
}

/** Topics outside the house's own branch that a configuration names, exact names without wildcards. */
export interface ForeignRights {
	readonly publish: readonly string[];
	readonly read: readonly string[];
}

/**
 * Rights of one principal in one house. `foreign`: by service, the topics of devices which its configuration names, such
 * as `zigbee2mqtt/boiler/set`; a right to these exact names is added to its row.
 */
export function rightsOf(
	site: string,
	principal: Principal,
	foreign: Readonly<Record<string, ForeignRights>> = {},
): PrincipalRights {
	const rows = rowsOf(principal);
	const named = foreignOf(principal, foreign);
	const [foreignPublish, foreignRead] = [namesOf(named?.publish), namesOf(named?.read)];
	const levels = (rights: readonly string[]): string[][] =>
		rights.map((right) => levelsOf(right, site, principal.name));
	const publish = levels(rows.flatMap((row) => row.publish));
	const read = levels(rows.flatMap((row) => row.read));
	return {
		mayPublish: (topic) => {
			const asked = topic.split('/');
			return foreignPublish.has(topic) || (asked.every(isWord) && publish.some((right) => covers(right, asked)));
		},
		maySubscribe: (filter) => {
			const asked = filter.split('/');
			return foreignRead.has(filter) || (isFilter(asked) && read.some((right) => covers(right, asked)));
		},
		mayUseChannels: rows.some(({ channels }) => channels === true),
	};
}

/** Rights as MQTT topic filters. */
export type Filters = ForeignRights;

/**
 * The rights of one principal as filters, for a broker that has filters only. Wider than the rules in two points: where
 * these want the random id of a caller, a filter has `+`; and rules know words of ASCII letters alone.
 */
export function filtersOf(
	site: string,
	principal: Principal,
	foreign: Readonly<Record<string, ForeignRights>> = {},
): Filters {
	const rows = rowsOf(principal);
	const named = foreignOf(principal, foreign);
	const filters = (rights: readonly string[]): string[] =>
		rights
			.map((right) => levelsOf(right, site, principal.name).join('/').replaceAll('{call}', '+'))
			.filter((filter) => !filter.includes('{'));
	return {
		publish: [...filters(rows.flatMap((row) => row.publish)), ...namesOf(named?.publish)],
		read: [...filters(rows.flatMap((row) => row.read)), ...namesOf(named?.read)],
	};
}

function foreignOf(principal: Principal, foreign: Readonly<Record<string, ForeignRights>>): ForeignRights | undefined {
	return principal.kind === 'service' && Object.hasOwn(foreign, principal.name) ? foreign[principal.name] : undefined;
}

/** The names that a configuration may give: none of the broker's own or the house's branch, and no wildcard. */
function namesOf(names: readonly string[] = []): ReadonlySet<string> {
	return new Set(names.filter((name) => !/^(\$|\/?(pilotwire|channels)(\/|$))|[+#]/.test(name)));
}

function rowsOf(principal: Principal): readonly Rights[] {
	switch (principal.kind) {
		case 'person':
			return [people[principal.role]];
		case 'service': {
			const own = Object.hasOwn(services, principal.name) ? services[principal.name] : undefined;
			return own === undefined ? [anyService] : [anyService, own];
		}
		case 'device':
			return [device];
		case 'guest':
			return [guest];
	}
}

function levelsOf(right: string, site: string, self: string): string[] {
	return right.split('/').flatMap((level) => {
		if (level === '{site}') return ['pilotwire', site];
		// What is in no topic stands for a root that is taken.
		if (level === '{root}') return [takenRoots.includes(self) ? '{nobody}' : self];
		return level === '{self}' ? [self] : [level];
	});
}

/** Letters of ASCII only: nothing that looks like another letter, no empty level, no `.`, no NUL. */
function isWord(level: string): boolean {
	return /^[a-zA-Z0-9_-]+$/.test(level);
}

/** A caller's id: `RpcClient` makes 48 random bits. */
function isCallId(level: string): boolean {
	return /^[a-z0-9-]{12,64}$/.test(level);
}

/**
 * `$SYS` is the broker's own branch, where Mosquitto has names with a space; other topics with `$`, such as `$share/...`,
 * are no part of a house.
 */
function isFilter(levels: readonly string[]): boolean {
	const ofBroker = levels[0] === '$SYS';
	return levels.every((level, index) => {
		if (level === '#') return index === levels.length - 1;
		return level === '+' || isWord(ofBroker ? level.replaceAll(' ', '') : level) || (ofBroker && index === 0);
	});
}

/** Whether a right covers every topic that the filter asked for could match (MQTT 3.1.1 section 4.7). */
function covers(right: readonly string[], asked: readonly string[]): boolean {
	for (const [index, level] of right.entries()) {
		// `a/#` matches `a` as well.
		if (level === '#') return asked.length >= index;
		const wanted = asked[index];
		if (wanted === undefined || wanted === '#') return false;
		if (level === '{call}' ? !isCallId(wanted) : level !== '+' && level !== wanted) return false;
	}
	return asked.length === right.length;
}
