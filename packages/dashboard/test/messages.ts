// Messages as the services publish them, for tests.
import type { CircuitState, LoadState, ShedderState } from '@pilotwire/contract';
import { emptyHouse, type House, hear } from '../src/core/house.ts';

export const T0 = Date.parse('2026-01-15T18:00:00.000Z');
export const at = (ms: number): string => new Date(ms).toISOString();

export const load = (ms: number, va: readonly number[], limitVA = 4_000): LoadState => ({
	at: at(ms),
	over: va.some((one) => one > limitVA),
	phases: va.map((apparentPowerVA, index) => ({
		phase: (index + 1) as 1 | 2 | 3,
		at: at(ms),
		apparentPowerVA,
		limitVA,
		over: apparentPowerVA > limitVA,
		alert: false,
		label: `SINSTS${index + 1}`,
	})),
});

export const circuit = (changes: Partial<CircuitState> = {}): CircuitState => ({
	at: at(T0),
	owner: 'radiator-actuator',
	name: 'Salon',
	kind: 'radiator',
	phase: 1,
	powerW: 1_000,
	priority: 1,
	wanted: 'comfort',
	inForce: 'comfort',
	reason: 'programme',
	since: at(T0),
	programme: 'comfort',
	control: 'lease',
	board: '1-20',
	wire: 1,
	...changes,
});

export const shedder = (ms: number, changes: Partial<ShedderState> = {}): ShedderState => ({
	at: at(ms),
	mode: 'shedding',
	phases: [{ phase: 1, loadVA: 3_500, limitVA: 4_000, headroomVA: 500, predictedVA: 3_500, filterUsed: 0.4 }],
	waiting: [],
	...changes,
});

interface Sent {
	readonly topic: string;
	readonly value?: object | string;
	readonly retained?: boolean;
	readonly heardMs?: number;
}

/** A house after messages, each heard the moment it was said unless it says otherwise. */
export function heard(messages: readonly Sent[], house: House = emptyHouse): House {
	return messages.reduce((before, { topic, value, retained = false, heardMs = T0 }) => {
		const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
		const payload = new TextEncoder().encode(text);
		return hear(before, 'home', { topic: `pilotwire/home/${topic}`, payload, retained, heardMs });
	}, house);
}
