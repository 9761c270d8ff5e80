import { idSetting } from '@pilotwire/runtime';
import { defaultSettings, type SheddingSettings } from '@pilotwire/shedding';
import * as z from 'zod';

const seconds = (from: number, to: number, preset: number) => z.number().min(from).max(to).default(preset);

/** The configuration sections that the load-shedder owns. */
export const loadShedderSections = {
	shedder: z
		.strictObject({
			enabled: z.boolean().default(true).describe('Whether circuits are shed at all.'),
			meter: idSetting.optional().describe('Meter whose load decides. Default: the first one.'),
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
				'Headroom must have lasted this long, seconds.',
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
export function sheddingSettings(config: LoadShedderConfig): Partial<SheddingSettings> {
	const { silenceS, responseS, restoreBelowPercent, restoreStableS, minOnS, minOffS, maxWaitS } = config;
	return {
		loadAgeS: silenceS,
		responseS,
		restoreBelow: restoreBelowPercent / 100,
		restoreStableS,
		minOnS,
		minOffS,
		maxWaitS,
	};
}
