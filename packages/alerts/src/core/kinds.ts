import type { AlertKind, AlertSeverity } from '@pilotwire/contract';

/** How an alert of one kind comes and goes. */
export interface KindRule {
	readonly severity: AlertSeverity;
	/** So long it must hold before anybody is told, s: a restart or a blink is over by then. */
	readonly afterS: number;
	/** So long it must be well again before it is over, s; more each time it comes back. */
	readonly endAfterS: number;
	/** After so long without a word about it, nobody watches it any more, s. */
	readonly forgetS: number;
}

const HOUR_S = 3_600;

/** What holds where the configuration says nothing else. */
export const defaultRules: Readonly<Record<AlertKind, KindRule>> = {
	// The meter's silence may last as long as nobody closes the breaker.
	breaker_opened: { severity: 'alarm', afterS: 0, endAfterS: 30, forgetS: 30 * 24 * HOUR_S },
	power_lost: { severity: 'warning', afterS: 0, endAfterS: 0, forgetS: HOUR_S },
	room_freezing: { severity: 'alarm', afterS: 600, endAfterS: 900, forgetS: 6 * HOUR_S },
	room_cold: { severity: 'warning', afterS: 1_800, endAfterS: 1_800, forgetS: 6 * HOUR_S },
	meter_silent: { severity: 'warning', afterS: 300, endAfterS: 60, forgetS: HOUR_S },
	margin_thin: { severity: 'warning', afterS: 10, endAfterS: 600, forgetS: HOUR_S },
	board_dead: { severity: 'warning', afterS: 120, endAfterS: 120, forgetS: HOUR_S },
	output_faulty: { severity: 'warning', afterS: 900, endAfterS: 300, forgetS: HOUR_S },
	service_away: { severity: 'warning', afterS: 300, endAfterS: 60, forgetS: HOUR_S },
	bus_away: { severity: 'warning', afterS: 300, endAfterS: 60, forgetS: HOUR_S },
	store_away: { severity: 'warning', afterS: 900, endAfterS: 300, forgetS: HOUR_S },
	probe_silent: { severity: 'info', afterS: 3_600, endAfterS: 600, forgetS: HOUR_S },
};
