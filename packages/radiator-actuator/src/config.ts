import type { GuardedRoom } from '@pilotwire/circuit';
import { DEFAULT_PIN_MAP, type PinMap, pinMapFaults } from '@pilotwire/pilot-wire';
import { type Fault, idSetting, phaseSetting } from '@pilotwire/runtime';
import * as z from 'zod';
import { hex } from './errors.ts';

const orderSetting = z.enum(['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection', 'off']);

const busForms = 'the number of an I2C bus (1 for /dev/i2c-1), "simulator" or "simulator:/path/of.sock"';

const pinSetting = z.int().min(0).max(15);
const pinMapSetting = z.union(
	[
		z.literal('standard'),
		z.strictObject({
			wires: z
				.array(
					z.strictObject({
						positive: pinSetting.describe(
							'Pin of the positive half wave: 0 to 7 are GPA0 to GPA7, 8 to 15 GPB0 to GPB7.',
						),
						negative: pinSetting.describe('Pin of the negative half wave.'),
					}),
				)
				.describe('The pins of each wire, wire 1 first.'),
			activeLow: z.boolean().default(false).describe('Whether a pin at 0 V lights its opto-triac.'),
		}),
	],
	{ error: '"standard", or {wires: [{positive: 0, negative: 1}, ...], activeLow: false}' },
);

const moduleSetting = z.strictObject({
	address: z
		.int()
		.min(0x20, 'an address from 0x20 to 0x27')
		.max(0x27, 'an address from 0x20 to 0x27')
		.default(0x20)
		.describe('I2C address of the board: 0x20 plus its address jumpers.'),
	phase: phaseSetting.default(1).describe('Phase that feeds the radiators of the board.'),
	pinMap: pinMapSetting.default('standard').describe('Which pins drive which wire.'),
});

const radiatorSetting = z.strictObject({
	id: idSetting.describe('Name of the circuit on the bus.'),
	name: z.string().min(1).optional().describe('Name that people read. Default: the id.'),
	board: z.int().default(0x20).describe('Address of its board.'),
	wire: z.int().min(1, 'a wire from 1 to 8').max(8, 'a wire from 1 to 8').describe('Wire of the board, 1 to 8.'),
	powerW: z.number().min(1).max(20_000).describe('Rated power, W.'),
	priority: z.int().min(1).max(99).default(1).describe('1 is the most important: it waits last.'),
	orders: z
		.union([z.literal(4), z.literal(6)], { error: '4 or 6' })
		.default(6)
		.describe('Orders that the radiator understands: 6, or 4 for one that takes no comfort_-1 and comfort_-2.'),
	shedOrder: z.enum(['off', 'frost_protection']).default('off').describe('What it is told while it must wait.'),
	programme: orderSetting.default('comfort').describe('Its order while no planner has said one.'),
	room: idSetting.optional().describe('The room it heats, one of rooms: its probe tells how cold it is.'),
});

/** The sections of the configuration that this service owns. */
export const radiatorActuatorSections = {
	boards: z
		.strictObject({
			bus: z
				.union([z.int(busForms).min(0, busForms).max(255, busForms), z.string().regex(/^simulator(:.+)?$/, busForms)], {
					error: busForms,
				})
				.default(1)
				.describe('I2C bus of the boards: N of /dev/i2c-N, or the simulated house.'),
			modules: z.array(moduleSetting).default([]).describe('The boards; one for each phase in a three-phase house.'),
			readBackS: z
				.number()
				.min(0.5)
				.max(60)
				.default(5)
				.describe('How often the chip registers of each board are read back, s.'),
		})
		.prefault({})
		.describe('The boards that drive the pilot wires.'),
	radiators: z.array(radiatorSetting).default([]).describe('The radiators and where their pilot wires end.'),
	fallback: z
		.strictObject({
			enabled: z
				.boolean()
				.default(true)
				.describe(
					'Whether radiators take turns within the blind budget while the load-shedder, the meter or the broker is away. false: orders then apply at once and nothing protects the breaker.',
				),
			limitVA: z
				.number()
				.min(500)
				.max(100_000)
				.optional()
				.describe(
					"At most this much per phase counts as the limit, VA. Default: the meter's own figure, 3000 until it said one.",
				),
		})
		.prefault({})
		.describe('What the radiators do without control.'),
};

