/** Exit codes of sysexits.h that scripts can rely on. */
export const exitCodes = {
	usage: 64,
	unavailable: 69,
	software: 70,
	cantCreate: 73,
	temporary: 75,
	noPermission: 77,
	configuration: 78,
} as const;

/** What an error says: a code for programs, and for people what was expected, what came and what to do. */
export interface ErrorFacts {
	/** Upper case, stable, documented in docs/reference/errors.md. */
	readonly code: string;
	readonly expected: string;
	readonly received: string;
	/** What to type or to change. */
	readonly action: string;
	/** Ends the process with this exit code where trying again can't help; absent: the service is restarted. */
	readonly exitCode?: number;
	readonly cause?: unknown;
}

/** The error every service throws: its message is the sentence a person reads. */
export class PilotwireError extends Error {
	override readonly name = 'PilotwireError';
	readonly code: string;
	readonly expected: string;
	readonly received: string;
	readonly action: string;
	readonly exitCode: number | undefined;

	constructor(facts: ErrorFacts) {
		const end = facts.received.endsWith('\n') ? '' : '. ';
		super(`${facts.code}: expected ${facts.expected}, got ${facts.received}${end}${facts.action}`, {
			cause: facts.cause,
		});
		this.code = facts.code;
		this.expected = facts.expected;
		this.received = facts.received;
		this.action = facts.action;
		this.exitCode = facts.exitCode;
	}
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** The system's error code (`ENOENT`, `EADDRINUSE`, ...) of anything thrown, or an empty string. */
export function systemCodeOf(error: unknown): string {
	const code = (error as { code?: unknown } | null | undefined)?.code;
	return typeof code === 'string' ? code : '';
}

/** The one thing that runs may already hold what this process wants: a port, a bus, a database. */
export function lockHeld(what: string, who: string): PilotwireError {
	return new PilotwireError({
		code: 'LOCK_HELD',
		expected: `${what} to be free`,
		received: `${what} in use by another ${who}`,
		action: `Stop the other ${who} first (systemctl status 'pilotwire*', or ps ax | grep pilotwire).`,
		exitCode: exitCodes.temporary,
	});
}
