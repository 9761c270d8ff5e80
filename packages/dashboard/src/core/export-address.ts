// Where the house's history is saved from, as a file.
import type { TimeWindow } from './time-window.ts';

/** The series that each subject is made of. */
const series = {
	power: ['load.apparentPowerVA'],
	current: ['load.currentA'],
	temperature: ['probe.temperatureC', 'probe.humidityPercent'],
	shed: ['shedder.event', 'circuit.reason'],
} as const;

/** The address of a CSV with every figure of a stretch of time. `clockAheadMs`: browser's clock minus the house's. */
export function exportAddress(
	subject: keyof typeof series,
	{ fromMs, toMs }: TimeWindow,
	clockAheadMs: number,
): string {
	const instant = (ms: number): string => new Date(ms - clockAheadMs).toISOString();
	const query = new URLSearchParams({ from: instant(fromMs), to: instant(toMs), format: 'csv' });
	for (const name of series[subject]) query.append('series', name);
	return `/api/history/export?${query}`;
}

/** The address of a CSV with energy and money by tariff, from a local date to another, in steps of hours, days or months. */
export function costExportAddress(from: string, to: string, step: string): string {
	return `/api/history/export?${new URLSearchParams({ from, to, format: 'csv', by: 'tariff', step })}`;
}
