// Changes to the programmes and the absence, pending until the planner says them back. It comes with the screen.
import type { Absence, Programme } from '@pilotwire/contract';
import { ask } from './bus.ts';
import { Saving, same } from './saving.ts';
import { house } from './store.ts';

/** A command that lay somewhere for longer is not carried out. Milliseconds. */
const EXPIRES_AFTER_MS = 10_000;

export const saving = new Saving();

/** Asks the planner, which says why where it refuses. */
async function tell(method: string, change: Record<string, unknown>): Promise<void> {
	const expiresAt = new Date(Date.now() - (house.peek().clockAheadMs ?? 0) + EXPIRES_AFTER_MS).toISOString();
	await ask('planner', method, { ...change, expiresAt });
}

/** Saves a programme. */
export function putProgramme(programme: Programme): Promise<void> {
	return saving.save(
		() => tell('programme.put', { programme }),
		({ plans }) => {
			const found = plans?.value.programmes.find(({ id }) => id === programme.id);
			if (found === undefined) return false;
			const { followers: _, ...kept } = found;
			return same(kept, programme);
		},
	);
}

/** Deletes a programme. */
export function deleteProgramme(id: string): Promise<void> {
	return saving.save(
		() => tell('programme.delete', { id }),
		({ plans }) => plans?.value.programmes.every((one) => one.id !== id) === true,
	);
}

/** Everybody is away from now, or from then, until the return. */
export function goAway(absence: Absence): Promise<void> {
	return saving.save(
		() => tell('absence.set', { absence }),
		({ absence: said }) => {
			if (said === undefined || said.value.phase === 'none') return false;
			const until = absence.until === undefined ? undefined : Date.parse(absence.until);
			const told = said.value.until === undefined ? undefined : Date.parse(said.value.until);
			return until === undefined || told === undefined ? until === told : Math.abs(until - told) < 60_000;
		},
	);
}

/** Somebody is back. */
export function comeBack(): Promise<void> {
	return saving.save(
		() => tell('absence.end', {}),
		({ absence }) => absence?.value.phase === 'none',
	);
}
