import { messageOf, PilotwireError, systemCodeOf } from '@pilotwire/runtime';

/** InfluxDB doesn't answer, or refuses all that is sent; `status` of HTTP where there was an answer. */
export function influxdbFailed(url: string, status: number | undefined, cause: unknown): PilotwireError {
	return new PilotwireError({
		code: 'INFLUXDB_FAILED',
		expected: `InfluxDB to take what is sent to ${url}`,
		received: (messageOf(cause) || 'no answer').slice(0, 300),
		action: status === undefined ? 'Check that it runs and that history.influxdb.url names it.' : actionFor(status),
		cause,
	});
}

function actionFor(status: number): string {
	if (status === 401 || status === 403) {
		return 'Check history.influxdb.tokenFile (2.x, 3.x) or username and passwordFile (1.x), and what they may do.';
	}
	if (status === 400 || status === 404) return 'Check history.influxdb.database and org: they must exist there.';
	return "Look at InfluxDB's own log.";
}

/** An answer that is too long for the bus. */
export function answerTooLong(bytes: number, most: number): PilotwireError {
	return new PilotwireError({
		code: 'HISTORY_ANSWER_TOO_LONG',
		expected: `an answer of at most ${most} bytes`,
		received: `${bytes} bytes`,
		action: 'Ask for fewer points, or name the line with more tags.',
	});
}

/** A range that is none. */
export function emptyRange(from: string, to: string): PilotwireError {
	return new PilotwireError({
		code: 'HISTORY_RANGE_EMPTY',
		expected: 'a range whose end lies after its beginning',
		received: `from ${from} to ${to}`,
		action: 'Exchange them.',
	});
}

/** The disk doesn't take the spool. */
export function spoolFailed(cause: unknown): PilotwireError {
	const code = systemCodeOf(cause);
	const full = code === 'ENOSPC' || code === 'EDQUOT';
	return new PilotwireError({
		code: 'HISTORY_SPOOL_FAILED',
		expected: 'the disk to take what was measured in dataDir/spool',
		received: (messageOf(cause) || 'no answer').slice(0, 300),
		action: full
			? 'Free some space (df -h shows how much there is); nothing else is needed, what was measured waits.'
			: 'Check the right to write there, and the disk or SD card (dmesg); what was measured waits.',
		cause,
	});
}

/** The disk doesn't take the black box. */
export function blackBoxFailed(cause: unknown): PilotwireError {
	const code = systemCodeOf(cause);
	const full = code === 'ENOSPC' || code === 'EDQUOT';
	return new PilotwireError({
		code: 'BLACK_BOX_FAILED',
		expected: 'the disk to take the black box in dataDir/black-box',
		received: (messageOf(cause) || 'no answer').slice(0, 300),
		action: full
			? 'Free some space; nothing else is needed.'
			: 'Check the right to write there, and the disk or SD card (dmesg).',
		cause,
	});
}

/** A box that was asked for could not be saved. */
export function boxNotSaved(problem: string): PilotwireError {
	return new PilotwireError({
		code: 'BLACK_BOX_NOT_SAVED',
		expected: 'the black box to be saved aside',
		received: problem,
		action: 'Mend what it says and ask again; what was recorded stays in the ring meanwhile.',
	});
}

/** A copy between stores needs two. */
export function nothingToCopy(to: string): PilotwireError {
	return new PilotwireError({
		code: 'HISTORY_COPY_IMPOSSIBLE',
		expected: `history.${to} and the other store in the configuration, both at once`,
		received: `${to} alone, or without ${to}`,
		action: 'Add the other store to the configuration, restart, copy, and take the old one out when it is done.',
	});
}

/** An import with moments or figures that no history holds. */
export function pointsRefused(refused: number, of: number): PilotwireError {
	return new PilotwireError({
		code: 'HISTORY_POINTS_REFUSED',
		expected: 'points dated from 2000 to 2199 with a finite number or a text',
		received: `${refused} of ${of} that are not`,
		action: 'Correct or leave out these rows; nothing of this part was taken.',
	});
}

/** Finding out which subscription would do takes as long as only something that hangs takes. */
export function adviceTooSlow(withinMs: number): PilotwireError {
	return new PilotwireError({
		code: 'ADVICE_TOO_SLOW',
		expected: `the subscriptions to be tried within ${Math.round(withinMs / 60_000)} minutes`,
		received: 'no answer by then',
		action: 'Ask again for fewer days, or on a faster machine: pilotwire advise --history --days 7.',
	});
}
