/** The programmes, rules and absence that hold: seeded by the file, owned by the bus, remembered over restarts. */
import { type Calendar, dayNumberOf } from '@pilotwire/calendar';
import {
	type Absence,
	absence as absenceSchema,
	type Order,
	type Programme,
	type ProgrammesSet,
	programme as programmeSchema,
	tariffRule as ruleSchema,
	type TariffRule,
} from '@pilotwire/contract';
import type { Away } from './away.ts';
import { type KnownNames, type PlanFault, programmeFault, ruleFault } from './plan-faults.ts';
import { minuteOf } from './week.ts';

/** Nobody plans further ahead. Milliseconds. */
const FARTHEST_MS = 3 * 366 * 86_400_000;

/** What the configuration begins with. */
export interface Seeds {
	readonly programmes: readonly Programme[];
	readonly rules: readonly TariffRule[];
	/** What an absence has where it doesn't say. */
	readonly absence: { readonly order: Order; readonly preheatMin: number };
}

/** A seed of the file that was not taken: what is on the bus stands in its way. */
export interface Unseeded {
	readonly id: string;
	readonly fault: PlanFault;
}

/** Programmes, rules and absence. Commands answer a fault where they are refused, and change nothing then. */
export class PlanBook {
	readonly #calendar: Calendar;
	readonly #seeds: Seeds;
	#programmes: readonly Programme[] = [];
	#rules: readonly TariffRule[] = [];
	#away: Away | undefined;
	/** Each seed as it was last taken from the file. */
	#taken: Record<string, string> = {};

	constructor(calendar: Calendar, seeds: Seeds) {
		this.#calendar = calendar;
		this.#seeds = seeds;
	}

	get programmes(): readonly Programme[] {
		return this.#programmes;
	}

	get rules(): readonly TariffRule[] {
		return this.#rules;
	}

	/** The absence as it was last set, also when it is over. */
	get away(): Away | undefined {
		return this.#away;
	}

