import { createRequire } from 'node:module';
import { type Logger as PinoLogger, pino } from 'pino';
import type { PinoPretty } from 'pino-pretty';

/**
 * A service's log. One meaning per level: `error` something was lost or will not work, `warn` something came that was
 * refused or a part is away, `info` what a person watching wants to know, `debug` everything else.
 */
export type Logger = Pick<PinoLogger, 'error' | 'warn' | 'info' | 'debug'>;

export interface LogOptions {
	readonly level: 'error' | 'warn' | 'info' | 'debug' | 'silent';
	/** `text` for people at a terminal, `json` for journals. */
	readonly format: 'text' | 'json';
}

/** The process's root log, on standard error unless a stream is given: standard output is for what a command answers. */
export function createLog(options: LogOptions, stream?: NodeJS.WritableStream): PinoLogger {
	const destination = stream ?? 2;
	const target =
		options.format === 'json'
			? (stream ?? pino.destination({ dest: 2, sync: true }))
			: prettyText({
					destination,
					sync: true,
					colorize: stream === undefined && process.stderr.isTTY,
					// Only the sentence: what programs want to know as well is in the JSON format.
					hideObject: true,
					ignore: 'pid,hostname',
					messageFormat: '{service}: {msg}',
					translateTime: 'SYS:HH:MM:ss',
				});
	return pino({ level: options.level, base: null }, target);
}

/** Forty modules that a journal's log does without; loaded at once, so that nothing is said before they are there. */
function prettyText(options: Parameters<typeof PinoPretty>[0]): ReturnType<typeof PinoPretty> {
	const loaded = createRequire(import.meta.url)('pino-pretty') as { readonly PinoPretty: typeof PinoPretty };
	return loaded.PinoPretty(options);
}

/** A log that says nothing. */
export const silentLog: Logger = pino({ level: 'silent' });
