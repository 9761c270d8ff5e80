/** The order of one circuit at any instant, and why: programme, absence, warming up, tariff rules. Pure. */
import type { Calendar } from '@pilotwire/calendar';
import { higherOrder, lowerOrder, raises } from '@pilotwire/circuit';
import type { Order, Programme, ProgrammeWhy, TariffColour, TariffPeriodName, TariffRule } from '@pilotwire/contract';
import { type Away, phaseAt, warmUpMs } from './away.ts';
import type { TariffAt, TariffOutlook } from './outlook.ts';
import { covers, type KnownCircuit, programmeOf, restsInAbsence, type Zone } from './targets.ts';
import { Week } from './week.ts';

/** How far ahead the next change is looked for: a week has every change of a programme. Milliseconds. */
const HORIZON_MS = 8 * 86_400_000;

/** What the planner knows at one moment. */
export interface Plan {
	readonly calendar: Calendar;
	readonly programmes: readonly Programme[];
	readonly rules: readonly TariffRule[];
	readonly zones: readonly Zone[];
	readonly away?: Away | undefined;
	readonly outlook: TariffOutlook;
}

/** What the planner says of a circuit at an instant. Without an order it says nothing: the circuit's own order holds. */
export interface Verdict {
	readonly order?: Order | undefined;
	/** The last that had a say. */
	readonly why?: ProgrammeWhy | undefined;
	/** The programme that is followed. */
	readonly programme?: string | undefined;
	/** The rule that changed its order, or for which it warms up. */
	readonly rule?: string | undefined;
	/** The return, or the beginning of the dear time, that it warms up for. */
	readonly forMs?: number | undefined;
	readonly period?: TariffPeriodName | undefined;
	readonly colour?: TariffColour | undefined;
}

/** A stretch of time with one verdict. */
export interface PlanSpan {
	readonly fromMs: number;
	readonly toMs: number;
	readonly verdict: Verdict;
}

/**
 * One circuit's plan. Who wins, from the weakest: its programme; an absence lowers it, and warms up for the return; before
 * a dear time a rule warms up; rules change what is left, in the order of their list, and while people are away they only
 * lower.
 */
export class CircuitPlan {
	readonly circuit: KnownCircuit;
	readonly programme: Programme | undefined;
	/** The rules that are for this circuit. */
	readonly rules: readonly TariffRule[];
	readonly #week: Week<Order> | undefined;
	readonly #away: Away | undefined;
	readonly #outlook: TariffOutlook;

	constructor(plan: Plan, circuit: KnownCircuit) {
		this.circuit = circuit;
		this.programme = programmeOf(circuit, plan.programmes, plan.zones);
		this.rules = plan.rules.filter((rule) => rule.enabled !== false && covers(rule.for, circuit, plan.zones));
		if (this.programme !== undefined) {
			this.#week = new Week(plan.calendar, this.programme.changes, ({ order }) => order);
		}
		this.#away = restsInAbsence(circuit) ? plan.away : undefined;
		this.#outlook = plan.outlook;
	}

