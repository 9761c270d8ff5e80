import { decodeStatus, loadFact, type PhaseNumber, type TicFrame, type TicGroup } from '@pilotwire/teleinfo';
import {
	contradictsDownwards,
	contradictsUpwards,
	type Finding,
	highestVA,
	implausible,
	type LoadRules,
} from './rules.ts';

/** A figure that waits for the end of its frame: whether the house feeds in comes after it. */
interface Held {
	readonly label: string;
	readonly phase: PhaseNumber;
	readonly apparentPowerVA: number;
}

/**
 * The load in standard mode: SINSTS in single phase, SINSTS1-3 in three. IRMS x URMS checks it and takes its place only
 * where it can't be true and the house draws: IRMS is unsigned, so a house that feeds 5 A in shows IRMS1 5 and SINSTS 0.
 *
 * That the house feeds in is said behind SINSTS (SINSTI, STGE bit 9). A SINSTS far below IRMS x URMS therefore waits for
 * the end of its frame, unless the frame before already said so. One far above it is replaced at once.
 */
export class StandardRules implements LoadRules {
	readonly #nominalV: number;
	#phases: 1 | 3 | undefined;
	/** Power fed in, as SINSTI said last; and what STGE bit 9 said last. */
	#injectedVA = 0;
	#energyNegative = false;
	readonly #currents = new Map<PhaseNumber, number>();
	readonly #voltages = new Map<PhaseNumber, number>();
	#limits: { referenceKVA?: number; breakingKVA?: number } = {};
	#held: Held[] = [];
	#total: Held | undefined;
	#disturbed = true;

	constructor(nominalV: number, phases?: 1 | 3) {
		this.#nominalV = nominalV;
		this.#phases = phases;
	}

