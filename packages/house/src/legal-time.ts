const HOUR_MS = 3_600_000;

/** Legal time in metropolitan France at one moment. */
export interface LegalTime {
	/** Minutes since local midnight, 0 to 1439. */
	readonly minuteOfDay: number;
	/** Days since 1970-01-01, local. */
	readonly day: number;
	/** As the TIC writes it: `SYYMMDDhhmmss`, S = H (winter) or E (summer); Enedis-NOI-CPT_54E, 6.2.1.1. */
	readonly stamp: string;
}

/** @param atMs milliseconds since 1970-01-01 UTC */
export function legalTime(atMs: number): LegalTime {
	const summer = isSummer(atMs);
	const localMs = atMs + (summer ? 2 : 1) * HOUR_MS;
	const digits = new Date(localMs).toISOString().replaceAll(/[^0-9]/g, '');
	return {
		minuteOfDay: Math.floor(localMs / 60_000) % 1440,
		day: Math.floor(localMs / (24 * HOUR_MS)),
		stamp: `${summer ? 'E' : 'H'}${digits.slice(2, 14)}`,
	};
}

function isSummer(atMs: number): boolean {
	const year = new Date(atMs).getUTCFullYear();
	return atMs >= lastSunday(year, 2) && atMs < lastSunday(year, 9);
}

/** 01:00 UTC on the last Sunday of a month of 31 days: when Europe changes its clocks. */
function lastSunday(year: number, month: number): number {
	const last = new Date(Date.UTC(year, month, 31, 1));
	return last.getTime() - last.getUTCDay() * 24 * HOUR_MS;
}
