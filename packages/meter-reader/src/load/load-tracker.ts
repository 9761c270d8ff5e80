import type { PhaseNumber, TicEvent, TicMode } from '@pilotwire/teleinfo';
import { HistoricRules } from './historic-rules.ts';
import type { Finding, LoadRules } from './rules.ts';
import { StandardRules } from './standard-rules.ts';

/** What is known of a meter's subscription, worth keeping over a restart: it comes only once in a frame. */
export interface Subscription {
	readonly phases: 1 | 3;
	/** What is allowed on each phase, VA. */
	readonly phaseVA: number;
}

export interface LoadSettings {
	readonly nominalV: number;
	/** A household's own limits, VA: phase 1 first; a single one holds for each phase. */
	readonly limitVA?: readonly number[] | undefined;
}

/** The newest figure of one phase. */
export interface PhaseLoad {
	readonly phase: PhaseNumber;
	/** When it arrived, in the milliseconds passed in. */
	readonly atMs: number;
	readonly apparentPowerVA: number;
	readonly currentA?: number;
	/** The label it comes from. */
	readonly label: string;
	readonly limitVA: number;
	/** Over its limit, by its figure or by the meter's alert. */
	readonly over: boolean;
	readonly alert: boolean;
	/** The phase has no voltage (PPOT). */
	readonly missing: boolean;
}

/** What `take` made of an event. */
export interface Taken {
	/** The load is to be published now. */
	readonly publish: boolean;
	/** Figures that arrived with it. */
	readonly figures: readonly Omit<Figure, 'atMs'>[];
	readonly implausible: readonly Extract<Finding, { kind: 'implausible' }>[];
}

interface Figure {
	readonly phase: PhaseNumber;
	readonly atMs: number;
	readonly apparentPowerVA: number;
	readonly currentA?: number;
	readonly label: string;
}

/** A figure that did not change is published again after this long even where no end of a frame was seen. */
const RENEW_MS = 1_000;

/**
 * The load of one meter, from its groups as they come. Pure: time is passed in. A figure is to be published when it is
 * the first of its phase in a frame, or when it, or its alert, differs from what was published.
 */
export class LoadTracker {
	readonly #settings: LoadSettings;
	#mode: TicMode | undefined;
	#rules: LoadRules | undefined;
	#phases: 1 | 3 | undefined;
	#phaseVA: number | undefined;
	#meterVA: number | undefined;
	readonly #figures = new Map<PhaseNumber, Figure>();
	readonly #alerts = new Set<PhaseNumber | 'any'>();
	#missing: readonly number[] = [];
	/** When each phase was last to be published, in this frame. */
	readonly #renewed = new Map<PhaseNumber, number>();

	constructor(settings: LoadSettings, remembered?: Subscription) {
		this.#settings = settings;
		this.#phases = remembered?.phases;
		this.#phaseVA = remembered?.phaseVA;
	}

