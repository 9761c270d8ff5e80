import { type ProgrammePreview, type ProgrammesState, topics } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import type { Announcer } from './core/announcer.ts';
import { phaseAt, warmUpMs } from './core/away.ts';
import { CircuitPlan, type Plan, type Verdict } from './core/circuit-plan.ts';
import { sentenceOf } from './core/sentence.ts';
import type { KnownCircuit } from './core/targets.ts';
import { Week } from './core/week.ts';

/** A week has every change of a programme. Milliseconds. */
const WEEK_MS = 8 * 86_400_000;
/** Everything is looked at anew at least this often. Milliseconds. */
const LOOK_MS = 3_600_000;

/** Everything the planner has to say at one moment: each circuit's order, thermostats' targets, programmes and absence. */
export class PlanView {
	readonly #plan: Plan;
	readonly #circuits: readonly CircuitPlan[];
	readonly #nowMs: number;

	constructor(plan: Plan, circuits: readonly KnownCircuit[], nowMs: number) {
		this.#plan = plan;
		this.#circuits = circuits.map((circuit) => new CircuitPlan(plan, circuit));
		this.#nowMs = nowMs;
	}

	/** Until then nothing of it changes by itself. */
	get holdsUntilMs(): number {
		const [fromMs, toMs] = [this.#nowMs, this.#nowMs + LOOK_MS];
		const { away } = this.#plan;
		const edges = [
			...this.#circuits.flatMap((plan) => plan.edges(fromMs, toMs).slice(0, 1)),
			...this.#targets().flatMap(({ week }) => week.changes(fromMs, toMs)),
			...(away === undefined ? [] : [away.fromMs, warmUpMs(away), away.untilMs ?? Infinity]),
		];
		return Math.min(toMs, ...edges.filter((atMs) => atMs > fromMs));
	}

	/** Says all of it. `onWall`: an instant of programmes by this machine's clock, which actuators compare with. */
	publish(announcer: Announcer, onWall: (atMs: number) => number, clock: 'system' | 'meter'): void {
		for (const circuit of this.#circuits) this.#publishOrder(announcer, circuit, onWall);
		announcer.clearOthers(
			topics.programme,
			this.#circuits.map(({ circuit: { id } }) => ({ circuit: id })),
		);
		this.#publishTargets(announcer, onWall);
		const { at: _, ...state } = this.state(clock);
		announcer.say(topics.programmes, {}, state);
		this.#publishAbsence(announcer);
	}

	/** `programmes/state`. */
	state(clock: 'system' | 'meter'): ProgrammesState {
		const { calendar, zones, programmes, rules } = this.#plan;
		const followers = (follows: (plan: CircuitPlan) => boolean): string[] =>
			this.#circuits
				.filter(follows)
				.map(({ circuit }) => circuit.id)
				.sort();
		return {
			at: instantOf(this.#nowMs),
			zone: calendar.zone,
			clock,
			zones: zones.map(({ id, name, rooms, circuits }) => ({ id, name, rooms: [...rooms], circuits: [...circuits] })),
			programmes: programmes.map((one) => ({ ...one, followers: followers(({ programme }) => programme === one) })),
			rules: rules.map((one) => ({ ...one, followers: followers(({ rules: own }) => own.includes(one)) })),
		};
	}

	/** What is foreseen for a circuit, from now to the end of the last of so many days. */
	preview(id: string, days: number): ProgrammePreview {
		const { calendar } = this.#plan;
		let toMs = calendar.next('day', this.#nowMs);
		for (let day = 1; day < days; day += 1) toMs = calendar.next('day', toMs);
		const spans = this.#circuits.find(({ circuit }) => circuit.id === id)?.spans(this.#nowMs, toMs) ?? [];
		return {
			zone: calendar.zone,
			circuit: id,
			spans: spans.map((span) => {
				const { order, why, programme, rule } = span.verdict;
				return { from: instantOf(span.fromMs), to: instantOf(span.toMs), order, why, programme, rule };
			}),
		};
	}

	#publishOrder(announcer: Announcer, plan: CircuitPlan, onWall: (atMs: number) => number): void {
		const { id } = plan.circuit;
		const verdict = plan.at(this.#nowMs);
		const { order, why } = verdict;
		if (order === undefined || why === undefined) {
			announcer.clear(topics.programme, { circuit: id });
			return;
		}
		const next = plan.next(this.#nowMs);
		const said = {
			...{ order, why, ...figuresOf(verdict) },
			sentence: sentenceOf(plan, verdict, this.#plan.calendar),
			...(next?.order === undefined ? {} : { next: next.order }),
		};
		announcer.say(topics.programme, { circuit: id }, said, next && onWall(next.atMs));
	}

	#publishTargets(announcer: Announcer, onWall: (atMs: number) => number): void {
		const said: { thermostat: string }[] = [];
		for (const { programme, thermostat, week } of this.#targets()) {
			const temperatureC = week.at(this.#nowMs);
			if (temperatureC === undefined) continue;
			const nextMs = week
				.changes(this.#nowMs, this.#nowMs + WEEK_MS)
				.sort((one, other) => one - other)
				.find((atMs) => week.at(atMs) !== temperatureC);
			const next = nextMs === undefined ? undefined : week.at(nextMs);
			said.push({ thermostat });
			announcer.say(
				topics.target,
				{ thermostat },
				{ temperatureC, programme, ...(next === undefined ? {} : { next }) },
				nextMs && onWall(nextMs),
			);
		}
		announcer.clearOthers(topics.target, said);
	}

	/** The programmes of thermostats. */
	#targets() {
		const { calendar, programmes } = this.#plan;
		return programmes.flatMap(({ id, for: target, enabled, changes }) => {
			if (enabled === false || target === 'house' || !('thermostat' in target)) return [];
			const week = new Week(calendar, changes, ({ temperatureC }) => temperatureC);
			return [{ programme: id, thermostat: target.thermostat, week }];
		});
	}

	#publishAbsence(announcer: Announcer): void {
		const { away } = this.#plan;
		const phase = phaseAt(away, this.#nowMs);
		if (away === undefined || phase === 'none') {
			announcer.say(topics.absence, {}, { phase: 'none' });
			return;
		}
		const { fromMs, untilMs, order, preheatMin } = away;
		announcer.say(topics.absence, {}, { phase, from: instantOf(fromMs), order, preheatMin }, untilMs);
	}
}

function figuresOf({ programme, rule, forMs, period, colour }: Verdict) {
	return {
		...(programme === undefined ? {} : { programme }),
		...(rule === undefined ? {} : { rule }),
		...(forMs === undefined ? {} : { for: instantOf(forMs) }),
		...(period === undefined ? {} : { period }),
		...(colour === undefined ? {} : { colour }),
	};
}
