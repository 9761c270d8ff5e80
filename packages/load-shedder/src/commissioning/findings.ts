/** What a run found, in sentences: what was seen, what to do about it, and what to write into the configuration. */
import type { CommissioningState } from '@pilotwire/contract';
import { isPower } from './attempt.ts';
import type { TrialCircuit } from './circuit.ts';
import type { RunState } from './state.ts';
import { verdict } from './turns.ts';
import type { Verdict } from './verdict.ts';

export type Finding = CommissioningState['findings'][number];

/** A circuit with what it turned out to be. */
interface Tried {
	readonly circuit: TrialCircuit;
	readonly verdict: Verdict;
}

type Drawing = Tried & { readonly verdict: { readonly seen: NonNullable<Verdict['seen']> } };

/** A swap is looked for among powers that the meter tells apart by this, VA. */
const TOLD_APART_VA = 100;
/** Powers are said to this, W. */
const ROUND_W = 10;

/** What a circuit showed, in a sentence. */
export function sentenceOf({ circuit, verdict: { outcome, seen, failed, tries } }: Tried): string {
	const power = seen === undefined ? '' : `${rounded(seen.powerVA)} VA on phase ${seen.phase}`;
	switch (outcome) {
		case 'fine':
			return `draws ${power}`;
		case 'power':
			return `draws ${power}, where ${circuit.powerVA} W are configured`;
		case 'phase':
			return `draws ${power}, configured on phase ${circuit.phase}`;
		case 'several_phases':
			return `draws ${power}, and as much on phase ${seen?.alsoPhases.join(' and ')}`;
		case 'silent':
			return circuit.roomC === undefined
				? 'the load stays the same, whatever it is told'
				: `the load stays the same, whatever it is told (its room has ${circuit.roomC.toFixed(1)} °C)`;
		case 'off_heats':
			return `draws ${power}, also when it is told off`;
		case 'frost_heats':
			return `draws ${power} when it is told frost_protection, and stops only at off`;
		case 'inverted':
			return `draws ${power} while it is told not to, and stops when it is told to`;
		case 'unsettled':
			if (tries > 1)
				return 'showed something else each time: other appliances switched meanwhile, or its thermostat did';
			return seen === undefined ? 'drew nothing that could be told apart' : `seems to draw ${power}`;
		case 'not_tested':
			return failed === undefined ? 'was not tried' : `was not tried: ${failed}`;
	}
}

/** All that is not as configured. What two circuits explain together is said once. */
export function findingsOf(state: RunState): Finding[] {
	const tried = state.targets.flatMap((id): Tried[] => {
		const circuit = state.circuits.get(id);
		const found = verdict(state, id);
		return circuit === undefined || found === undefined ? [] : [{ circuit, verdict: found }];
	});
	const explained = new Set<string>();
	const together = [...boards(tried, explained), ...swaps(tried, explained), ...pairsOnOneWire(tried, explained)];
	const own = tried.filter(({ circuit }) => !explained.has(circuit.id)).flatMap(ownFinding);
	return [...together, ...own];
}

/** A board all of whose radiators draw on one other phase: its configuration is wrong, not its wires. */
function boards(tried: readonly Tried[], explained: Set<string>): Finding[] {
	const findings: Finding[] = [];
	for (const board of new Set(tried.map(({ circuit }) => circuit.board))) {
		const own = tried.filter(isDrawing).filter(({ circuit }) => board !== undefined && circuit.board === board);
		const [first] = own;
		const phases = new Set(own.map(({ verdict: { seen } }) => seen.phase));
		if (first === undefined || own.length < 2 || phases.size !== 1) continue;
		const [phase] = phases;
		if (phase === first.circuit.phase) continue;
		const address = addressOf(board as string);
		for (const { circuit, verdict: found } of own) {
			if (isPower(found.seen.powerVA, circuit.powerVA, TOLD_APART_VA)) explained.add(circuit.id);
		}
		findings.push({
			kind: 'board_phase',
			circuits: own.map(({ circuit }) => circuit.id),
			text: `All ${own.length} radiators of board ${address} that drew did so on phase ${phase}; it is configured on phase ${first.circuit.phase}.`,
			action: `Correct the phase of the board in boards.modules.`,
			yaml: `boards:\n  modules:\n    - address: ${address}\n      phase: ${phase}`,
		});
	}
	return findings;
}

