import type { House } from './config.ts';

type Section = 'radiators' | 'switches';

/**
 * The part of each phase's blind budget that the circuits of one section may use, 0 to 1: blind, actuators can't agree on
 * who draws, so each keeps to its circuits' share of the rated power.
 */
export function blindShareOf(house: Pick<House, 'boards' | 'radiators' | 'switches'>, section: Section) {
	const phaseOf = new Map(house.boards.modules.map(({ address, phase }) => [address, phase]));
	const powers = [
		...house.radiators.map(({ board, powerW }) => ({ of: 'radiators', phase: phaseOf.get(board), powerW })),
		...house.switches.map(({ phase, powerW }) => ({ of: 'switches', phase, powerW })),
	];
	const sumW = (some: typeof powers): number => some.reduce((sum, { powerW }) => sum + powerW, 0);
	const shares = new Map<number, number>();
	for (const phase of [1, 2, 3]) {
		const all = powers.filter((power) => power.phase === phase);
		const mine = all.filter(({ of }) => of === section);
		shares.set(phase, mine.length === 0 ? 0 : sumW(mine) / sumW(all));
	}
	return (phase: number): number => shares.get(phase) ?? 0;
}
