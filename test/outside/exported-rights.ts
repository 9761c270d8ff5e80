// Who is exported to an outside broker, and what is asked of it there: the same of each kind of broker.
import { type Principal, roles, serviceNames } from '@pilotwire/accounts';
import { SITE } from './observer.ts';

/** A caller's id. */
const CALL = 'abcdef-123456';

/** One of each kind of principal that has rights of its own. */
export const principals: readonly Principal[] = [
	...roles.map((role) => ({ kind: 'person', name: `some-${role}`, role }) as const),
	...serviceNames.map((name) => ({ kind: 'service', name }) as const),
	{ kind: 'device', name: 'zigbee2mqtt' },
	{ kind: 'service', name: 'elsewhere' },
	{ kind: 'person', name: 'pages-resident', role: 'resident' },
	{ kind: 'home', name: 'dupont', house: 'dupont' },
	{ kind: 'home', name: 'martin', house: 'martin' },
	{ kind: 'integrator', name: 'fitter', houses: ['dupont'] },
];

/** Whose secrets are made here, and typed into Mosquitto's file. */
export const machines = [
	['zigbee2mqtt', '--kind', 'device'],
	['elsewhere', '--kind', 'service'],
	['dupont', '--kind', 'home'],
	['martin', '--kind', 'home'],
	['fitter', '--kind', 'integrator', '--house', 'dupont'],
] as const;

/** Topics of every row of the rules, and some of nobody. */
export const names: readonly string[] = [
	...['meter/main/load/state', 'meter/main/load/log', 'meter/main/reading/state', 'meter/main/link/state'],
	...['circuits/salon/state', 'circuits/salon/set', 'circuits/salon/else', 'planner/salon/state', 'boards/32/state'],
	...['probes/salon/state', 'shedder/shed/state', 'shedder/state', 'shedder/event', 'telemetry/state'],
	...['lines/main/log', 'devices/zigbee2mqtt/x', 'devices/other/x', 'else'],
	...[...serviceNames, 'elsewhere'].flatMap((name) => [`services/${name}/status`, `services/${name}/rpc/${CALL}`]),
	...['telemetry', 'meter-reader', 'elsewhere'].map((name) => `services/${name}/rpc/${CALL}/reply`),
]
	.map((name) => `pilotwire/${SITE}/${name}`)
	.concat(
		...['dupont', 'martin'].map((house) =>
			['circuits/salon/state', 'circuits/salon/set', 'lines/main/log', 'agents/pi/state', 'bridge/event']
				.concat([`services/telemetry/rpc/${CALL}`, `services/telemetry/rpc/${CALL}/reply`])
				.map((name) => `pilotwire/${house}/${name}`),
		),
	)
	.concat(['pilotwire/other/meter/main/load/state', 'homeassistant/status', 'homeassistant/sensor/x/config'])
	.concat(['zigbee2mqtt/plug', 'zigbee2mqtt/boiler', 'zigbee2mqtt/boiler/set', 'zigbee2mqtt/boiler/get', 'tasmota/x']);