	group(group: TicGroup): Finding[] {
		const { label } = group;
		const counted = this.#count(label);
		if (label === 'STGE') return this.#status(group.data);
		const fact = loadFact(group);
		switch (fact?.kind) {
			case 'current':
				this.#currents.set(fact.phase, fact.currentA);
				return counted;
			case 'voltage':
				this.#voltages.set(fact.phase, fact.voltageV);
				return counted;
			case 'referencePower':
			case 'breakingPower':
				return this.#limit(fact.kind, fact.powerKVA);
			case 'totalPower':
				return this.#totalPower({ label, phase: 1, apparentPowerVA: fact.apparentPowerVA });
			case 'phasePower':
				// The pilot series says SINST1 where the specification says SINSTS, on single-phase meters too.
				if (label === 'SINST1')
					return this.#totalPower({ label, phase: 1, apparentPowerVA: fact.apparentPowerVA }, true);
				return [...counted, ...this.#judge({ label, phase: fact.phase, apparentPowerVA: fact.apparentPowerVA })];
			case 'injectedPower':
				this.#injectedVA = fact.apparentPowerVA;
				return [];
			default:
				return [];
		}
	}

	frame({ complete }: Pick<TicFrame, 'complete'>): Finding[] {
		const findings: Finding[] = [];
		if (complete && this.#currents.has(1) && !this.#currents.has(2)) findings.push(...this.#become(1));
		if (this.#phases === 1 && this.#total !== undefined) findings.push(...this.#judge(this.#total));
		for (const held of this.#held) findings.push(...this.#settle(held));
		this.#clear();
		this.#disturbed = false;
		return findings;
	}

	disturbed(): void {
		this.#disturbed = true;
	}

	interrupted(): void {
		this.#clear();
		this.#disturbed = true;
	}

	get #feedsIn(): boolean {
		return this.#injectedVA > 0 || this.#energyNegative;
	}

	/** Labels of phases 2 and 3, and SINSTS1, exist on three-phase meters only. */
	#count(label: string): Finding[] {
		return /^(?:(?:IRMS|URMS|SINSTS?)[23]|SINSTS1)$/.test(label) ? this.#become(3) : [];
	}

	#become(phases: 1 | 3): Finding[] {
		this.#phases = phases;
		return [{ kind: 'phases', count: phases }];
	}

	/** SINSTS: the load itself in single phase. An undisturbed frame that had IRMS1 and no IRMS2 is a single-phase one. */
	#totalPower(total: Held, perPhase = false): Finding[] {
		const single = !this.#disturbed && this.#currents.has(1) && this.#voltages.has(1) && !this.#currents.has(2);
		const counted = single && this.#phases === undefined ? this.#become(1) : [];
		if (this.#phases === 1 || (perPhase && this.#phases === 3)) return [...counted, ...this.#judge(total)];
		if (this.#phases === undefined) this.#total = total;
		return counted;
	}

	#judge(held: Held): Finding[] {
		const { label, phase, apparentPowerVA } = held;
		const currentA = this.#currents.get(phase);
		const voltageV = this.#voltages.get(phase) ?? this.#nominalV;
		const mostVA = highestVA(this.#phases ?? 1);
		const above = currentA !== undefined && contradictsUpwards(apparentPowerVA, currentA, voltageV);
		if (apparentPowerVA > mostVA || above) {
			const expected = above ? `a power that fits ${currentA} A x ${voltageV} V` : `at most ${mostVA} VA`;
			const refused = implausible(label, expected, `${apparentPowerVA} VA`);
			return this.#feedsIn ? [refused] : [refused, ...this.#fromCurrent(phase)];
		}
		const below = currentA !== undefined && contradictsDownwards(apparentPowerVA, currentA, voltageV);
		if (!below || this.#feedsIn) return [this.#load(held)];
		this.#held.push(held);
		return [];
	}

	/** The end of the frame: now it is known whether the house feeds in. */
	#settle(held: Held): Finding[] {
		if (this.#feedsIn) return [this.#load(held)];
		const currentA = this.#currents.get(held.phase) ?? 0;
		const refused = implausible(held.label, `a power that fits ${currentA} A`, `${held.apparentPowerVA} VA`);
		return [refused, ...this.#fromCurrent(held.phase)];
	}

	#load({ label, phase, apparentPowerVA }: Held): Finding {
		const currentA = this.#currents.get(phase);
		const drawn = currentA !== undefined && !this.#feedsIn;
		return { kind: 'load', phase, apparentPowerVA, label, ...(drawn ? { currentA } : {}) };
	}

	#fromCurrent(phase: PhaseNumber): Finding[] {
		const currentA = this.#currents.get(phase);
		if (currentA === undefined) return [];
		const apparentPowerVA = currentA * (this.#voltages.get(phase) ?? this.#nominalV);
		if (apparentPowerVA > highestVA(this.#phases ?? 1)) return [];
		return [{ kind: 'load', phase, apparentPowerVA, currentA, label: `IRMS${phase}` }];
	}

	/** PCOUP, where the breaker begins to count, can stand below PREF: the stricter of the two is the limit. */
	#limit(kind: 'referencePower' | 'breakingPower', powerKVA: number): Finding[] {
		if (powerKVA === 0) return [];
		if (kind === 'referencePower') this.#limits.referenceKVA = powerKVA;
		else this.#limits.breakingKVA = powerKVA;
		const { referenceKVA = powerKVA, breakingKVA = powerKVA } = this.#limits;
		return [{ kind: 'limit', apparentPowerVA: Math.min(referenceKVA, breakingKVA) * 1_000, per: 'meter' }];
	}

	#status(stge: string): Finding[] {
		const status = decodeStatus(stge);
		if (status === undefined) return [];
		this.#energyNegative = status.activeEnergyNegative;
		return [{ kind: 'alert', phase: 'any', alert: status.aboveReferencePower && !this.#feedsIn }];
	}

	#clear(): void {
		this.#currents.clear();
		this.#voltages.clear();
		this.#held = [];
		this.#total = undefined;
	}
}
