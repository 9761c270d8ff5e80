import type { Absence, ProgrammesSet } from '@pilotwire/contract';
import type { PilotwireError } from '@pilotwire/runtime';
import type { PlanBook } from './core/plan-book.ts';
import type { KnownNames, PlanFault } from './core/plan-faults.ts';
import { planExpired, planRefused } from './errors.ts';

/** What `absence/set` asks for. */
export type AbsenceCommand = 'end' | (Absence & { readonly expiresAt?: string | undefined });

/** What commands work with. */
interface CommandParts {
	readonly book: PlanBook;
	/** What programmes may be for. */
	known(): KnownNames;
	/** The time of programmes, and that of this machine's clock, ms since 1970. */
	nowMs(): number;
	wallMs(): number;
	/** Something was changed. */
	changed(): void;
}

/** What people ask for, by the bus or by a call: carried out, or refused for a reason, and then nothing has changed. */
export class Commands {
	readonly #parts: CommandParts;
	#refused = 0;

	constructor(parts: CommandParts) {
		this.#parts = parts;
	}

	/** How many were refused. */
	get refused(): number {
		return this.#refused;
	}

	/** Puts or deletes a programme or a rule. */
	change(command: ProgrammesSet): PilotwireError | undefined {
		const { book, known } = this.#parts;
		return this.#attempt(command.expiresAt, () => book.command(command, known()));
	}

	/** Begins an absence, or ends it. */
	absence(command: AbsenceCommand): PilotwireError | undefined {
		const { book, nowMs, changed } = this.#parts;
		if (command === 'end') {
			book.endAbsence();
			changed();
			return undefined;
		}
		const { expiresAt, ...absence } = command;
		return this.#attempt(expiresAt, () => book.leave(absence, nowMs()));
	}

	#attempt(expiresAt: string | undefined, command: () => PlanFault | undefined): PilotwireError | undefined {
		const isLate = expiresAt !== undefined && Date.parse(expiresAt) <= this.#parts.wallMs();
		const fault = isLate ? undefined : command();
		const error = isLate ? planExpired(expiresAt) : fault === undefined ? undefined : planRefused(fault);
		if (error === undefined) this.#parts.changed();
		else this.#refused += 1;
		return error;
	}
}
