import { loadFact, missingPhases, type PhaseNumber, type TicFrame, type TicGroup } from '@pilotwire/teleinfo';
import {
	contradictsDownwards,
	contradictsUpwards,
	type Finding,
	highestA,
	highestVA,
	implausible,
	type LoadRules,
} from './rules.ts';

/** A subscription of n kVA is n x 5 A of ISOUSC: the volts that an ampere of it stands for (CPT_02E). */
const SUBSCRIPTION_V = 200;
/** How far the mains may stand from its nominal voltage (EN 50160). */
const VOLTAGE_BAND = 0.1;
/** From this current on, what rounding to a whole ampere takes or adds is less than the voltage band. A. */
const TELLS_VOLTAGE_A = 10;

/**
 * The load in historic mode. IINST comes first and is rounded to the nearest ampere, so that IINST x voltage is right to
 * half an ampere (115 VA) either way; PAPP, 0.2 s later, says it to 10 VA. While IINST stays the same, the finer
 * figure of the frame before is the better estimate and stands; when it changes, it is multiplied by the voltage that
 * PAPP showed, never by less than the nominal one, so that the estimate errs towards too much.
 *
 * PAPP is 0 while the house feeds in: then IINST, ADPS and ADIRn are fed-in current, and nothing is said before PAPP is.
 */
export class HistoricRules implements LoadRules {
	readonly #nominalV: number;
	#voltageV: number;
	#phases: 1 | 3 | undefined;
	#feedingIn = false;
	/** Currents of this frame. */
	readonly #currents = new Map<PhaseNumber, number>();
	/** The finest figure known for a phase, and the current it was said with. */
	readonly #finest = new Map<PhaseNumber, { currentA: number; apparentPowerVA: number }>();
	/** Alerts of this frame, with their current. */
	readonly #alerts = new Map<PhaseNumber, number>();
	readonly #standing = new Set<PhaseNumber>();
	#longBefore = false;

	constructor(nominalV: number) {
		this.#nominalV = nominalV;
		this.#voltageV = nominalV;
	}

	group(group: TicGroup): Finding[] {
		if (group.label === 'PPOT') return [{ kind: 'missing', phases: missingPhases(group.data) }];
		const fact = loadFact(group);
		switch (fact?.kind) {
			case 'subscribedCurrent':
				if (fact.currentA === 0) return [];
				return [{ kind: 'limit', apparentPowerVA: fact.currentA * SUBSCRIPTION_V, per: 'phase' }];
			case 'current':
				return this.#current(group.label, fact.phase, fact.currentA);
			case 'overload':
				return this.#overload(group.label, fact.phase, fact.currentA);
			case 'totalPower':
				return this.#power(fact.apparentPowerVA);
			default:
				return [];
		}
	}

