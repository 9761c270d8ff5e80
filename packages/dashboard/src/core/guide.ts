// The first steps of a new owner, and which of them the house itself says are done.
import type { CommissioningState } from '@pilotwire/contract';
import type { House } from './house.ts';

/** In the order in which one needs the other. */
export const guideSteps = ['meter', 'boards', 'names', 'commissioning', 'people', 'install'] as const;
export type GuideStep = (typeof guideSteps)[number];

/** What the steps are told by. */
export interface GuideFacts {
	readonly house: House;
	readonly run: CommissioningState | undefined;
	/** People with an account; undefined while it is not known. */
	readonly people: number | undefined;
	/** Whether this page runs from the home screen. */
	readonly isInstalled: boolean;
}

/** The steps that are done. */
export function doneSteps({ house, run, people = 0, isInstalled }: GuideFacts): ReadonlySet<GuideStep> {
	const boards = [...house.boards.values()];
	const done: Readonly<Record<GuideStep, boolean>> = {
		meter: [...house.loads.values()].some(({ live }) => live),
		boards: boards.length > 0 && boards.every(({ value }) => value.reachable),
		names: house.circuits.size > 0 && [...house.circuits].every(([id, { value }]) => value.name !== id),
		commissioning: run?.state === 'done',
		people: people > 1,
		install: isInstalled,
	};
	return new Set(guideSteps.filter((step) => done[step]));
}