/**
 * Two of which each draws what the other should, where it should: their wires could be swapped. Where one of them is sure,
 * the other need not be.
 */
function swaps(tried: readonly Tried[], explained: Set<string>): Finding[] {
	const wrong = tried.filter(hasDrawn).filter(({ circuit, verdict: { outcome } }) => {
		return ['power', 'phase', 'unsettled'].includes(outcome) && !explained.has(circuit.id);
	});
	const findings: Finding[] = [];
	for (const [index, one] of wrong.entries()) {
		if (explained.has(one.circuit.id)) continue;
		const others = wrong
			.slice(index + 1)
			.filter(({ circuit, verdict: { settled } }) => !explained.has(circuit.id) && (settled || one.verdict.settled));
		const other = others.find((candidate) => isLike(one, candidate.circuit) && isLike(candidate, one.circuit));
		if (other === undefined) continue;
		explained.add(one.circuit.id).add(other.circuit.id);
		findings.push(swapFinding(one, other));
	}
	return findings;
}

function swapFinding(one: Drawing, other: Drawing): Finding {
	const [a, b] = [one.circuit, other.circuit];
	return {
		kind: 'swapped',
		circuits: [a.id, b.id],
		text: `${a.name} and ${b.name} could be swapped: ${a.name} ${sentenceOf(one)}; ${b.name} ${sentenceOf(other)}.`,
		action: `Give one of them comfort and see which radiator warms. If it is the other's, swap the two wires at the board, or exchange board and wire of ${a.id} and ${b.id}.`,
		yaml: `radiators:\n${[placed(a, b), placed(b, a)].join('\n')}`,
	};
}

/** One draws what both should, the other nothing: both radiators could hang on one wire. */
function pairsOnOneWire(tried: readonly Tried[], explained: Set<string>): Finding[] {
	const findings: Finding[] = [];
	const silent = tried.filter(({ verdict: { outcome } }) => outcome === 'silent');
	for (const one of tried.filter(isDrawing)) {
		if (one.verdict.outcome !== 'power' || explained.has(one.circuit.id)) continue;
		const other = silent.find(({ circuit }) => {
			const bothVA = circuit.powerVA + one.circuit.powerVA;
			const isNear = Math.abs(one.verdict.seen.powerVA - bothVA) <= 0.15 * bothVA;
			return circuit.phase === one.verdict.seen.phase && isNear && !explained.has(circuit.id);
		});
		if (other === undefined) continue;
		explained.add(one.circuit.id).add(other.circuit.id);
		findings.push({
			kind: 'together',
			circuits: [one.circuit.id, other.circuit.id],
			text: `${one.circuit.name} and ${other.circuit.name} could hang on one wire: ${one.circuit.name} ${sentenceOf(one)}, which is both together; for ${other.circuit.name} ${sentenceOf(other)}.`,
			action: `Give ${one.circuit.name} comfort and see whether both radiators warm; if so, connect ${other.circuit.name} to ${placeOf(other.circuit)}; if not, one draws another power and the other nothing: pilotwire commission ${one.circuit.id} ${other.circuit.id}`,
		});
	}
	return findings;
}

function ownFinding(one: Tried): Finding[] {
	const { circuit, verdict: found } = one;
	if (found.outcome === 'fine') return [];
	const text = `${circuit.name} (${placeOf(circuit)}): ${sentenceOf(one)}.`;
	const base = { kind: found.outcome, circuits: [circuit.id], text };
	const yaml = yamlOf(circuit, found);
	return [{ ...base, action: actionOf(circuit, found), ...(yaml === undefined ? {} : { yaml }) }];
}

