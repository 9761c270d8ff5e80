import type { Programme, TariffRule } from '@pilotwire/contract';
import { type Fault, idSetting } from '@pilotwire/runtime';
import * as z from 'zod';
import { type KnownNames, type PlanFault, programmeFault, ruleFault } from './core/plan-faults.ts';

const orderSetting = z.enum(['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection', 'off']);
const nameSetting = z.string().min(1).max(60).optional().describe('Name that people read. Default: the id.');
const enabledSetting = z.boolean().optional().describe('False lets it rest. Default: true.');

const targets = [
	z.literal('house'),
	z.strictObject({ circuit: idSetting }),
	z.strictObject({ room: idSetting }),
	z.strictObject({ zone: idSetting }),
] as const;
const targetSetting = z
	.union(targets)
	.describe('`house` (all that heats rooms), `{circuit: id}`, `{room: id}` or `{zone: id}`.');

const zoneSetting = z.strictObject({
	id: idSetting.describe('Name of the zone.'),
	name: nameSetting,
	rooms: z.array(idSetting).default([]).describe('Its rooms: every circuit that heats one of them is in the zone.'),
	circuits: z.array(idSetting).default([]).describe('Its circuits besides.'),
});

const changeSetting = z.strictObject({
	days: z
		.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
		.min(1)
		.max(7)
		.describe('The days on which it comes.'),
	at: z
		.string()
		.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 06:30')
		.describe("Time on the house's clocks, `06:30` (in quotes)."),
	order: orderSetting.optional().describe('The order from then on.'),
	temperatureC: z.number().min(-30).max(120).optional().describe('For a thermostat: the temperature from then on, °C.'),
});

const programmeSetting = z.strictObject({
	id: idSetting.describe('Name of the programme.'),
	name: nameSetting,
	for: z
		.union([...targets, z.strictObject({ thermostat: idSetting })])
		.describe(
			'Who follows it: `house` (all that heats rooms), `{circuit: id}`, `{room: id}`, `{zone: id}` or `{thermostat: id}`. The nearest one counts: circuit, room, zone, house.',
		),
	enabled: enabledSetting,
	changes: z.array(changeSetting).min(1).max(300).describe('The week: each change holds until the next one.'),
});

const periodSetting = z.enum(['all_hours', 'off_peak', 'peak', 'normal', 'mobile_peak', 'weekend', 'other']);
const colourSetting = z.enum(['blue', 'white', 'red', 'normal', 'peak']);

const ruleSetting = z.strictObject({
	id: idSetting.describe('Name of the rule.'),
	name: nameSetting,
	for: targetSetting,
	enabled: enabledSetting,
	when: z
		.strictObject({
			period: z.array(periodSetting).min(1).optional().describe('Tariff periods.'),
			today: z.array(colourSetting).min(1).optional().describe("Colours of the tariff's day (Tempo: from 06:00)."),
			tomorrow: z.array(colourSetting).min(1).optional().describe('Colours of the day after it.'),
		})
		.describe('All that is given must hold.'),
	limit: z
		.enum(['at_most', 'at_least', 'exactly'])
		.optional()
		.describe('Whether `order` is the most, the least or the only one. Default: at_most.'),
	order: orderSetting.describe('What the rule allows, or asks for.'),
	preheat: z
		.strictObject({
			minutes: z.int().min(0).max(1440).describe('How long before it begins to take something away, minutes.'),
			order: orderSetting.optional().describe('At least this order then. Default: comfort.'),
		})
		.optional()
		.describe('Warms up before the rule lowers anything.'),
});

