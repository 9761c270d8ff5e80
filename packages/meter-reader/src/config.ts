import { type Fault, idSetting, type TariffConfig } from '@pilotwire/runtime';
import * as z from 'zod';
import { parseSource, sourceForms } from './source.ts';

const ownLimit = (unit: string, most: number) =>
	z
		.union([z.number().positive().max(most), z.array(z.number().positive().max(most)).min(1).max(3)], {
			error: `a limit in ${unit}, or one for each phase`,
		})
		.optional();

const meter = z.strictObject({
	id: idSetting.describe('Id of the meter; second level of its topics: meter/<id>/...'),
	source: z
		.string()
		.refine((text) => parseSource(text) !== undefined, sourceForms)
		.describe(
			'Where its bytes come from: serial:PATH of a port, tcp:HOST:PORT of a server that passes on the bytes of a port (ser2net, raw), file:PATH of a recorded line (file:PATH?loop begins again at its end), or simulator: (the simulated house).',
		),
	record: z
		.string()
		.min(1)
		.optional()
		.describe(
			'File to whose end the bytes of the line are written as they come, to be replayed later; packed where its name ends in .gz. Up to 83 MB a day in standard mode, 10 MB in historic mode.',
		),
	mode: z
		.enum(['auto', 'historic', 'standard'])
		.default('auto')
		.describe('Mode of the tele-information; `auto` finds it and follows the meter when it changes.'),
	format: z
		.enum(['auto', '7e1', '8n1'])
		.default('auto')
		.describe('Characters of the serial port; `auto` takes 7E1, and 8N1 where the port refuses it.'),
	nominalV: z.number().min(100).max(260).default(230).describe('Nominal voltage of a phase, volts.'),
	limitVA: ownLimit('VA', 100_000).describe(
		'Own limit below the subscription, VA per phase: one number, or a list with phase 1 first.',
	),
	limitA: ownLimit('A', 400).describe(
		'The same in amperes at nominal voltage, such as the rating of a branch breaker; the strictest limit counts.',
	),
	silenceS: z
		.number()
		.min(3)
		.max(600)
		.default(10)
		.describe('Age at which a load is worth nothing and the meter counts as silent, seconds.'),
});

/** One meter as it is configured. */
export type MeterSettings = z.output<typeof meter>;

/** The sections of the configuration that the meter-reader owns. */
export const meterSections = {
	meters: z
		.array(meter)
		.min(1, 'at least one meter')
		.prefault([{ id: 'main', source: 'simulator:' }])
		.describe('The meters that are read. Default: the simulated one.'),
};

/** What the service is given. */
export interface MeterReaderConfig {
	/** Folder for what is remembered of each meter. */
	readonly dataDir: string;
	readonly meters: readonly MeterSettings[];
	/** Where the tariff is known from. Default: the meter. */
	readonly tariff?: TariffConfig;
	/** The house's zone. Default: this machine's. */
	readonly timeZone?: string;
}

/** What a schema can't say: ids and sources stand once. */
export function checkMeters(config: { readonly meters: readonly MeterSettings[] }): Fault[] {
	return config.meters.flatMap((meter, index) =>
		(['id', 'source'] as const).flatMap((key): Fault[] => {
			const first = config.meters.findIndex((other) => other[key] === meter[key]);
			if (first === index) return [];
			const expected = `another ${key} than that of meters[${first}]`;
			return [{ path: `meters[${index}].${key}`, expected, received: JSON.stringify(meter[key]) }];
		}),
	);
}

/** A household's own limits in VA, the stricter of both where both are given; undefined where none is. */
export function ownLimitVA({ limitVA, limitA, nominalV }: MeterSettings): number[] | undefined {
	const list = (limit: number | number[] | undefined): number[] =>
		typeof limit === 'number' ? [limit] : (limit ?? []);
	const byPower = list(limitVA);
	const byCurrent = list(limitA).map((currentA) => currentA * nominalV);
	const phases = Math.max(byPower.length, byCurrent.length);
	if (phases === 0) return undefined;
	const of = (limits: number[], index: number): number => limits[limits.length === 1 ? 0 : index] ?? Infinity;
	return Array.from({ length: phases }, (_, index) => Math.min(of(byPower, index), of(byCurrent, index)));
}
