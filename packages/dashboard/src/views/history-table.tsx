// The figures of the history's chart, as a table.
import { signal } from '@preact/signals';
import * as past from '../app/history.ts';
import { format, t } from '../app/store.ts';
import { rowsOf } from '../core/curves.ts';
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
	const sums = subject === 'shed';
	const all = past.curves.value;
	const columns = all.curves.slice(0, COLUMNS);
	const step = Math.max(1, Math.ceil(all.timesS.length / ROWS));
	const write = (value: number | null | undefined): string => {
		if (value === null || value === undefined) return '–';
		return subject === 'power' ? format.value.kilo(value) : format.value.upTo1(value);
	};
	const kind = sums ? 'history.table.sum' : subject === 'power' ? 'history.table.highest' : 'history.table.average';
	return (
		<FoldedTable
			opened={opened}
			caption={t.value(kind, { unit })}
			heads={[t.value('chart.time'), ...columns.map(({ key }) => labelOf(key))]}
			rows={() => {
				const peaks = subject === 'power' ? rowsOf(past.highest.value, ROWS) : [];
				return rowsOf({ ...all, curves: columns }, ROWS).map(({ fromMs, means }, row) => ({
					key: fromMs,
					head: format.value.tick(fromMs, all.bucketMs * step),
					cells: columns.map((_, column) =>
						write(sums ? times(means[column], step) : (peaks[row]?.highest[column] ?? means[column])),
					),
				}));
			}}
		/>
	);
}

const times = (mean: number | null | undefined, count: number): number | null =>
	mean === null || mean === undefined ? null : mean * count;
