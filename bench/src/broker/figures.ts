import type { Figure } from '../figure.ts';
import type { Result } from './generator.ts';
import { type Ceiling, type Measured, median, rateOf } from './measure.ts';
import { nameOf } from './rows.ts';

/** At least so many times Mosquitto's throughput, by the version that clients speak. */
const FASTER = { 4: 1.3, 5: 0.8 } as const;
const SLOWER_P99 = 3;
const SIGN_INS = 1_000;

/** What a row says, and its goal. */
export function figuresOf(measured: Measured): Figure[] {
	const { row, ours, mosquitto } = measured;
	const name = nameOf(row);
	const lost = [...ours, ...mosquitto].reduce((sum, { lost: one }) => sum + one, 0);
	const also = lost === 0 ? '' : `, ${lost} lost`;
	switch (row.kind) {
		case 'throughput': {
			if (mosquitto.length === 0) return [{ name, value: rateOf(ours), unit: '/s', note: perSecond(ours) }];
			const value = ratio(measured, ({ messages, seconds }) => messages / seconds);
			const perWork = ratio(measured, ({ messages, watchedS }) => messages / watchedS);
			const note = `${perSecond(ours)} beside ${perSecond(mosquitto)}${also}; by the broker's processor time ${perWork.toFixed(2)} x`;
			const goal = { op: '>=', value: FASTER[row.version] } as const;
			return [{ name, value, unit: 'x', ...(row.aside !== true && { goal }), note }];
		}
		case 'latency':
			return (['p50', 'p99'] as const).map((which) => {
				const of = (result: Result): number => result[`${which}Us`];
				if (mosquitto.length === 0) return { name: `${name}, ${which}`, value: median(ours.map(of)), unit: 'µs' };
				const [own, other] = [median(ours.map(of)), median(mosquitto.map(of))];
				const note = `${own.toFixed(0)} µs beside ${other.toFixed(0)} µs${also}`;
				const value = ratio(measured, of);
				const goal = { op: '<=', value: SLOWER_P99 } as const;
				return { name: `${name}, ${which}`, value, unit: 'x', ...(which === 'p99' && { goal }), note };
			});
		case 'connections': {
			const goal = { op: '>=', value: SIGN_INS } as const;
			return [{ name, value: rateOf(ours), unit: '/s', goal, note: `Mosquitto ${perSecond(mosquitto)}` }];
		}
	}
}

/** Whether the generator was ever what was measured. */
export function ceilingFigures(ceilings: readonly Ceiling[]): Figure[] {
	return ceilings.map(({ name, most, fasterBroker }) => ({
		...{ name: `the generator alone, ${name}`, value: most / fasterBroker, unit: 'x' },
		goal: { op: '>=', value: 1 },
		note: `${thousands(most)}/s, the faster broker ${thousands(fasterBroker)}/s`,
	}));
}

/** The median of the rounds' ratios: both halves of a round met the same machine. */
function ratio({ ours, mosquitto }: Measured, of: (result: Result) => number): number {
	return median(ours.map((one, round) => of(one) / of(mosquitto[round] ?? one)));
}

function perSecond(rounds: readonly Result[]): string {
	if (rounds.length === 0) return 'none';
	const busy = (of: (result: Result) => number): string =>
		`${(100 * median(rounds.map((result) => of(result) / result.seconds))).toFixed(0)} %`;
	return `${thousands(rateOf(rounds))}/s (broker ${busy((one) => one.watchedS)}, generator ${busy((one) => one.ownS)})`;
}

function thousands(value: number): string {
	return value < 10_000 ? value.toFixed(0) : `${(value / 1_000).toFixed(0)}k`;
}