	/** What the meter said of its subscription; undefined until it did. */
	get subscription(): Subscription | undefined {
		if (this.#phases === undefined || this.#phaseVA === undefined) return undefined;
		return { phases: this.#phases, phaseVA: this.#phaseVA };
	}

	/** Phases without voltage. */
	get missingPhases(): readonly number[] {
		return this.#missing;
	}

	/** Takes one event of the decoder. */
	take(event: TicEvent, nowMs: number): Taken {
		const findings = this.#findings(event);
		const figures: Figure[] = [];
		let publish = false;
		for (const finding of findings) {
			if (finding.kind === 'load') {
				const { kind: _, ...load } = finding;
				const figure = { ...load, atMs: nowMs };
				figures.push(figure);
				if (this.#takeLoad(figure)) publish = true;
			} else if (this.#takeOther(finding)) publish = true;
		}
		if (event.type === 'frame' || event.type === 'interruption') this.#renewed.clear();
		return { publish, figures, implausible: findings.filter((finding) => finding.kind === 'implausible') };
	}

	/** The load as it stands, without figures older than `maxAgeMs`; undefined where nothing is known of it or its limit. */
	snapshot(nowMs: number, maxAgeMs: number): readonly PhaseLoad[] | undefined {
		const figures = [...this.#figures.values()].filter(({ atMs }) => nowMs - atMs <= maxAgeMs);
		const loads: PhaseLoad[] = [];
		for (const figure of figures.sort((a, b) => a.phase - b.phase)) {
			const limitVA = this.limitVA(figure.phase);
			if (limitVA === undefined) return undefined;
			const alert = this.#alerts.has(figure.phase);
			const over = alert || figure.apparentPowerVA > limitVA;
			loads.push({ ...figure, limitVA, alert, over, missing: this.#missing.includes(figure.phase) });
		}
		return loads.length === 0 ? undefined : this.#withMeterAlert(loads);
	}

	/** What may be drawn on a phase: the stricter of the subscription's share and the household's own limit. VA. */
	limitVA(phase: PhaseNumber): number | undefined {
		const { limitVA: own } = this.#settings;
		const ownVA = own?.[own.length === 1 ? 0 : phase - 1];
		if (ownVA === undefined || this.#phaseVA === undefined) return ownVA ?? this.#phaseVA;
		return Math.min(ownVA, this.#phaseVA);
	}

	/** STGE does not say which phase is over: the one nearest to its limit is taken for it, unless one shows it is. */
	#withMeterAlert(loads: PhaseLoad[]): readonly PhaseLoad[] {
		if (!this.#alerts.has('any') || loads.some(({ alert }) => alert)) return loads;
		const share = ({ apparentPowerVA, limitVA }: PhaseLoad): number => apparentPowerVA / limitVA;
		const worst = loads.reduce((most, load) => (share(load) > share(most) ? load : most));
		return loads.map((load) => (load.over || load === worst ? { ...load, alert: true, over: true } : load));
	}

	#findings(event: TicEvent): readonly Finding[] {
		switch (event.type) {
			case 'group':
				return this.#rulesFor(event.group.mode).group(event.group);
			case 'frame':
				return this.#rulesFor(event.mode).frame(event);
			case 'interruption':
				this.#rules?.interrupted();
				return [];
			case 'error':
				this.#rules?.disturbed();
				return [];
			case 'mode':
				return [];
		}
	}

	#rulesFor(mode: TicMode): LoadRules {
		if (this.#rules === undefined || this.#mode !== mode) {
			const { nominalV } = this.#settings;
			this.#rules = mode === 'historic' ? new HistoricRules(nominalV) : new StandardRules(nominalV, this.#phases);
			this.#mode = mode;
			this.#alerts.clear();
			this.#missing = [];
			this.#meterVA = undefined;
		}
		return this.#rules;
	}

	#takeLoad(figure: Figure): boolean {
		const { phase, atMs } = figure;
		const before = this.#figures.get(phase);
		this.#figures.set(phase, figure);
		const renewedMs = this.#renewed.get(phase);
		const due = renewedMs === undefined || atMs - renewedMs >= RENEW_MS;
		if (!due && before?.apparentPowerVA === figure.apparentPowerVA) return false;
		this.#renewed.set(phase, atMs);
		return true;
	}

	/** Whether what is published changes by it. */
	#takeOther(finding: Exclude<Finding, { kind: 'load' }>): boolean {
		switch (finding.kind) {
			case 'alert': {
				const changes = this.#alerts.has(finding.phase) !== finding.alert;
				if (finding.alert) this.#alerts.add(finding.phase);
				else this.#alerts.delete(finding.phase);
				return changes;
			}
			case 'phases':
				this.#count(finding.count);
				return false;
			case 'limit':
				if (finding.per === 'phase') this.#phaseVA = finding.apparentPowerVA;
				else this.#meterVA = finding.apparentPowerVA;
				this.#share();
				return false;
			case 'missing':
				this.#missing = finding.phases;
				return false;
			case 'implausible':
				return false;
		}
	}

	#count(phases: 1 | 3): void {
		if (this.#phases === phases) return;
		this.#phases = phases;
		if (phases === 1) for (const phase of [2, 3] as const) this.#figures.delete(phase);
		this.#share();
	}

	#share(): void {
		if (this.#meterVA !== undefined && this.#phases !== undefined) this.#phaseVA = this.#meterVA / this.#phases;
	}
}
