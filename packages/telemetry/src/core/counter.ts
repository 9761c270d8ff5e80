/** More than any house's supply gives (36 kVA on three phases, and a margin). Watts. */
const MOST_W = 60_000;
/** What rounding and a late reading add. Watt-hours. */
const SLACK_WH = 200;

/**
 * By how much a counter (Wh) rose from one reading to the next. A counter that was set back, or that jumps by more than any
 * supply gives in the time between, was reset or is another meter's: it counts again from the later reading on, and the step
 * itself is nobody's energy. Moments: ms.
 */
export function riseBetween(
	before: { readonly at: number; readonly value: number },
	after: { readonly at: number; readonly value: number },
): number {
	const rise = after.value - before.value;
	const most = (Math.abs(after.at - before.at) / 3_600_000) * MOST_W + SLACK_WH;
	return rise > 0 && rise <= most ? rise : 0;
}