function actionOf(circuit: TrialCircuit, { outcome, seen }: Verdict): string {
	const isRadiator = circuit.kind === 'radiator';
	switch (outcome) {
		case 'power':
			return 'Write the power that was seen into the configuration; if it is not its rating, look for a second appliance on its line, or an element that has failed.';
		case 'phase':
			return isRadiator
				? `Connect its pilot wire to a board of phase ${seen?.phase} and correct board and wire, or feed it from phase ${circuit.phase}.`
				: 'Correct its phase.';
		case 'several_phases':
			return isRadiator
				? 'Two radiators may hang on its wire, fed by different phases: connect each to a board of its phase.'
				: 'It counts on one phase only: configure the one that carries most, and leave room on the others.';
		case 'silent':
			return isRadiator
				? 'Touch it. Warm although it was held: the signal does not reach it (no signal means comfort), look for a broken wire or a wrong terminal. Cold: its room is warm and its thermostat satisfied (try again when it is cold, or turn the thermostat up), or it has no power (fuse, its own switch).'
				: 'See whether its plug or contactor obeys, whether it has power, and whether it wants any now (warm water, no car).';
		case 'off_heats':
			return isRadiator
				? 'The positive half wave does not reach it: look at its opto-triac and the terminal, or the pin map of the board. Until then it can not be shed.'
				: 'See whether its plug or contactor obeys.';
		case 'frost_heats':
			return 'The negative half wave does not reach it: look at its opto-triac and the terminal, or the pin map of the board. Or its room is under 8 °C, where it has to heat.';
		case 'inverted':
			return isRadiator
				? 'Its wire works the wrong way round: look at activeLow and the pin map of the board.'
				: 'Exchange its payloads for on and off.';
		case 'unsettled':
			return `Try it alone when little else is on: pilotwire commission ${circuit.id}. A radiator that is warm although it was held hears no signal: look for a broken wire.`;
		default:
			return `Try it alone later: pilotwire commission ${circuit.id}`;
	}
}

function yamlOf(circuit: TrialCircuit, { outcome, seen }: Verdict): string | undefined {
	const list = circuit.kind === 'radiator' ? 'radiators' : 'switches';
	if (seen === undefined) return undefined;
	if (outcome === 'power') return `${list}:\n  - id: ${circuit.id}\n    powerW: ${rounded(seen.powerVA)}`;
	if (outcome === 'phase' && list === 'switches') return `${list}:\n  - id: ${circuit.id}\n    phase: ${seen.phase}`;
	return undefined;
}

const hasDrawn = (one: Tried): one is Drawing => one.verdict.seen !== undefined;
const isDrawing = (one: Tried): one is Drawing => hasDrawn(one) && one.verdict.settled;

/** Whether a circuit shows what another is configured as, and not what it is itself. */
function isLike({ verdict: { seen }, circuit }: Drawing, other: TrialCircuit): boolean {
	if (seen.phase !== other.phase || circuit.board === undefined || other.board === undefined) return false;
	return isPower(seen.powerVA, other.powerVA, 0);
}

const placed = ({ id }: TrialCircuit, { board, wire }: TrialCircuit): string =>
	`  - id: ${id}\n    board: ${addressOf(board ?? '')}\n    wire: ${wire}`;

const placeOf = ({ board, wire, id }: TrialCircuit): string =>
	board === undefined ? id : `wire ${wire} of board ${addressOf(board)}`;

/** `1-20` is the board at 0x20. */
function addressOf(board: string): string {
	const [, address] = /-([0-9a-f]{2})$/.exec(board) ?? [];
	return address === undefined ? board : `0x${address}`;
}

const rounded = (powerVA: number): number => Math.round(powerVA / ROUND_W) * ROUND_W;