/** The section of the configuration that this service owns. */
export const plannerSections = {
	planner: z
		.strictObject({
			enabled: z
				.boolean()
				.default(true)
				.describe('Run the planner. Without it each circuit keeps its own `programme`.'),
			clock: z
				.enum(['auto', 'system', 'meter'])
				.default('auto')
				.describe(
					"Whose time programmes follow: this machine's, the meter's (DATE, standard mode), or `auto`: the meter's while this machine's clock is not synchronised.",
				),
			absence: z
				.strictObject({
					order: orderSetting
						.default('frost_protection')
						.describe('What heats gets this at most while people are away.'),
					preheatMin: z
						.int()
						.min(0)
						.max(1440)
						.default(180)
						.describe('How long before the return the house is warmed up, minutes.'),
					temperatureC: z
						.number()
						.min(3)
						.max(25)
						.default(8)
						.describe('What thermostats that heat are set to at most where `order` is frost_protection or off, °C.'),
				})
				.prefault({})
				.describe('What an absence has where it does not say.'),
			zones: z.array(zoneSetting).default([]).describe('Named groups of rooms and circuits.'),
			programmes: z
				.array(programmeSetting)
				.default([])
				.describe('Weekly programmes to begin with; the bus owns them afterwards (`programmes/set`).'),
			rules: z
				.array(ruleSetting)
				.default([])
				.describe('What tariff periods and colours change in them; to begin with, as above.'),
		})
		.prefault({})
		.describe('Weekly programmes, absence and tariff rules.'),
};

const schema = z.object(plannerSections);

/** What the service is given. */
export interface PlannerConfig extends z.output<typeof schema> {
	/** Folder for what people set. */
	readonly dataDir: string;
	/** The house's time zone. */
	readonly timeZone: string;
	readonly rooms: readonly { readonly id: string }[];
	/** What thermostats run is theirs, also while they say nothing. */
	readonly thermostats?: readonly { readonly heats?: string | undefined; readonly cools?: string | undefined }[];
	/** Id of the meter whose date counts, one of several; the first that is heard where absent. */
	readonly meter?: string | undefined;
}

/** Zones, programmes and rules that are named twice, contradict each other, or name what the file doesn't have. */
export function plannerFaults(config: {
	readonly planner: PlannerConfig['planner'];
	readonly rooms: readonly { readonly id: string }[];
	readonly radiators?: readonly { readonly id: string }[];
	readonly switches?: readonly { readonly id: string }[];
}): Fault[] {
	const { zones, programmes, rules } = config.planner;
	const circuits = [...(config.radiators ?? []), ...(config.switches ?? [])];
	// A simulated house brings its rooms and circuits itself.
	const idsOf = (named: readonly { readonly id: string }[]): ReadonlySet<string> | undefined =>
		named.length === 0 ? undefined : new Set(named.map(({ id }) => id));
	const known: KnownNames = { zones, circuits: idsOf(circuits), rooms: idsOf(config.rooms) };
	return [
		...(['zones', 'programmes', 'rules'] as const).flatMap((key) => twice(key, config.planner[key])),
		...zones.flatMap((zone, index) => memberFaults(zone, index, known)),
		...programmes.flatMap((one, index) =>
			faultsAt(
				`programmes[${index}]`,
				programmeFault(one as Programme, programmes.slice(0, index) as Programme[], known),
			),
		),
		...rules.flatMap((one, index) =>
			faultsAt(`rules[${index}]`, ruleFault(one as TariffRule, rules.slice(0, index) as TariffRule[], known)),
		),
	];
}

function twice(key: string, named: readonly { readonly id: string }[]): Fault[] {
	const ids = named.map(({ id }) => id);
	return ids.flatMap((id, index) =>
		ids.indexOf(id) === index
			? []
			: [{ path: `planner.${key}[${index}].id`, expected: 'an id of its own for each', received: `${id} again` }],
	);
}

function memberFaults(
	zone: PlannerConfig['planner']['zones'][number],
	index: number,
	{ rooms, circuits }: KnownNames,
): Fault[] {
	const path = `planner.zones[${index}]`;
	if (zone.rooms.length + zone.circuits.length === 0) {
		return [{ path, expected: 'rooms or circuits, one at least', received: 'none' }];
	}
	const missing = (key: 'rooms' | 'circuits', known: ReadonlySet<string> | undefined): Fault[] =>
		zone[key].flatMap((id, at) =>
			known === undefined || known.has(id)
				? []
				: [{ path: `${path}.${key}[${at}]`, expected: `one of the ${key} (${[...known].join(', ')})`, received: id }],
		);
	return [...missing('rooms', rooms), ...missing('circuits', circuits)];
}

function faultsAt(place: string, fault: PlanFault | undefined): Fault[] {
	if (fault === undefined) return [];
	const { path, expected, received } = fault;
	return [{ path: `planner.${place}${path === '' ? '' : `.${path}`}`, expected, received }];
}
