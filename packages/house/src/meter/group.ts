/** One group of a frame before it is encoded. */
export interface MeterGroup {
	readonly label: string;
	readonly data: string;
	/** Standard mode's dated groups. */
	readonly date?: string;
}

export function group(label: string, data: string, date?: string): MeterGroup {
	return date === undefined ? { label, data } : { label, data, date };
}

/** A whole number of fixed width; what doesn't fit is cut at the top, as the meter's display is. */
export function digits(value: number, width: number): string {
	return String(Math.min(Math.max(0, Math.round(value)), 10 ** width - 1)).padStart(width, '0');
}

/** A register, Wh: counts whole watt-hours and starts again at 0 after its last digit. */
export function index(energyWh: number, width = 9): string {
	return String(Math.floor(energyWh) % 10 ** width).padStart(width, '0');
}
