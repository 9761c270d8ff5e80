import { foreignTopicSetting, idSetting, jsonPathSetting, phaseSetting } from '@pilotwire/runtime';
import * as z from 'zod';
import type { Hold } from './io/gpio-relay.ts';
import { isRelayTopic, type RelayConfig, relaySections } from './relays.ts';

const payloadForms = 'a payload: a word such as ON, or an object such as {state: "ON"}';
const payloadSetting = z.union([z.string().min(1), z.number(), z.boolean(), z.record(z.string(), z.unknown())], {
	error: payloadForms,
});

const wordForms = 'a word such as ON, a number or true or false';
const wordSetting = z.union([z.string().min(1), z.number(), z.boolean()], { error: wordForms });

const timeSetting = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time such as 22:30');

const outputSetting = z.strictObject({
	topic: foreignTopicSetting.describe('Where orders go, such as zigbee2mqtt/boiler/set or cmnd/boiler/POWER.'),
	on: payloadSetting.default({ state: 'ON' }).describe('What switches it on.'),
	off: payloadSetting.default({ state: 'OFF' }).describe('What switches it off.'),
	current: z
		.strictObject({
			minA: z.number().min(1).max(80).default(6).describe('Least current it charges with, A: what eco gives.'),
			maxA: z.number().min(1).max(80).describe('Current that comfort gives, A.'),
			payload: payloadSetting
				.default({ current: '{A}' })
				.describe('What sets a current; {A} stands for the amperes, also as a whole value of an object.'),
		})
		.optional()
		.describe('A charger that takes a current: comfort is maxA, eco is minA, off is the payload off.'),
	renewS: z
		.number()
		.min(5)
		.max(86_400)
		.optional()
		.describe(
			'How often an order that switches on is said again, s: for an output that goes off by itself when nobody renews it (on_time, PulseTime).',
		),
});

const feedbackSetting = z.strictObject({
	topic: foreignTopicSetting.describe('Where it says what it does, such as zigbee2mqtt/boiler or stat/boiler/POWER.'),
	path: jsonPathSetting.optional(),
	on: wordSetting.default('ON').describe('The word for on; capital and small letters are alike.'),
	off: wordSetting.default('OFF').describe('The word for off.'),
	currentPath: jsonPathSetting.optional().describe('Where a charger says the current that is set, A.'),
});

const powerSetting = z.strictObject({
	topic: foreignTopicSetting.describe('Where it says what it draws, such as zigbee2mqtt/boiler or tele/boiler/SENSOR.'),
	path: jsonPathSetting.optional(),
	onAboveW: z
		.number()
		.min(0)
		.max(1_000)
		.default(15)
		.describe('Above this it is on, W; matters where there is no feedback but this.'),
});

const hotWaterSetting = z.strictObject({
	minimumKWh: z.number().min(0).max(100).default(0).describe('What it shall have had each day, kWh.'),
	cheapHours: z
		.array(z.strictObject({ from: timeSetting, to: timeSetting }))
		.default([{ from: '22:00', to: '06:00' }])
		.describe("The cheap hours, local time, until the meter's tariff period has said when they are."),
});

const switchSetting = z.strictObject({
	id: idSetting.describe('Name of the circuit on the bus.'),
	name: z.string().min(1).optional().describe('Name that people read. Default: the id.'),
	kind: z
		.enum(['switch', 'water_heater', 'charger'])
		.default('switch')
		.describe('A plug or contactor, a water heater, or a car charger.'),
	phase: phaseSetting.default(1).describe('Phase that feeds it.'),
	powerW: z.number().min(1).max(50_000).describe('Rated power, W.'),
	priority: z.int().min(1).max(99).default(1).describe('1 is the most important: it waits last.'),
	room: idSetting.optional().describe('The room it heats, one of rooms.'),
	programme: z
		.enum(['comfort', 'eco', 'off'])
		.default('comfort')
		.describe('Its order while no planner has said one: on, a charger at its least current, or off.'),
	minOnS: z.number().min(0).max(86_400).optional().describe('Least time it stays on once it is, s.'),
	minOffS: z.number().min(0).max(86_400).optional().describe('Least time it stays off once it is, s.'),
	maxWaitS: z.number().min(60).max(604_800).optional().describe('Longest time it may be made to wait, s.'),
	output: outputSetting.describe('How it is switched.'),
	feedback: feedbackSetting.optional().describe('How it says whether it is on. Without it an order counts as obeyed.'),
	power: powerSetting.optional().describe('How it says what it draws.'),
	answerS: z
		.number()
		.min(1)
		.max(600)
		.default(10)
		.describe('Time in which its feedback must follow an order, s; then it counts as unreachable and is told again.'),
	hotWater: hotWaterSetting.optional().describe("A water heater's minimum for the day, in the cheap hours."),
});

/** The sections of the configuration that this service owns. */
export const switchActuatorSections = {
	...relaySections,
	switches: z
		.array(switchSetting)
		.default([])
		.describe('Circuits switched by an MQTT topic: plugs, contactors, water heaters, car chargers.'),
};

export type SwitchConfig = z.output<typeof switchSetting>;
export type PayloadConfig = z.output<typeof payloadSetting>;

/** What the service is given. */
export interface SwitchActuatorConfig {
	/** Folder for what it learned. */
	readonly dataDir: string;
	readonly switches: readonly SwitchConfig[];
	readonly rooms: readonly { readonly id: string; readonly wantedC?: number | undefined; readonly guardC: number }[];
	readonly fallback: { readonly enabled: boolean; readonly limitVA?: number | undefined };
	/** Id of the meter whose load and tariff count, one of several; the first that is heard where absent. */
	readonly meter?: string | undefined;
	/** IANA zone of the house's clocks: cheap hours are local. */
	readonly timeZone: string;
	/** The relays among the switches. */
	readonly relays: readonly RelayConfig[];
	/** What holds their pins; without it their orders go where all others go. */
	readonly hold?: Hold;
	/** Whether a load-shedder is configured at all: without one no lease is waited for. */
	readonly shedderEnabled: boolean;
	/** The part of a phase's blind budget that is this service's, 0 to 1. */
	readonly shareOf: (phase: number) => number;
}

/** The topics outside `pilotwire/` that switches need. */
export interface SwitchTopics {
	readonly publish: readonly string[];
	readonly read: readonly string[];
}

/** Every topic that the switches of a configuration publish to and read. */
export function switchTopics(switches: readonly SwitchConfig[]): SwitchTopics {
	const read = switches.flatMap(({ feedback, power }) => [feedback?.topic, power?.topic]);
	return {
		publish: [...new Set(switches.map(({ output }) => output.topic))].filter((topic) => !isRelayTopic(topic)),
		read: [...new Set(read.filter((topic) => topic !== undefined && !isRelayTopic(topic)))] as string[],
	};
}
