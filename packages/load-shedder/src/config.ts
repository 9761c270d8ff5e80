import { type Fault, idSetting } from '@pilotwire/runtime';
import {
	type ConfiguredCircuit,
	defaultSettings,
	type SheddingSettings,
	type WaitFault,
	waitFaults,
} from '@pilotwire/shedding/settings';
import * as z from 'zod';

const seconds = (from: number, to: number, preset: number) => z.number().min(from).max(to).default(preset);

/** The configuration sections that the load-shedder owns. */
export const loadShedderSections = {
	shedder: z
		.strictObject({
			enabled: z.boolean().default(true).describe('Whether circuits are shed at all.'),
			meter: idSetting.optional().describe('Meter whose load decides. Default: the first one.'),
			mode: z
				.enum(['strict', 'tolerant'])
				.default('strict')
				.describe(
					"`strict` is back under the subscription within two frames of the meter and the radiators' response; `tolerant` lets a short peak pass while the breaker's own model can't open.",
				),
			briefS: seconds(0, 3, defaultSettings.briefS).describe(
				'`strict`: the longest that a small excess may last before circuits wait, seconds: two frames of the meter. 0 sheds on the first one.',
			),
			breaker: z
				.enum(['auto', 'linky', 'branch'])
				.default('auto')
				.describe(
					'What opens when too much is drawn: a Linky, or a branch breaker alone. `auto` takes a meter in standard mode for a Linky.',
				),
			branchBreakerA: z
				.number()
				.min(5)
				.max(400)
				.optional()
				.describe(
					'Rating of the branch breaker, A per phase; one behind a Linky too. It is never passed by more than a tenth.',
				),
			leaseS: seconds(3, 60, 6).describe('How long actuators keep to the last shed set without a new one, seconds.'),
			silenceS: seconds(3, 60, 10).describe(
				'A load older than this is silence: actuators run their fallback. Seconds.',
			),
			responseS: seconds(1, 60, defaultSettings.responseS).describe(
				'How long a shed may take to show on the meter, seconds.',
			),
			restoreBelowPercent: z
				.number()
				.min(50)
				.max(100)
				.default(defaultSettings.restoreBelow * 100)
				.describe('A circuit comes back only where the load then stays below this share of the limit, percent.'),
			restoreStableS: seconds(1, 600, defaultSettings.restoreStableS).describe(
				'The load must have been heard this long before anything comes back, seconds.',
			),
			minOnS: seconds(0, 3_600, defaultSettings.minOnS).describe(
				'A circuit that came back stays on this long, seconds.',
			),
			minOffS: seconds(0, 3_600, defaultSettings.minOffS).describe('A shed circuit stays off this long, seconds.'),
			maxWaitS: seconds(60, 7_200, defaultSettings.maxWaitS).describe('After this wait priority yields, seconds.'),
		})
		.prefault({})
		.describe('Load shedding.'),
};

/** The section as its schema reads it. */
export type ShedderSection = z.output<typeof loadShedderSections.shedder>;

/** What the load-shedder is given. */
export interface LoadShedderConfig extends Omit<ShedderSection, 'meter'> {
	/** Id of the meter whose load decides. */
	readonly meter: string;
}

/** The decision's settings that a configuration means. */
export function sheddingSettings(config: ShedderSection): Partial<SheddingSettings> {
	const { mode, briefS, branchBreakerA, silenceS, responseS, restoreBelowPercent } = config;
	const { restoreStableS, minOnS, minOffS, maxWaitS } = config;
	return {
		mode,
		briefS,
		branchBreakerA: branchBreakerA ?? null,
		loadAgeS: silenceS,
		responseS,
		restoreBelow: restoreBelowPercent / 100,
		restoreStableS,
		minOnS,
		minOffS,
		maxWaitS,
	};
}

/** The parts of the whole file that a longest wait depends on. */
interface Wired {
	readonly shedder: ShedderSection;
	readonly meters: readonly { readonly id: string; readonly limitVA?: number | number[] | undefined }[];
	readonly boards: { readonly modules: readonly { readonly address: number; readonly phase: number }[] };
	readonly radiators: readonly { readonly id: string; readonly board: number; readonly powerW: number }[];
	readonly switches: readonly ConfiguredCircuit[];
	readonly fallback: { readonly limitVA?: number | undefined };
}

/** What no single setting shows: a breaker without its rating, and longest waits that can't be met. */
export function loadShedderFaults(config: Wired): Fault[] {
	const { shedder, boards } = config;
	const faults: Fault[] = [];
	if (shedder.breaker === 'branch' && shedder.mode === 'tolerant' && shedder.branchBreakerA === undefined) {
		const expected = 'the rating of the branch breaker, A, since what may pass follows from it';
		faults.push({ path: 'shedder.branchBreakerA', expected, received: 'nothing' });
	}
	if (!shedder.enabled) return faults;
	const radiators = config.radiators.map(({ id, board, powerW }): ConfiguredCircuit => {
		const phase = boards.modules.find(({ address }) => address === board)?.phase ?? 1;
		return { id, phase, powerW };
	});
	const circuits = [...radiators, ...config.switches];
	const known = new Map<string, Fault>();
	for (const fault of waitFaults(circuits, configuredLimits(config), sheddingSettings(shedder))) {
		const path = pathOf(config, fault);
		const expected = `${fault.expected}: ${fault.todo}`;
		// The switch-actuator says it of its own circuits; of the shedder's own setting once is enough.
		if (fault.setting === 'minOffS' && path !== 'shedder.minOffS') continue;
		if (!known.has(path)) known.set(path, { path, expected, received: fault.received });
	}
	return [...faults, ...known.values()];
}

/** Where the setting stands that a fault is about: with its circuit where that says its own, else with the shedder. */
function pathOf({ radiators, switches }: Wired, { id, setting }: WaitFault): string {
	const index = switches.findIndex((one) => one.id === id);
	if (index >= 0 && switches[index]?.[setting] !== undefined) return `switches[${index}].${setting}`;
	if (setting !== 'powerW') return `shedder.${setting}`;
	return `radiators[${radiators.findIndex((radiator) => radiator.id === id)}].powerW`;
}

/** The limits that the file itself says, VA by phase. Without one the meter says them, once it is heard. */
function configuredLimits({ meters, fallback, boards, switches, shedder }: Wired): Map<number, number> {
	const meter = shedder.meter === undefined ? meters[0] : meters.find(({ id }) => id === shedder.meter);
	const own = (phase: number): number[] => {
		const said = meter?.limitVA;
		const meterVA = Array.isArray(said) ? said[said.length === 1 ? 0 : phase - 1] : said;
		const branchVA = shedder.branchBreakerA === undefined ? undefined : shedder.branchBreakerA * 207;
		return [meterVA, fallback.limitVA, branchVA].filter((limit) => limit !== undefined);
	};
	const phases = new Set([...boards.modules, ...switches].map(({ phase }) => phase));
	const known = [...phases].map((phase): [number, number[]] => [phase, own(phase)]);
	return new Map(
		known.filter(([, limits]) => limits.length > 0).map(([phase, limits]) => [phase, Math.min(...limits)]),
	);
}
