import type { TicGroup } from './group.ts';
import { decodeStatus } from './status.ts';

/** A phase of the mains. A single-phase meter has phase 1. */
export type PhaseNumber = 1 | 2 | 3;

/** What one group says of the load or of its limit, alone, before its frame ends. */
export type LoadFact =
	/** Current of a phase, unsigned: a house that feeds in shows it too. */
	| { readonly kind: 'current'; readonly phase: PhaseNumber; readonly currentA: number }
	/** The meter's alert: this phase is over the subscription (ADPS, ADIRn), with the current it saw. */
	| { readonly kind: 'overload'; readonly phase: PhaseNumber; readonly currentA: number }
	/** Apparent power drawn on one phase. */
	| { readonly kind: 'phasePower'; readonly phase: PhaseNumber; readonly apparentPowerVA: number }
	/** Apparent power drawn on all phases together; in single phase the load itself. */
	| { readonly kind: 'totalPower'; readonly apparentPowerVA: number }
	/** Apparent power fed in. */
	| { readonly kind: 'injectedPower'; readonly apparentPowerVA: number }
	| { readonly kind: 'voltage'; readonly phase: PhaseNumber; readonly voltageV: number }
	/** STGE bit 7: above the reference power, on which phase it does not say. */
	| { readonly kind: 'aboveReferencePower'; readonly above: boolean }
	/** ISOUSC: per phase on a three-phase meter. */
	| { readonly kind: 'subscribedCurrent'; readonly currentA: number }
	/** PREF: what was subscribed, all phases together. */
	| { readonly kind: 'referencePower'; readonly powerKVA: number }
	/** PCOUP: where the meter's own breaker begins to count, all phases together. */
	| { readonly kind: 'breakingPower'; readonly powerKVA: number };

type Decode = (data: string) => LoadFact | undefined;

const facts = new Map<string, Decode>([
	['IINST', (data) => ({ kind: 'current', phase: 1, currentA: Number(data) })],
	['ADPS', (data) => ({ kind: 'overload', phase: 1, currentA: Number(data) })],
	['PAPP', (data) => ({ kind: 'totalPower', apparentPowerVA: Number(data) })],
	['SINSTS', (data) => ({ kind: 'totalPower', apparentPowerVA: Number(data) })],
	['SINSTI', (data) => ({ kind: 'injectedPower', apparentPowerVA: Number(data) })],
	['ISOUSC', (data) => ({ kind: 'subscribedCurrent', currentA: Number(data) })],
	['PREF', (data) => ({ kind: 'referencePower', powerKVA: Number(data) })],
	['PCOUP', (data) => ({ kind: 'breakingPower', powerKVA: Number(data) })],
	['STGE', aboveReferencePower],
]);
for (const phase of [1, 2, 3] as const) {
	for (const stem of ['IINST', 'IRMS']) {
		facts.set(stem + phase, (data) => ({ kind: 'current', phase, currentA: Number(data) }));
	}
	for (const stem of ['SINSTS', 'SINST']) {
		facts.set(stem + phase, (data) => ({ kind: 'phasePower', phase, apparentPowerVA: Number(data) }));
	}
	facts.set(`ADIR${phase}`, (data) => ({ kind: 'overload', phase, currentA: Number(data) }));
	facts.set(`URMS${phase}`, (data) => ({ kind: 'voltage', phase, voltageV: Number(data) }));
}

function aboveReferencePower(data: string): LoadFact | undefined {
	const status = decodeStatus(data);
	return status && { kind: 'aboveReferencePower', above: status.aboveReferencePower };
}

/** What this group says of the load or of its limit; undefined where it says nothing of them. */
export function loadFact(group: TicGroup): LoadFact | undefined {
	return facts.get(group.label)?.(group.data);
}

/** Labels that tell how much is drawn, or that too much is: the ones to act upon before the frame ends. */
const loadKinds: ReadonlySet<string> = new Set(
	['IINST', 'ADPS', 'PAPP', 'SINSTS', 'STGE'].concat(
		[1, 2, 3].flatMap((phase) => ['IINST', 'IRMS', 'SINSTS', 'SINST', 'ADIR'].map((stem) => stem + phase)),
	),
);

/** Whether the label says what is drawn now, or that it is too much. */
export function saysLoad(label: string): boolean {
	return loadKinds.has(label);
}
