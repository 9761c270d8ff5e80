// A commissioning run in words, and what of it can go into the configuration.
import type { CommissioningState, HouseSections } from '@pilotwire/contract';
import type { Translate } from '../i18n/index.ts';
import { hex } from './house-parts.ts';

type Tried = CommissioningState['circuits'][number];
type Finding = CommissioningState['findings'][number];
type Entry = HouseSections['radiators'][number];

/** What a circuit turned out to be, in a sentence. */
export function triedText(tried: Tried, t: Translate): string {
	const { outcome, seenVA, seenPhase } = tried;
	const seen = seenVA !== undefined;
	if ((outcome === 'off_heats' || outcome === 'unsettled') && !seen) return t(`commissioning.unseen.${outcome}`);
	const figures = { va: seenVA ?? '?', phase: seenPhase ?? '?', watts: tried.powerW, wanted: tried.phase };
	return t(`commissioning.outcome.${outcome}`, figures);
}

/** What a finding says, and what to do about it. */
export function findingText(
	{ kind, circuits }: Finding,
	state: CommissioningState,
	t: Translate,
): { readonly text: string; readonly action: string } {
	const own = circuits.flatMap((id) => state.circuits.filter(({ circuit }) => circuit === id));
	const [first, second] = own;
	const isRadiator = first?.board !== undefined;
	const figures = {
		name: first?.name ?? circuits[0] ?? '?',
		other: second?.name ?? circuits[1] ?? '?',
		count: circuits.length,
		phase: first?.seenPhase ?? '?',
		wanted: first?.phase ?? '?',
		board: boardText(first?.board),
	};
	switch (kind) {
		case 'swapped':
		case 'together':
		case 'board_phase':
			return { text: t(`commissioning.${kind}`, figures), action: t(`commissioning.todo.${kind}`, figures) };
		case 'fine':
			return { text: '', action: '' };
		case 'power':
		case 'frost_heats':
		case 'unsettled':
		case 'not_tested':
			return { text: said(first, t), action: t(`commissioning.todo.${kind}`, figures) };
		default: {
			const action = isRadiator
				? t(`commissioning.radiator.${kind}`, figures)
				: t(`commissioning.switch.${kind}`, figures);
			return { text: said(first, t), action };
		}
	}
}

const said = (tried: Tried | undefined, t: Translate): string =>
	tried === undefined ? '' : `${tried.name}${t('commissioning.colon')} ${triedText(tried, t)}`;

/** `simulator-20` is the board at 0x20. */
export function boardAddress(board: string | undefined): number | undefined {
	const [, digits] = /-([0-9a-f]{2})$/.exec(board ?? '') ?? [];
	return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

function boardText(board: string | undefined): string {
	const address = boardAddress(board);
	return address === undefined ? (board ?? '?') : hex(address);
}

/** A change of the configuration that a finding asks for. */
export type Correction =
	| {
			readonly kind: 'power';
			readonly circuit: string;
			readonly name: string;
			readonly from: number;
			readonly to: number;
	  }
	| {
			readonly kind: 'phase';
			readonly circuit: string;
			readonly name: string;
			readonly from: number;
			readonly to: 1 | 2 | 3;
	  }
	| { readonly kind: 'board'; readonly address: number; readonly from: number; readonly to: 1 | 2 | 3 }
	| { readonly kind: 'swap'; readonly one: Tried; readonly other: Tried };

/** What can be corrected without touching a wire. A radiator's phase is its board's, so that another one needs a hand. */
export function correctionsOf({ findings, circuits }: CommissioningState): Correction[] {
	return findings.flatMap(({ kind, circuits: ids }): Correction[] => {
		const [one, other] = ids.map((id) => circuits.find(({ circuit }) => circuit === id));
		if (one === undefined) return [];
		const { circuit, name, powerW, phase, board, seenVA, seenPhase } = one;
		const address = boardAddress(board);
		if (kind === 'power' && seenVA !== undefined) return [{ kind: 'power', circuit, name, from: powerW, to: seenVA }];
		if (seenPhase !== undefined && kind === 'phase' && board === undefined) {
			return [{ kind: 'phase', circuit, name, from: phase, to: seenPhase }];
		}
		if (seenPhase !== undefined && kind === 'board_phase' && address !== undefined) {
			return [{ kind: 'board', address, from: phase, to: seenPhase }];
		}
		if (kind === 'swapped' && other !== undefined) return [{ kind: 'swap', one, other }];
		return [];
	});
}

/** The sections with these corrections made; what the file doesn't have is left alone. */
export function corrected(sections: HouseSections, corrections: readonly Correction[]): HouseSections {
	return corrections.reduce(withCorrection, sections);
}

function withCorrection(sections: HouseSections, correction: Correction): HouseSections {
	switch (correction.kind) {
		case 'power':
			return inCircuit(sections, correction.circuit, { powerW: correction.to });
		case 'phase':
			return inCircuit(sections, correction.circuit, { phase: correction.to });
		case 'board': {
			const isIt = (entry: Entry): boolean => (entry['address'] ?? 0x20) === correction.address;
			return {
				...sections,
				boards: sections.boards.map((one) => (isIt(one) ? { ...one, phase: correction.to } : one)),
			};
		}
		case 'swap': {
			const { one, other } = correction;
			const placed = inCircuit(sections, one.circuit, placeOf(other));
			return inCircuit(placed, other.circuit, placeOf(one));
		}
	}
}

function placeOf({ board, wire }: Tried): Entry {
	const address = boardAddress(board);
	return { ...(address === undefined ? {} : { board: address }), ...(wire === undefined ? {} : { wire }) };
}

function inCircuit(sections: HouseSections, id: string, change: Entry): HouseSections {
	const into = (entries: readonly Entry[]): Entry[] =>
		entries.map((entry) => (entry['id'] === id ? { ...entry, ...change } : entry));
	return {
		...sections,
		radiators: into(sections.radiators),
		switches: into(sections.switches),
		relays: into(sections.relays),
	};
}