type Output<Schema extends z.ZodType> = z.output<Schema>;
export type BoardsConfig = Output<(typeof radiatorActuatorSections)['boards']>;
export type ModuleConfig = BoardsConfig['modules'][number];
export type RadiatorConfig = Output<typeof radiatorSetting>;
export type FallbackConfig = Output<(typeof radiatorActuatorSections)['fallback']>;

/** What the service is given. */
export interface RadiatorActuatorConfig {
	/** Folder for what it learned. */
	readonly dataDir: string;
	readonly boards: BoardsConfig;
	readonly radiators: readonly RadiatorConfig[];
	readonly fallback: FallbackConfig;
	/** Id of the meter whose load counts, one of several; the first that is heard where absent. */
	readonly meter?: string;
	/** Where probes stand; the frost guard knows these rooms. */
	readonly rooms?: readonly GuardedRoom[];
	/** The part of a phase's blind budget that is this service's, 0 to 1; all of it where absent. */
	readonly shareOf?: (phase: number) => number;
	/** Whether a load-shedder is configured at all: without one no lease is waited for. */
	readonly shedderEnabled: boolean;
}

/** The pins of a board's wires. */
export function pinMapOf(module: ModuleConfig): PinMap {
	return module.pinMap === 'standard' ? DEFAULT_PIN_MAP : module.pinMap;
}

/** What no single setting shows: boards and wires that are missing or named twice. */
export function radiatorActuatorFaults(config: Pick<RadiatorActuatorConfig, 'boards' | 'radiators'>): Fault[] {
	return [
		...moduleFaults(config.boards.modules),
		...config.radiators.flatMap((_, index) => radiatorFaults(config, index)),
	];
}

function moduleFaults(modules: readonly ModuleConfig[]): Fault[] {
	return modules.flatMap((module, index) => {
		const path = `boards.modules[${index}]`;
		const faults: Fault[] = pinMapFaults(pinMapOf(module)).map(({ expected, received }) => ({
			path: `${path}.pinMap`,
			expected,
			received,
		}));
		const first = modules.findIndex(({ address }) => address === module.address);
		if (first < index) {
			const received = `${hex(module.address)}, which boards.modules[${first}] has`;
			faults.push({ path: `${path}.address`, expected: 'an address of its own for each board', received });
		}
		return faults;
	});
}

function radiatorFaults(
	{ boards, radiators }: Pick<RadiatorActuatorConfig, 'boards' | 'radiators'>,
	index: number,
): Fault[] {
	const radiator = radiators[index] as RadiatorConfig;
	const earlier = radiators.slice(0, index);
	const faults: Fault[] = [];
	const fault = (key: string, expected: string, received: string): void => {
		faults.push({ path: `radiators[${index}].${key}`, expected, received });
	};
	if (earlier.some(({ id }) => id === radiator.id))
		fault('id', 'an id of its own for each radiator', `${radiator.id} again`);
	const module = boards.modules.find(({ address }) => address === radiator.board);
	if (module === undefined) {
		const known = boards.modules.map(({ address }) => hex(address)).join(', ');
		const expected =
			known === '' ? 'a board listed in boards.modules, which is empty' : `one of boards.modules (${known})`;
		fault('board', expected, hex(radiator.board));
		return faults;
	}
	const wires = pinMapOf(module).wires.length;
	if (radiator.wire > wires)
		fault('wire', `a wire of board ${hex(radiator.board)}, 1 to ${wires}`, String(radiator.wire));
	const other = earlier.find(({ board, wire }) => board === radiator.board && wire === radiator.wire);
	if (other !== undefined) {
		const received = `wire ${radiator.wire} of board ${hex(radiator.board)}, which ${other.id} has`;
		fault('wire', 'a wire of its own for each radiator', received);
	}
	return faults;
}
