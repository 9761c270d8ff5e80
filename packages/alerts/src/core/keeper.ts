import type { AlertKind } from '@pilotwire/contract';
import { type Alert, type Condition, type Happening, keyOf, type Moment, type Notice, type Verdicts } from './alert.ts';
import type { KindRule } from './kinds.ts';

/** An alert that comes back within this time of its end is patient for twice as long each time. Milliseconds. */
const COMES_BACK_MS = 6 * 3_600_000;
/** Longest time that something must be well before its alert is over, whatever came before. Milliseconds. */
const MOST_PATIENCE_MS = 4 * 3_600_000;
/** Doubling ends there at the latest. */
const MOST_RETURNS = 16;
/** Nothing of this house is wrong in more places; what a foreign client invents beyond it is left out. */
const MOST_ALERTS = 200;

/** How often an alert came back, and when it was last over (ms since 1970). */
interface Return {
	readonly count: number;
	readonly overMs: number;
}

/** What must survive a restart, so that nothing is said twice or forgotten. */
export interface KeptAlerts {
	readonly on: readonly Alert[];
	/** By key. */
	readonly returns: Readonly<Record<string, Return>>;
}

/** What is wrong but not yet for long enough. */
interface Pending {
	readonly kind: AlertKind;
	/** Since when, monotonic ms. */
	readonly sinceMs: number;
	/** Since when nobody says whether it is, monotonic ms. */
	unknownMs: number | undefined;
}

interface Running {
	readonly alert: Alert;
	/** Since when it is well, both clocks; undefined while it isn't. */
	well: Moment | undefined;
	/** Since when nobody says whether it is, monotonic ms. */
	unknownMs: number | undefined;
}

/**
 * Which alerts are on: each begins once what is wrong has held for long enough, and ends once, when it has been well for
 * long enough. Whatever comes and goes is one alert that is slow to end.
 */
export class Keeper {
	readonly #rules: (kind: AlertKind) => KindRule | undefined;
	readonly #pending = new Map<string, Pending>();
	readonly #on = new Map<string, Running>();
	readonly #returns = new Map<string, Return>();

	/** @param rules of each kind; undefined where nobody is to be alerted to it */
	constructor(rules: (kind: AlertKind) => KindRule | undefined, kept: KeptAlerts = { on: [], returns: {} }) {
		this.#rules = rules;
		for (const alert of kept.on) {
			if (rules(alert.kind) !== undefined) this.#on.set(keyOf(alert), { alert, well: undefined, unknownMs: undefined });
		}
		for (const [key, value] of Object.entries(kept.returns)) this.#returns.set(key, value);
	}