	/** Carries one command out. */
	command(command: ProgrammesSet, known: KnownNames): PlanFault | undefined {
		if ('put' in command) return this.#put(command.put, known);
		if ('putRule' in command) return this.#putRule(command.putRule, known);
		const isRule = 'deleteRule' in command;
		const id = isRule ? command.deleteRule : command.delete;
		const ids = (isRule ? this.#rules : this.#programmes).map((one) => one.id);
		if (!ids.includes(id)) {
			const listed = ids.length === 0 ? 'of which there are none' : `(${ids.join(', ')})`;
			return { path: '', expected: `one of the ${isRule ? 'rules' : 'programmes'} ${listed}`, received: id };
		}
		if (isRule) this.#rules = this.#rules.filter((one) => one.id !== id);
		else this.#programmes = this.#programmes.filter((one) => one.id !== id);
		return undefined;
	}

	/** Begins an absence in the place of another one. `nowMs`: the programmes' time. */
	leave(absence: Absence, nowMs: number): PlanFault | undefined {
		const { order = this.#seeds.absence.order, preheatMin = this.#seeds.absence.preheatMin } = absence;
		for (const path of ['from', 'until'] as const) {
			const text = absence[path];
			const distanceMs = text === undefined ? 0 : Math.abs(this.#moment(text) - nowMs);
			if (!(distanceMs <= FARTHEST_MS))
				return { path, expected: 'a moment within three years', received: String(text) };
		}
		const fromMs = absence.from === undefined ? nowMs : this.#moment(absence.from);
		const untilMs = absence.until === undefined ? undefined : this.#moment(absence.until);
		if (untilMs !== undefined && untilMs <= Math.max(fromMs, nowMs)) {
			const expected = 'a return that is yet to come, and after the beginning';
			return { path: 'until', expected, received: String(absence.until) };
		}
		const atOnce = absence.from === undefined ? true : undefined;
		this.#away = { fromMs, atOnce, untilMs, order, preheatMin };
		return undefined;
	}

	/** The programmes' clock was set: an absence that began when it was said has begun. Answers whether that changed anything. */
	clockSet(nowMs: number): boolean {
		const away = this.#away;
		if (away?.atOnce !== true || away.fromMs <= nowMs) return false;
		this.#away = { ...away, fromMs: nowMs };
		return true;
	}

	/** People are back. Answers whether they were away, or meant to be. */
	endAbsence(): boolean {
		const was = this.#away !== undefined;
		this.#away = undefined;
		return was;
	}

	/**
	 * Takes what the file says anew: a seed that is new there, or another than it was, goes before what the bus has; one that
	 * the bus changed or deleted, and the file didn't, stays as the bus has it.
	 */
	seed(known: KnownNames): Unseeded[] {
		const unseeded: Unseeded[] = [];
		const take = (key: string, seed: { readonly id: string }, put: () => PlanFault | undefined): void => {
			const text = JSON.stringify(seed);
			if (this.#taken[key] === text) return;
			const fault = put();
			if (fault === undefined) this.#taken[key] = text;
			else unseeded.push({ id: seed.id, fault });
		};
		const { programmes, rules } = this.#seeds;
		for (const seed of programmes) take(`programme ${seed.id}`, seed, () => this.#put(seed, known));
		for (const seed of rules) take(`rule ${seed.id}`, seed, () => this.#putRule(seed, known));
		const kept = new Set([...programmes.map(({ id }) => `programme ${id}`), ...rules.map(({ id }) => `rule ${id}`)]);
		// What is gone from the file and comes back later is new there.
		this.#taken = Object.fromEntries(Object.entries(this.#taken).filter(([key]) => kept.has(key)));
		return unseeded;
	}

	/** What survives a restart. */
	memory(): Record<string, unknown> {
		return { programmes: this.#programmes, rules: this.#rules, away: this.#away, seeds: this.#taken };
	}

	/** Takes back what `memory` gave; what is none of it is left out. */
	recall(memory: unknown): void {
		const { programmes, rules, away, seeds } = (memory ?? {}) as Readonly<Record<string, unknown>>;
		const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
		// What a place or zone is called may have changed since: it then follows nobody, and is shown so.
		this.#programmes = listOf(programmes).flatMap((one) => {
			const { success, data } = programmeSchema.safeParse(one);
			return success ? [data] : [];
		});
		this.#rules = listOf(rules).flatMap((one) => {
			const { success, data } = ruleSchema.safeParse(one);
			return success ? [data] : [];
		});
		this.#away = awayOf(away);
		if (typeof seeds !== 'object' || seeds === null) return;
		this.#taken = Object.fromEntries(
			Object.entries(seeds).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
		);
	}

	#put(programme: Programme, known: KnownNames): PlanFault | undefined {
		const fault = programmeFault(programme, this.#programmes, known);
		if (fault === undefined) this.#programmes = inPlace(this.#programmes, programme);
		return fault;
	}

	#putRule(rule: TariffRule, known: KnownNames): PlanFault | undefined {
		const fault = ruleFault(rule, this.#rules, known);
		if (fault === undefined) this.#rules = inPlace(this.#rules, rule);
		return fault;
	}

	/** A moment that a person typed, with an offset or on the house's clocks; NaN where it is none. */
	#moment(text: string): number {
		if (/([Zz]|[+-]\d\d:?\d\d)$/.test(text)) return Date.parse(text);
		const [date = '', time = ''] = text.split('T');
		if (dayNumberOf(date) === undefined || !/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(time)) return NaN;
		return this.#calendar.instant(date, minuteOf(time) + Number(time.slice(6) || 0) / 60);
	}
}

/** The list with one replaced, or added at its end. */
function inPlace<One extends { readonly id: string }>(list: readonly One[], one: One): readonly One[] {
	const index = list.findIndex(({ id }) => id === one.id);
	return index < 0 ? [...list, one] : list.with(index, one);
}

function awayOf(value: unknown): Away | undefined {
	const { fromMs, atOnce, untilMs, order, preheatMin } = (value ?? {}) as Partial<Away>;
	if (typeof fromMs !== 'number' || !(untilMs === undefined || typeof untilMs === 'number')) return undefined;
	const { success, data } = absenceSchema.safeParse({ order, preheatMin });
	if (!success || data.order === undefined || data.preheatMin === undefined) return undefined;
	const began = atOnce === true ? { atOnce } : {};
	return { fromMs, ...began, untilMs, order: data.order, preheatMin: data.preheatMin };
}