	/** The one order of an instant. */
	at(atMs: number): Verdict {
		const away = phaseAt(this.#away, atMs) === 'away';
		let verdict = this.#withoutRules(atMs);
		const tariff = this.#outlook.at(atMs);
		if (!away) {
			for (const rule of this.rules) verdict = this.#warmedUp(verdict, rule, atMs, tariff);
		}
		for (const rule of this.rules) {
			if (away && (rule.limit ?? 'at_most') !== 'at_most') continue;
			if (applies(rule, tariff)) verdict = this.#limited(verdict, rule, tariff);
		}
		return verdict;
	}

	/** Every instant after `fromMs`, and not after `toMs`, at which the verdict may change, in order. */
	edges(fromMs: number, toMs: number): number[] {
		const found = new Set<number>(this.#week?.changes(fromMs, toMs));
		if (this.#away !== undefined) {
			for (const atMs of [this.#away.fromMs, warmUpMs(this.#away), this.#away.untilMs ?? Infinity]) found.add(atMs);
		}
		if (this.rules.length > 0) {
			const leads = [0, ...this.rules.map(({ preheat }) => (preheat?.minutes ?? 0) * 60_000)];
			const farthest = Math.max(...leads);
			for (const edgeMs of this.#outlook.edges(fromMs, toMs + farthest)) {
				for (const leadMs of leads) found.add(edgeMs - leadMs);
			}
		}
		return [...found].filter((atMs) => atMs > fromMs && atMs <= toMs).sort((one, other) => one - other);
	}

	/** The next instant at which the order will be another one, as far as is known, and that order. */
	next(atMs: number): { readonly atMs: number; readonly order: Order | undefined } | undefined {
		const { order } = this.at(atMs);
		for (const edgeMs of this.edges(atMs, atMs + HORIZON_MS)) {
			const then = this.at(edgeMs);
			if (then.order !== order) return { atMs: edgeMs, order: then.order };
		}
		return undefined;
	}

	/** What is foreseen from one instant to another, without a gap; neighbours differ. */
	spans(fromMs: number, toMs: number): PlanSpan[] {
		const spans: PlanSpan[] = [];
		const cuts = [fromMs, ...this.edges(fromMs, toMs - 1), toMs];
		for (const [index, startMs] of cuts.entries()) {
			const endMs = cuts[index + 1];
			if (endMs === undefined) break;
			const verdict = this.at(startMs);
			const last = spans.at(-1);
			if (last !== undefined && isSame(last.verdict, verdict)) spans[spans.length - 1] = { ...last, toMs: endMs };
			else spans.push({ fromMs: startMs, toMs: endMs, verdict });
		}
		return spans;
	}

	/** Programme and absence. */
	#withoutRules(atMs: number): Verdict {
		const programme = this.#week?.at(atMs);
		const said: Verdict =
			programme === undefined ? {} : { order: programme, why: 'programme', programme: this.programme?.id };
		const away = this.#away;
		const phase = phaseAt(away, atMs);
		if (away === undefined || phase === 'none' || phase === 'planned') return said;
		const base = programme ?? this.#standing;
		const order = phase === 'away' ? lowerOrder(base, away.order) : this.#onReturn(base, away.untilMs ?? atMs);
		if (order === programme) return said;
		return { ...said, order, why: phase === 'away' ? 'absence' : 'return', forMs: away.untilMs };
	}

	/** What the house shall be like at the return; a water heater without a programme is on, so that there is hot water. */
	#onReturn(base: Order, untilMs: number): Order {
		const then = this.#week?.at(untilMs) ?? (this.circuit.kind === 'water_heater' ? 'comfort' : this.#standing);
		return higherOrder(base, then);
	}

	get #standing(): Order {
		return this.circuit.standing ?? 'comfort';
	}

	/** Before a time at which the rule would take something away from what programme and absence say. */
	#warmedUp(verdict: Verdict, rule: TariffRule, atMs: number, tariff: TariffAt): Verdict {
		const { preheat } = rule;
		if (preheat === undefined || applies(rule, tariff)) return verdict;
		const edges = this.#outlook.edges(atMs, atMs + preheat.minutes * 60_000);
		const dearMs = edges.find((edgeMs) => applies(rule, this.#outlook.at(edgeMs)));
		if (dearMs === undefined) return verdict;
		const then = this.#withoutRules(dearMs);
		if (!raises(limited(rule, then.order ?? this.#standing), then.order ?? this.#standing)) return verdict;
		const order = higherOrder(verdict.order ?? this.#standing, preheat.order ?? 'comfort');
		if (order === (verdict.order ?? this.#standing)) return verdict;
		return { programme: verdict.programme, order, why: 'preheat', rule: rule.id, forMs: dearMs };
	}

	#limited(verdict: Verdict, rule: TariffRule, { period, today, tomorrow }: TariffAt): Verdict {
		const before = verdict.order ?? this.#standing;
		const order = limited(rule, before);
		if (order === before) return verdict;
		const colour = rule.when.today === undefined && rule.when.tomorrow !== undefined ? tomorrow : today;
		return { programme: verdict.programme, order, why: 'rule', rule: rule.id, period, colour };
	}
}

/** Whether all that a rule asks for is known to hold. */
function applies({ when: { period, today, tomorrow } }: TariffRule, tariff: TariffAt): boolean {
	const holds = <Word>(wanted: readonly Word[] | undefined, is: Word | undefined): boolean =>
		wanted === undefined || (is !== undefined && wanted.includes(is));
	return holds(period, tariff.period) && holds(today, tariff.today) && holds(tomorrow, tariff.tomorrow);
}

function limited({ limit = 'at_most', order }: TariffRule, before: Order): Order {
	if (limit === 'exactly') return order;
	return limit === 'at_most' ? lowerOrder(before, order) : higherOrder(before, order);
}

function isSame(one: Verdict, other: Verdict): boolean {
	return (
		one.order === other.order && one.why === other.why && one.programme === other.programme && one.rule === other.rule
	);
}
