import * as z from 'zod/mini';

const id = z.string().check(z.regex(/^[a-z0-9-]+$/, 'expected lower-case letters, digits and hyphens'));
const phase = z.literal([1, 2, 3]);
const positive = z.number().check(z.gt(0));
const amount = z.number().check(z.gte(0));

/** Local time of day. */
const timeOfDay = z.string().check(z.regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'expected a time such as 22:30'));

/** From a time of day to another, over midnight where `to` comes before `from`. */
const period = z.object({ from: timeOfDay, to: timeOfDay });

const room = z.object({
	id,
	name: z.string(),
	/** Thermal mass, J/K. */
	heatCapacityJK: positive,
	/** Loss to the outside, W/K. */
	lossWK: positive,
	/** Heat from people, lights and neighbours, W. */
	gainsW: z._default(amount, 40),
	/** What comfort means here, °C. */
	comfortC: z._default(z.number(), 19.5),
	/** Temperature at the start, °C. */
	startC: z._default(z.number(), 18),
});

const chopping = z.object({
	kind: z.literal('chopping'),
	/** Once a period the thermostat sets how much of it heats, s. */
	periodS: z._default(z.number().check(z.gte(5)), 40),
	/** Full power half of this below the set point, none half of this above, K. */
	bandK: z._default(positive, 1),
});

const hysteresis = z.object({
	kind: z.literal('hysteresis'),
	/** Starts this far below the set point, stops this far above, K. */
	hysteresisK: z._default(positive, 0.3),
});

const radiator = z.object({
	id,
	name: z.string(),
	room: id,
	phase,
	powerW: positive,
	/** Orders it understands: old ones know four. */
	orders: z._default(z.literal([4, 6]), 6),
	/** I2C address of the board that drives its wire. */
	board: z.int().check(z.gte(0x08), z.lte(0x77)),
	/** Wire on that board, 1 to 8. */
	wire: z.int().check(z.gte(1), z.lte(8)),
	/** Time it takes to obey another signal, s. */
	responseS: z._default(z.number().check(z.gte(0), z.lte(60)), 3),
	/** What frost_protection keeps, °C (GIFAM: 7 to 8). */
	frostC: z._default(z.number(), 7),
	/** Its own thermometer reads this much too high, K. */
	offsetK: z._default(z.number(), 0),
	thermostat: z._default(z.discriminatedUnion('kind', [chopping, hysteresis]), {
		kind: 'chopping',
		periodS: 40,
		bandK: 1,
	}),
});

const pin = z.int().check(z.gte(0), z.lte(15));

/** A board that is not the common one: how its chip's pins drive its wires. */
const board = z.object({
	/** I2C address. */
	address: z.int().check(z.gte(0x08), z.lte(0x77)),
	/** Pins of each wire, wire 1 first; 0 to 7 are port A, 8 to 15 port B. */
	wires: z.array(z.object({ positive: pin, negative: pin })).check(z.minLength(1), z.maxLength(8)),
	/** A pin at 0 lights its opto-triac. */
	activeLow: z._default(z.boolean(), false),
});

const stage = z.object({
	powerW: amount,
	forS: positive,
	/** Where both are given, the stage draws for `onS`, then rests for `offS`, and so on. */
	onS: z.optional(positive),
	offS: z.optional(positive),
});

const uses = z.object({
	/** Mean number of starts a day. */
	perDay: amount,
	/** When, with a weight an hour; elsewhere never. */
	hours: z.array(z.object({ from: z.int(), to: z.int(), weight: z._default(positive, 1) })),
});

const appliance = z.object({
	id,
	name: z.string(),
	phase,
	/** One run, stage after stage. */
	stages: z.array(stage).check(z.minLength(1)),
	powerFactor: z._default(z.number().check(z.gt(0), z.lte(1)), 1),
	/** Runs again as soon as a run ends (fridge, standing load). */
	always: z._default(z.boolean(), false),
	/** When somebody starts it of their own accord. */
	uses: z.optional(uses),
});

const waterHeater = z.object({
	id: z._default(id, 'water-heater'),
	name: z._default(z.string(), 'Chauffe-eau'),
	phase,
	powerW: positive,
	litres: z._default(positive, 200),
	setPointC: z._default(z.number(), 60),
	startC: z._default(z.number(), 45),
	/** Loss to the room, W/K. */
	lossWK: z._default(amount, 1.7),
	/** Hot water used, litres a day. */
	litresPerDay: z._default(amount, 120),
	/** When its contactor closes; the tariff's cheap hours where there are some, otherwise 23:00 to 07:00. */
	hours: z.optional(z.array(period)),
});

