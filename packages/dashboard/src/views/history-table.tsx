// The figures of the history's chart, as a table.
import { signal } from '@preact/signals';
import * as past from '../app/history.ts';
import { format, t } from '../app/store.ts';
import { type Curves, rowsOf, type TableRow } from '../core/curves.ts';
import { FoldedTable } from './data-table.tsx';

const ROWS = 24;
/** A wider table helps nobody; there are so many rooms at most in the table of temperatures. */
const COLUMNS = 12;

/** It stays open while other figures come. */
const opened = signal(false);

interface Props {
	readonly labelOf: (key: string) => string;
	readonly unit: string;
}

/** Closed at first. What was shed is summed up, the rest is averaged, with the highest where there is one. */
export function HistoryTable({ labelOf, unit }: Props) {
	const subject = past.subject.value;
	const all = past.curves.value;
	const before = past.comparedCurves.value;
	const columns = [
		...columnsOf(all, past.highest.value, labelOf),
		...columnsOf(before, past.comparedHighest.value, (key) => t.value('history.table.before', { name: labelOf(key) })),
	];
	const sums = subject === 'shed';
	const step = stepOf(all);
	const kind = sums ? 'history.table.sum' : subject === 'power' ? 'history.table.highest' : 'history.table.average';
	return (
		<FoldedTable
			opened={opened}
			caption={t.value(kind, { unit })}
			heads={[t.value('chart.time'), ...columns.map(({ head }) => head)]}
			rows={() => {
				const figures = columns.map((column) => column.figures());
				return rowsOf(all, ROWS).map(({ fromMs }, row) => ({
					key: fromMs,
					head: format.value.tick(fromMs, all.bucketMs * step),
					cells: figures.map((column) => write(column[row])),
				}));
			}}
		/>
	);
}

const stepOf = ({ timesS }: Curves): number => Math.max(1, Math.ceil(timesS.length / ROWS));

interface Column {
	readonly head: string;
	/** Its figures, row by row. */
	readonly figures: () => readonly (number | null | undefined)[];
}

/** A column for each curve. `peaks`: the highest of the same curves, which count for the power. */
function columnsOf(curves: Curves, peaks: Curves, headOf: (key: string) => string): Column[] {
	const subject = past.subject.value;
	const step = stepOf(curves);
	const figure = ({ means: [mean], highest: [highest] }: TableRow): number | null | undefined => {
		if (subject === 'power') return highest;
		return subject === 'shed' && typeof mean === 'number' ? mean * step : mean;
	};
	return curves.curves.slice(0, COLUMNS).map((curve) => {
		const of = (subject === 'power' && peaks.curves.find(({ key }) => key === curve.key)) || curve;
		return { head: headOf(curve.key), figures: () => rowsOf({ ...curves, curves: [of] }, ROWS).map(figure) };
	});
}

function write(value: number | null | undefined): string {
	if (value === null || value === undefined) return '–';
	return past.subject.value === 'power' ? format.value.kilo(value) : format.value.upTo1(value);
}
