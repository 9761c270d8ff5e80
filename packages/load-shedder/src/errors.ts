import { PilotwireError } from '@pilotwire/runtime';

/** A commissioning run that can't begin. */
export function commissioningImpossible(expected: string, received: string, action: string): PilotwireError {
	return new PilotwireError({ code: 'COMMISSIONING_IMPOSSIBLE', expected, received, action });
}

/** A run that isn't under way, or not any more. */
export function commissioningOver(run: string): PilotwireError {
	return new PilotwireError({
		code: 'COMMISSIONING_OVER',
		expected: 'the commissioning run under way',
		received: `run ${run}, which is not`,
		action: 'What the last run found is on commissioning/state; begin another one.',
	});
}
