import { type Finding, ok, unsure, wrong } from './finding.ts';

/** What is known of this machine's time. */
export interface ClockFacts {
	/** Wall clock, ms. */
	readonly wallMs: number;
	/** Whether it was set from the network; undefined where the system doesn't say. */
	readonly synchronised: boolean | undefined;
	/** The machine's zone. */
	readonly systemZone: string;
	/** The zone that the house's programmes follow; undefined where the configuration couldn't be read. */
	readonly houseZone?: string | undefined;
}

/** No clock that is right shows a time before this program was written. */
const WRITTEN_MS = Date.UTC(2025, 0, 1);

/** Whether programmes and history get the right time. */
export function judgeClock(facts: ClockFacts): Finding[] {
	return [judgeTime(facts), judgeZone(facts)];
}

function judgeTime({ wallMs, synchronised }: ClockFacts): Finding {
	const shown = `${new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
	const todo = 'sudo timedatectl set-ntp true, then: timedatectl timesync-status';
	if (wallMs < WRITTEN_MS) return wrong('CLOCK_IMPOSSIBLE', 'clock', `${shown}, which can't be`, todo);
	if (synchronised === true) return ok('clock', `${shown}, set from the network`);
	if (synchronised === false) {
		return wrong(
			'CLOCK_NOT_SET',
			'clock',
			`${shown}, not set from the network since the start; no history is tidied until it is`,
			todo,
		);
	}
	return unsure('CLOCK_UNKNOWN', 'clock', `${shown}; the system doesn't say whether it is set from the network`, todo);
}

function judgeZone({ systemZone, houseZone }: ClockFacts): Finding {
	const zone = houseZone ?? systemZone;
	if (!/^(Etc\/)?(UTC|GMT|Universal|Zulu)$/.test(zone)) return ok('time zone', zone);
	const todo = 'sudo timedatectl set-timezone Europe/Paris, or timeZone: Europe/Paris in the configuration';
	return unsure(
		'TIME_ZONE_UTC',
		'time zone',
		`${zone}: programmes begin an hour or two off wherever people live by another`,
		todo,
	);
}
