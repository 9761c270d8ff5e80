import { defaultSettings } from '@pilotwire/shedding';
import type { Figure } from '../figure.ts';
import { FLOOR, ours, rivals } from './scenario.ts';
import type { Row } from './table.ts';

/** A rule over all houses. */
interface Total {
	readonly rule: string;
	readonly openings: number;
	readonly openingsWithOursOn: number;
	readonly degreeHours: number;
	readonly excess: number;
	readonly switchings: number;
	readonly longestWaitS: number;
	readonly longestWaitWithRoomS: number;
}

/** The goals, over all rows of the table. */
export function goals(rows: readonly Row[]): Figure[] {
	const totals = [FLOOR, ...ours, ...rivals].flatMap((rule) => totalOf(rows, rule));
	const of = (rule: string): Total | undefined => totals.find((total) => total.rule === rule);
	// An opening with none of the circuits on is nobody's: a rival that has only such ones stays the yardstick.
	const peers = totals.filter(
		({ rule, openingsWithOursOn }) => (rivals as readonly string[]).includes(rule) && openingsWithOursOn === 0,
	);
	const best = peers.sort((a, b) => a.excess - b.excess)[0];
	const floor = of(FLOOR);
	const figures = ours.flatMap((rule) => {
		const own = of(rule);
		return own === undefined || floor === undefined ? [] : ownGoals(own, best, floor);
	});
	const [strict, tolerant] = [of('strict'), of('tolerant')];
	if (strict === undefined || tolerant === undefined) return figures;
	return [
		...figures,
		goal('tolerant: degree-hours beside strict', ratio(tolerant.degreeHours, strict.degreeHours), 'x', 1),
		goal('tolerant: switchings beside strict', ratio(tolerant.switchings, strict.switchings), 'x', 1),
	];
}

function ownGoals(own: Total, best: Total | undefined, floor: Total): Figure[] {
	const { rule } = own;
	const comfort =
		best === undefined
			? goal(`${rule}: degree-hours beside the optimum`, ratio(own.degreeHours, floor.degreeHours), 'x', 1.15)
			: goal(`${rule}: degree-hours over the optimum, beside ${best.rule}`, ratio(own.excess, best.excess), 'x', 0.5);
	const peers =
		best === undefined
			? []
			: [goal(`${rule}: switchings beside ${best.rule}`, ratio(own.switchings, best.switchings), 'x', 0.5)];
	return [
		goal(`${rule}: openings with one of our circuits on`, own.openingsWithOursOn, '', 0),
		{ name: `${rule}: all openings, less those of the house without any radiator`, value: own.openings, unit: '' },
		comfort,
		...peers,
		goal(`${rule}: longest single wait`, own.longestWaitS, 's', defaultSettings.maxWaitS),
		goal(`${rule}: the same while there was room`, own.longestWaitWithRoomS, 's', defaultSettings.maxWaitS),
	];
}

function goal(name: string, value: number, unit: string, most: number): Figure {
	return { name, value, unit, goal: { op: '<=', value: most } };
}

const ratio = (value: number, beside: number): number => (beside === 0 ? Number.POSITIVE_INFINITY : value / beside);

function totalOf(rows: readonly Row[], rule: string): Total[] {
	const own = rows.filter((row) => row.rule === rule);
	if (own.length === 0) return [];
	const sum = (of: (row: Row) => number): number => own.reduce((total, row) => total + of(row), 0);
	return [
		{
			rule,
			openings: sum(({ openings }) => openings),
			openingsWithOursOn: sum(({ openingsWithOursOn }) => openingsWithOursOn),
			degreeHours: sum(({ degreeHours }) => degreeHours),
			excess: sum(({ excess }) => excess),
			switchings: sum(({ switchings }) => switchings) / own.length,
			longestWaitS: Math.max(...own.map(({ longestWaitS }) => longestWaitS)),
			longestWaitWithRoomS: Math.max(...own.map(({ longestWaitWithRoomS }) => longestWaitWithRoomS)),
		},
	];
}