	get on(): readonly Alert[] {
		return [...this.#on.values()].map(({ alert }) => alert);
	}

	get kept(): KeptAlerts {
		return { on: this.on, returns: Object.fromEntries(this.#returns) };
	}

	/** Takes what the bus says now; gives what people are to be told. */
	step({ wrong, well }: Verdicts, now: Moment): Notice[] {
		this.#forgetReturns(now);
		const named = new Map(wrong.map((condition) => [keyOf(condition), condition]));
		this.#forgetPending(named, well, now);
		const begun = [...named].flatMap(([key, condition]) => this.#wrong(key, condition, now));
		const ended = [...this.#on].flatMap(([key, running]) => {
			if (named.has(key)) return [];
			return well.has(key) ? this.#well(key, running, now) : this.#unknown(key, running, now);
		});
		return [...begun, ...ended];
	}

	/** Something has been and is over: it is told in one. */
	past({ sinceMs, untilMs, ...subject }: Happening, { wallMs }: Moment): Notice[] {
		const rule = this.#rules(subject.kind);
		if (rule === undefined) return [];
		const alert = { ...subject, id: `${keyOf(subject)} ${sinceMs}`, severity: rule.severity, sinceMs };
		return [{ alert, phase: 'past', atMs: wallMs, untilMs }];
	}

	#wrong(key: string, condition: Condition, now: Moment): Notice[] {
		const running = this.#on.get(key);
		if (running !== undefined) {
			running.well = undefined;
			running.unknownMs = undefined;
			return [];
		}
		const rule = this.#rules(condition.kind);
		if (rule === undefined || condition.isFaint === true) {
			this.#pending.delete(key);
			return [];
		}
		const pendingMs = this.#pending.get(key)?.sinceMs ?? now.monotonicMs;
		const forMs = now.monotonicMs - pendingMs;
		if (forMs < rule.afterS * 1_000) {
			const pending = { kind: condition.kind, sinceMs: pendingMs, unknownMs: undefined };
			if (this.#pending.has(key) || this.#pending.size < MOST_ALERTS) this.#pending.set(key, pending);
			return [];
		}
		if (this.#on.size >= MOST_ALERTS) return [];
		this.#pending.delete(key);
		const { sinceMs, isFaint: _, ...subject } = condition;
		const alert: Alert = {
			...subject,
			id: `${key} ${now.wallMs}`,
			severity: rule.severity,
			// What is said may be of the last time that it came, or lie ahead where a clock was set.
			sinceMs: Math.min(sinceMs ?? now.wallMs, now.wallMs - forMs),
		};
		this.#on.set(key, { alert, well: undefined, unknownMs: undefined });
		return [{ alert, phase: 'begin', atMs: now.wallMs }];
	}

	#well(key: string, running: Running, now: Moment): Notice[] {
		const rule = this.#rules(running.alert.kind);
		running.unknownMs = undefined;
		running.well ??= now;
		const count = this.#returns.get(key)?.count ?? 0;
		const patienceMs = Math.min((rule?.endAfterS ?? 0) * 1_000 * 2 ** count, MOST_PATIENCE_MS);
		if (now.monotonicMs - running.well.monotonicMs < patienceMs) return [];
		this.#on.delete(key);
		this.#noteReturn(key, { count: Math.min(count + 1, MOST_RETURNS), overMs: now.wallMs });
		const untilMs = Math.max(now.wallMs - (now.monotonicMs - running.well.monotonicMs), running.alert.sinceMs);
		return [{ alert: running.alert, phase: 'end', atMs: now.wallMs, untilMs }];
	}

	#unknown(key: string, running: Running, now: Moment): Notice[] {
		running.well = undefined;
		running.unknownMs ??= now.monotonicMs;
		const rule = this.#rules(running.alert.kind);
		if (now.monotonicMs - running.unknownMs < (rule?.forgetS ?? 0) * 1_000) return [];
		this.#on.delete(key);
		return [{ alert: running.alert, phase: 'unknown', atMs: now.wallMs }];
	}

	/** What is well begins anew, and so does what nobody spoke of for as long as it would have had to hold. */
	#forgetPending(named: ReadonlyMap<string, Condition>, well: ReadonlySet<string>, { monotonicMs }: Moment): void {
		for (const [key, pending] of this.#pending) {
			if (named.has(key)) continue;
			pending.unknownMs ??= monotonicMs;
			const unknownForMs = monotonicMs - pending.unknownMs;
			const afterMs = (this.#rules(pending.kind)?.afterS ?? 0) * 1_000;
			if (well.has(key) || unknownForMs >= afterMs) this.#pending.delete(key);
		}
	}

	#noteReturn(key: string, value: Return): void {
		this.#returns.delete(key);
		this.#returns.set(key, value);
		const [oldest] = this.#returns.keys();
		if (this.#returns.size > MOST_ALERTS && oldest !== undefined) this.#returns.delete(oldest);
	}

	/** What stayed well for long begins anew with the least patience. */
	#forgetReturns({ wallMs }: Moment): void {
		for (const [key, { overMs }] of this.#returns) {
			// What is yet to come was said by a clock that was ahead.
			if (!this.#on.has(key) && Math.abs(wallMs - overMs) > COMES_BACK_MS) this.#returns.delete(key);
		}
	}
}
