import * as z from 'zod';

/** Where a part listens: a Unix socket's path, or `tcp:HOST:PORT`. */
const endSetting = z.string().min(1, 'the path of a Unix socket, or tcp:HOST:PORT');

/** The `simulator` section of a configuration. */
export const simulatorConfig = z.strictObject({
	house: z.string().min(1).default('demo').describe('`demo`, or the path of a house written in YAML or JSON.'),
	seed: z.int().min(0).default(1).describe('The same seed gives the same weather and the same habits.'),
	timeScale: z
		.number()
		.min(0.01)
		.max(10_000)
		.default(1)
		.describe("How fast the house's time passes; the meter's line keeps its speed."),
	startsAt: z
		.union([z.literal('now'), z.iso.datetime({ offset: true })], {
			error: '`now`, or a moment such as 2026-01-12T17:00:00Z',
		})
		.default('now')
		.describe("The house's time at the start: what the meter's DATE says."),
	lineSocket: endSetting.optional().describe("The meter's line: a Unix socket's path, or tcp:HOST:PORT."),
	busSocket: endSetting.optional().describe('The I2C bus: the same.'),
	waterHeaterTopic: z
		.string()
		.regex(/^[a-zA-Z0-9_-]{1,60}(\/[a-zA-Z0-9_-]{1,60}){1,4}$/, 'a topic such as zigbee2mqtt/boiler')
		.optional()
		.describe(
			'Topic of the plug that switches the water heater, as Zigbee2MQTT would have it. Default: it follows its own hours.',
		),
	controlSocket: endSetting.optional().describe('The hand that starts appliances and breaks things: the same.'),
});

export type SimulatorConfig = z.output<typeof simulatorConfig>;
