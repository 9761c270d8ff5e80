/** Whose time programmes follow: this machine's, or the meter's while this machine's is not set (safety rule 7). */
import type { Calendar } from '@pilotwire/calendar';
import type { MeterTime } from '@pilotwire/contract';
import type { Clock } from '@pilotwire/runtime';

/** Whose time counts; `auto` decides by whether this machine's clock is synchronised. */
export type ClockChoice = 'auto' | 'system' | 'meter';

/** A meter that has been silent for this long tells the time no more. Milliseconds. */
const SILENT_MS = 24 * 3_600_000;

/** The time of programmes. Instants are ms since 1970. */
export class ProgrammeClock {
	readonly #clock: Pick<Clock, 'wallMs' | 'monotonicMs'>;
	readonly #calendar: Calendar;
	readonly #choice: ClockChoice;
	/** What the meter last said, and when on the monotonic clock. */
	#meter: { readonly atMs: number; readonly heardMs: number } | undefined;
	#isSynchronised: boolean | undefined;

	constructor(clock: Pick<Clock, 'wallMs' | 'monotonicMs'>, calendar: Calendar, choice: ClockChoice) {
		this.#clock = clock;
		this.#calendar = calendar;
		this.#choice = choice;
	}

	/** Takes the meter's DATE as it arrived live: local time, of which its season tells two equal hours apart. */
	hear({ local, season, degraded }: MeterTime, heardMs: number): void {
		if (degraded) return;
		const [hours = 0, minutes = 0, seconds = 0] = local.slice(11).split(':').map(Number);
		const minute = hours * 60 + minutes + seconds / 60;
		try {
			const atMs = this.#calendar.instant(local.slice(0, 10), minute, season === 'winter' ? 'last' : 'first');
			this.#meter = { atMs, heardMs };
		} catch {
			// A date that is none, such as a 31st of April, tells nothing.
		}
	}

	/** Takes whether this machine's clock is synchronised; undefined where the system doesn't say. */
	synchronised(is: boolean | undefined): void {
		this.#isSynchronised = is;
	}

	/** Whose time counts now: a clock of which nobody says that it is wrong is right. */
	get source(): 'system' | 'meter' {
		const asked = this.#choice === 'meter' || (this.#choice === 'auto' && this.#isSynchronised === false);
		return asked && this.#meterMs() !== undefined ? 'meter' : 'system';
	}

	/** The time of programmes. */
	nowMs(): number {
		const wallMs = this.#clock.wallMs();
		return this.source === 'meter' ? (this.#meterMs() ?? wallMs) : wallMs;
	}

	/** An instant of programmes as this machine's clock will show it: what the bus is dated by. */
	onWall(atMs: number): number {
		return atMs - this.nowMs() + this.#clock.wallMs();
	}

	#meterMs(): number | undefined {
		if (this.#meter === undefined) return undefined;
		const passedMs = this.#clock.monotonicMs() - this.#meter.heardMs;
		return passedMs > SILENT_MS ? undefined : this.#meter.atMs + passedMs;
	}
}