const weather = z.object({
	meanC: z._default(z.number(), 2),
	/** Half the difference between the warmest and the coldest hour, K. */
	swingK: z._default(amount, 4),
	/** Standard deviation of the slow wandering around that, K. */
	noiseK: z._default(amount, 1),
	/** Local hour. */
	warmestHour: z._default(z.number(), 15),
});

const panels = z.object({
	/** Under a clear noon, all phases together, W. */
	peakW: positive,
	phases: z.array(phase).check(z.minLength(1)),
	/** 0 clear, 1 overcast all the time. */
	cloudiness: z._default(z.number().check(z.gte(0), z.lte(1)), 0.3),
});

const tariff = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('base') }),
	z.object({ kind: z.literal('peak'), offPeak: z.array(period).check(z.minLength(1)) }),
]);

const meter = z.object({
	kind: z._default(z.literal(['linky', 'electronic']), 'linky'),
	mode: z._default(z.literal(['historic', 'standard']), 'standard'),
	phases: z._default(z.literal([1, 3]), 1),
	/** Subscribed power, kVA. */
	prefKVA: positive,
	/** Power at which the breaker's filter is 1, kVA; PREF unless the grid operator set another. */
	pcoupKVA: z.optional(positive),
	/** Subscribed current a phase, A; PREF over 200 V unless given. */
	isouscA: z.optional(positive),
	tariff: z._default(tariff, { kind: 'base' }),
	/** Serial number, 12 digits. */
	adsc: z._default(z.string().check(z.regex(/^[0-9]{12}$/, 'expected 12 digits')), '021728123456'),
	/** Delivery point, 14 digits. */
	prm: z._default(z.string().check(z.regex(/^[0-9]{14}$/, 'expected 14 digits')), '09876543210123'),
	/** Registers at the start, Wh: base, or off-peak then peak. */
	startWh: z._default(z.array(amount), [12_345_678, 23_456_789]),
	/** The oldest meters do not send PAPP. */
	papp: z._default(z.boolean(), true),
});

const breaker = z.object({
	/** The Linky measures this much too high: 0 nominal; above 0 the unfavourable edge. */
	toleranceRatio: z._default(z.number().check(z.gte(0), z.lt(0.3)), 0.02),
	/** A branch breaker in front of the meter, or behind it. */
	branch: z.optional(
		z.object({
			ratedA: positive,
			/** Time it holds 1.4 times its rating, s (NF C 62-411: 2 to 900, typically under 100). */
			delayAt140S: z._default(z.number().check(z.gte(2), z.lte(900)), 20),
		}),
	),
});

const supply = z.object({
	/** At the meter with nothing drawn, V. */
	voltageV: z._default(positive, 232),
	/** Standard deviation of its wandering, V. */
	noiseV: z._default(amount, 1.5),
	/** Line and transformer, ohm a phase. */
	lineOhm: z._default(amount, 0.08),
});

const event = z.object({
	/** Seconds after the house's start. */
	atS: amount,
	/** An appliance, or the water heater. */
	appliance: id,
	/** How long it stays on, s. */
	forS: positive,
	/** Again every so many seconds. */
	everyS: z.optional(positive),
});

/** Everything a house is, as plain data. Temperatures in °C, powers in W, times in s. */
export const houseDescription = z.object({
	name: z.string(),
	/** When its time starts, ISO 8601. */
	startsAt: z._default(z.iso.datetime({ offset: true }), '2026-01-12T17:00:00Z'),
	rooms: z.array(room),
	radiators: z.array(radiator),
	/** Boards whose pins differ from the common one's. */
	boards: z._default(z.array(board), []),
	appliances: z._default(z.array(appliance), []),
	waterHeater: z.optional(waterHeater),
	weather: z._default(weather, { meanC: 2, swingK: 4, noiseK: 1, warmestHour: 15 }),
	panels: z.optional(panels),
	meter,
	breaker: z._default(breaker, { toleranceRatio: 0.02 }),
	supply: z._default(supply, { voltageV: 232, noiseV: 1.5, lineOhm: 0.08 }),
	events: z._default(z.array(event), []),
});

export type HouseDescription = z.infer<typeof houseDescription>;
/** A description before its defaults are filled in: what a person writes. */
export type HouseInput = z.input<typeof houseDescription>;
export type ApplianceDescription = z.infer<typeof appliance>;
export type RadiatorDescription = z.infer<typeof radiator>;
export type WaterHeaterDescription = z.infer<typeof waterHeater>;
export type WeatherDescription = z.infer<typeof weather>;
export type PanelsDescription = z.infer<typeof panels>;
export type MeterDescription = z.infer<typeof meter>;
export type Period = z.infer<typeof period>;
