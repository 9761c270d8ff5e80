import { type ProgrammePreview, type ProgrammesState, topics } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import type { Announcer } from './core/announcer.ts';
import { phaseAt, warmUpMs } from './core/away.ts';
import { CircuitPlan, type Plan, type Verdict } from './core/circuit-plan.ts';
import { sentenceOf } from './core/sentence.ts';
import type { TargetPlan } from './core/target-plan.ts';
import type { KnownCircuit } from './core/targets.ts';

/** Everything is looked at anew at least this often. Milliseconds. */
const LOOK_MS = 3_600_000;

/** What the planner knows and keeps, at one moment. */
interface PlanParts {
	readonly plan: Plan;
	readonly circuits: readonly KnownCircuit[];
	/** One for each thermostat that has a programme, or that an absence may lower. */
	readonly targets: readonly TargetPlan[];
	readonly refused: ProgrammesState['refused'];
	readonly nowMs: number;
}

/** Everything the planner has to say at one moment: each circuit's order, thermostats' targets, programmes and absence. */
export class PlanView {
	readonly #plan: Plan;
	readonly #circuits: readonly CircuitPlan[];
	readonly #targets: readonly TargetPlan[];
	readonly #refused: ProgrammesState['refused'];
	readonly #nowMs: number;

	constructor({ plan, circuits, targets, refused, nowMs }: PlanParts) {
		this.#plan = plan;
		this.#circuits = circuits.map((circuit) => new CircuitPlan(plan, circuit));
		this.#targets = targets;
		this.#refused = refused;
		this.#nowMs = nowMs;
	}

	/** Until then nothing of it changes by itself. */
	get holdsUntilMs(): number {
		const [fromMs, toMs] = [this.#nowMs, this.#nowMs + LOOK_MS];
		const edges = [
			...this.#circuits.flatMap((plan) => plan.edges(fromMs, toMs).slice(0, 1)),
			...this.#targets.flatMap((plan) => plan.changes(fromMs, toMs)),
			...this.#awayEdges,
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
			...(this.#refused === undefined ? {} : { refused: this.#refused }),
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
		for (const plan of this.#targets) {
			const { thermostat } = plan;
			const target = plan.at(this.#nowMs);
			if (target === undefined) continue;
			const next = plan.next(this.#nowMs, this.#awayEdges);
			const { programme, ...figures } = target;
			said.push({ thermostat });
			announcer.say(
				topics.target,
				{ thermostat },
				{
					...figures,
					...(programme === undefined ? {} : { programme }),
					...(next?.temperatureC === undefined ? {} : { next: next.temperatureC }),
				},
				next && onWall(next.atMs),
			);
		}
		announcer.clearOthers(topics.target, said);
	}

	/** When an absence begins, warms up for the return, and ends. */
	get #awayEdges(): readonly number[] {
		const { away } = this.#plan;
		return away === undefined ? [] : [away.fromMs, warmUpMs(away), away.untilMs ?? Infinity];
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
