import { messageOf, PilotwireError } from '@pilotwire/runtime';

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