	frame({ form, complete }: Pick<TicFrame, 'form' | 'complete'>): Finding[] {
		const findings: Finding[] = [];
		// ADIRn stands in short frames only, of which 20 go with each long one: one long frame without it proves nothing.
		const proves = complete && (form === 'short' || this.#phases === 1 || this.#longBefore);
		for (const phase of this.#standing) {
			if (!proves || this.#alerts.has(phase)) continue;
			this.#standing.delete(phase);
			findings.push({ kind: 'alert', phase, alert: false });
		}
		if (complete) this.#longBefore = form === 'long';
		this.interrupted();
		return findings;
	}

	/** Nothing to note: only a complete frame proves anything here. */
	disturbed(): void {}

	interrupted(): void {
		this.#currents.clear();
		this.#alerts.clear();
	}

	#current(label: string, phase: PhaseNumber, currentA: number): Finding[] {
		const phases = label === 'IINST' ? 1 : 3;
		this.#phases = phases;
		const known: Finding = { kind: 'phases', count: phases };
		if (currentA > highestA(phases)) return [known, this.#tooMuchCurrent(label, currentA)];
		this.#currents.set(phase, currentA);
		if (this.#feedingIn) return [known];
		return [known, this.#load(label, phase, currentA)];
	}

	#overload(label: string, phase: PhaseNumber, currentA: number): Finding[] {
		const phases = label === 'ADPS' ? 1 : 3;
		this.#phases = phases;
		if (currentA > highestA(phases)) return [this.#tooMuchCurrent(label, currentA)];
		this.#alerts.set(phase, currentA);
		if (this.#feedingIn) return [];
		return [{ kind: 'phases', count: phases }, ...this.#alert(label, phase, currentA)];
	}

	#alert(label: string, phase: PhaseNumber, currentA: number): Finding[] {
		this.#standing.add(phase);
		const alert: Finding = { kind: 'alert', phase, alert: true };
		return this.#currents.get(phase) === currentA ? [alert] : [alert, this.#load(label, phase, currentA)];
	}

	#load(label: string, phase: PhaseNumber, currentA: number): Finding {
		const finest = this.#finest.get(phase);
		const same = finest?.currentA === currentA;
		const apparentPowerVA = same ? finest.apparentPowerVA : Math.round(currentA * this.#voltageV);
		return { kind: 'load', phase, apparentPowerVA, currentA, label };
	}

	/** PAPP: what is drawn on all phases together. */
	#power(apparentPowerVA: number): Finding[] {
		const phases = this.#phases;
		if (phases === undefined) return [];
		if (apparentPowerVA > phases * highestVA(phases)) {
			return [implausible('PAPP', `at most ${phases * highestVA(phases)} VA`, `${apparentPowerVA} VA`)];
		}
		if (apparentPowerVA === 0) return this.#nothingDrawn(phases);
		const held = this.#feedingIn ? [...this.#alerts] : [];
		this.#feedingIn = false;
		const alerts = held.flatMap(([phase, currentA]) =>
			this.#alert(phases === 1 ? 'ADPS' : `ADIR${phase}`, phase, currentA),
		);
		const loads = phases === 1 ? this.#powerOfOne(apparentPowerVA) : this.#powerOfThree(apparentPowerVA);
		return [...alerts, ...loads];
	}

	#nothingDrawn(phases: 1 | 3): Finding[] {
		this.#feedingIn = [...this.#currents.values()].some((currentA) => currentA > 0);
		const all: readonly PhaseNumber[] = phases === 1 ? [1] : [1, 2, 3];
		this.#finest.clear();
		const withdrawn = [...this.#standing].map((phase): Finding => ({ kind: 'alert', phase, alert: false }));
		this.#standing.clear();
		return [...withdrawn, ...all.map((phase): Finding => ({ kind: 'load', phase, apparentPowerVA: 0, label: 'PAPP' }))];
	}

	#powerOfOne(apparentPowerVA: number): Finding[] {
		const currentA = this.#currents.get(1);
		if (currentA === undefined) return [{ kind: 'load', phase: 1, apparentPowerVA, label: 'PAPP' }];
		const voltageV = this.#nominalV;
		if (
			contradictsUpwards(apparentPowerVA, currentA, voltageV) ||
			contradictsDownwards(apparentPowerVA, currentA, voltageV)
		) {
			return [
				implausible('PAPP', `a power that fits IINST ${currentA} A`, `${apparentPowerVA} VA`),
				...this.#restated(),
			];
		}
		if (currentA >= TELLS_VOLTAGE_A) {
			// The lowest voltage that explains both figures, rounding included: of two that do, the nominal one is likelier.
			const lowestV = apparentPowerVA / (currentA + 0.5);
			this.#voltageV = Math.min(Math.max(lowestV, voltageV), voltageV * (1 + VOLTAGE_BAND));
		}
		this.#finest.set(1, { currentA, apparentPowerVA });
		return [{ kind: 'load', phase: 1, apparentPowerVA, currentA, label: 'PAPP' }];
	}

	/** Shares PAPP out in proportion to the currents, where rounding and the voltage explain how far it is from their sum. */
	#powerOfThree(apparentPowerVA: number): Finding[] {
		const currents = [...this.#currents];
		const sumA = currents.reduce((sum, [, currentA]) => sum + currentA, 0);
		if (currents.length < 3 || sumA === 0) return this.#restated();
		const sumVA = sumA * this.#nominalV;
		const toleranceVA = (currents.length * this.#nominalV) / 2 + VOLTAGE_BAND * sumVA;
		if (Math.abs(apparentPowerVA - sumVA) > toleranceVA) return this.#restated();
		return currents.map(([phase, currentA]) => {
			const shareVA = Math.round((apparentPowerVA * currentA) / sumA);
			this.#finest.set(phase, { currentA, apparentPowerVA: shareVA });
			return { kind: 'load', phase, apparentPowerVA: shareVA, currentA, label: 'PAPP' };
		});
	}

	/** What the currents of this frame say, where PAPP does not refine it: also for a house that no longer feeds in. */
	#restated(): Finding[] {
		const label = (phase: PhaseNumber) => (this.#phases === 1 ? 'IINST' : `IINST${phase}`);
		return [...this.#currents].map(([phase, currentA]) => this.#load(label(phase), phase, currentA));
	}

	#tooMuchCurrent(label: string, currentA: number): Finding {
		return implausible(label, `at most ${highestA(this.#phases ?? 1)} A`, `${currentA} A`);
	}
}
