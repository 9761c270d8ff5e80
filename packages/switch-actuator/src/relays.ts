import { type Fault, idSetting, phaseSetting } from '@pilotwire/runtime';
import * as z from 'zod';
import type { SwitchConfig } from './config.ts';

const relaySetting = z.strictObject({
	id: idSetting.describe('Name of the circuit on the bus.'),
	name: z.string().min(1).optional().describe('Name that people read. Default: the id.'),
	kind: z.enum(['switch', 'water_heater']).default('switch').describe('What hangs on it.'),
	chip: z
		.string()
		.regex(/^[a-zA-Z0-9_.-]{1,32}$/, 'a GPIO chip such as gpiochip0')
		.default('gpiochip0')
		.describe("The pin's chip, as gpiodetect names it."),
	line: z.int().min(0).max(511).describe('Its line: on a Pi the GPIO number, such as 17.'),
	activeLow: z.boolean().default(false).describe('The relay is on while the pin is low, as on most relay boards.'),
	phase: phaseSetting.default(1).describe('Phase that feeds it.'),
	powerW: z.number().min(1).max(50_000).describe('Rated power of what it switches, W.'),
	priority: z.int().min(1).max(99).default(1).describe('1 is the most important: it waits last.'),
	room: idSetting.optional().describe('The room it heats, one of rooms.'),
	programme: z
		.enum(['comfort', 'off'])
		.default('off')
		.describe('Its order while no planner or thermostat has said one.'),
	minOnS: z.number().min(0).max(86_400).optional().describe('Least time it stays on once it is, s.'),
	minOffS: z.number().min(0).max(86_400).optional().describe('Least time it stays off once it is, s.'),
	maxWaitS: z.number().min(60).max(604_800).optional().describe('Longest time it may be made to wait, s.'),
});

/** The section of relays on pins of this machine. */
export const relaySections = {
	relays: z
		.array(relaySetting)
		.default([])
		.describe("Circuits switched by a relay on this machine's GPIO pins, through libgpiod's gpioset."),
};

export type RelayConfig = z.output<typeof relaySetting>;

/** Topics of relays begin so; no topic that a configuration may name does. */
const RELAY_ROOT = '$gpio/';
/** In this time a line is held, or it is tried again. Seconds. */
const ANSWER_S = 5;

/** A relay as a switch whose topic is a pin: all that holds for switches holds for it. */
export function relayAsSwitch({ chip, line, activeLow: _, ...shared }: RelayConfig): SwitchConfig {
	const topic = relayTopic({ chip, line });
	return {
		...shared,
		output: { topic, on: 'ON', off: 'OFF' },
		feedback: { topic, on: 'ON', off: 'OFF' },
		answerS: ANSWER_S,
	};
}

/** The topic that stands for a pin. */
export function relayTopic({ chip, line }: Pick<RelayConfig, 'chip' | 'line'>): string {
	return `${RELAY_ROOT}${chip}/${line}`;
}

/** Whether a topic stands for a pin: such a one is on no broker. */
export function isRelayTopic(topic: string): boolean {
	return topic.startsWith(RELAY_ROOT);
}

/** Names and pins that are given twice. */
export function relayFaults(config: {
	readonly relays: readonly RelayConfig[];
	readonly rooms: readonly { readonly id: string }[];
	readonly switches: readonly { readonly id: string }[];
	readonly radiators?: readonly { readonly id: string }[];
}): Fault[] {
	const others = [...config.switches, ...(config.radiators ?? [])];
	return config.relays.flatMap((one, index) => {
		const earlier = config.relays.slice(0, index);
		const faults: Fault[] = [];
		if ([...earlier, ...others].some(({ id }) => id === one.id)) {
			const expected = 'an id of its own for each radiator, switch and relay';
			faults.push({ path: `relays[${index}].id`, expected, received: `${one.id} again` });
		}
		if (one.room !== undefined && !config.rooms.some(({ id }) => id === one.room)) {
			const known = config.rooms.map(({ id }) => id).join(', ');
			faults.push({ path: `relays[${index}].room`, expected: `one of rooms (${known})`, received: one.room });
		}
		const same = earlier.find((other) => relayTopic(other) === relayTopic(one));
		if (same !== undefined) {
			const received = `${one.chip} ${one.line}, which ${same.id} has`;
			faults.push({ path: `relays[${index}].line`, expected: 'a pin of its own for each relay', received });
		}
		return faults;
	});
}
