import type { Look } from './one-wire.ts';

/** The files of an IIO device that hold a figure, by name; those that are missing are absent. */
export type IioFiles = Readonly<Record<string, string>>;

/** The channels that are read, as sysfs-bus-iio names them, with what makes °C, % and hPa of their units. */
const CHANNELS = [
	// Milli-°C, milli-percent, kPa (kernel documentation, ABI/testing/sysfs-bus-iio).
	{ channel: 'in_temp', figure: 'temperatureC', factor: 0.001, least: -55, most: 125 },
	{ channel: 'in_humidityrelative', figure: 'humidityPercent', factor: 0.001, least: 0, most: 100 },
	{ channel: 'in_pressure', figure: 'pressureHPa', factor: 10, least: 300, most: 1_200 },
] as const;

/** The files of a device that are worth reading. */
export const iioFiles: readonly string[] = CHANNELS.flatMap(({ channel }) =>
	['input', 'raw', 'offset', 'scale'].map((kind) => `${channel}_${kind}`),
);

/** The figures of an IIO device (DHT11, DHT22, BME280 and kin): processed ones, or raw ones with offset and scale. */
export function readIio(files: IioFiles): Look {
	const figures: Record<string, number> = {};
	for (const { channel, figure, factor, least, most } of CHANNELS) {
		const value = processed(files, channel);
		if (value === undefined) continue;
		const rounded = Math.round(value * factor * 1_000) / 1_000;
		if (!(rounded >= least && rounded <= most)) {
			return { ok: false, fault: 'range', received: `${channel} ${rounded}` };
		}
		figures[figure] = rounded;
	}
	if (Object.keys(figures).length > 0) return { ok: true, ...figures };
	const received = Object.entries(files)
		.map(([name, text]) => `${name}: ${text.trim()}`)
		.join(', ')
		.slice(0, 120);
	return { ok: false, fault: 'unreadable', received: received === '' ? 'no figure of a known kind' : received };
}

function processed(files: IioFiles, channel: string): number | undefined {
	const number = (kind: string): number | undefined => {
		const text = files[`${channel}_${kind}`]?.trim();
		return text === undefined || !/^-?\d+(\.\d+)?$/.test(text) ? undefined : Number(text);
	};
	const input = number('input');
	if (input !== undefined) return input;
	const raw = number('raw');
	return raw === undefined ? undefined : (raw + (number('offset') ?? 0)) * (number('scale') ?? 1);
}
