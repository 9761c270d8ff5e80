// Figures as a table: the same under every chart, and wherever figures are compared.
import { type Signal, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../app/store.ts';

/** A row by its first cell, which names it. */
export interface TableRow {
	readonly key: string | number;
	readonly head: ComponentChildren;
	readonly cells: readonly ComponentChildren[];
	/** Set apart from the others; a word in it says why. */
	readonly marked?: boolean;
}

interface TableProps {
	/** What the section is called for people who hear the page. */
	readonly label: string;
	readonly caption?: string | undefined;
	/** One for each column, the first that of the rows' names. */
	readonly heads: readonly string[];
	readonly rows: readonly TableRow[];
}

/** A table that scrolls by itself where it is wider or higher than its place. */
export function DataTable({ label, caption, heads, rows }: TableProps) {
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
		<section class="table-scroll" aria-label={label} tabIndex={0}>
			<table>
				{caption !== undefined && <caption>{caption}</caption>}
				<thead>
					<tr>
						{heads.map((head) => (
							<th key={head} scope="col">
								{head}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map(({ key, head, cells, marked = false }) => (
						<tr key={key} data-marked={marked}>
							<th scope="row">{head}</th>
							{cells.map((cell, column) => (
								<td key={heads[column + 1]}>{cell}</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

interface FoldedProps extends Omit<TableProps, 'label' | 'rows'> {
	readonly rows: () => readonly TableRow[];
	/** Keeps it open while other figures come in the place of these. */
	readonly opened?: Signal<boolean>;
}

/** The figures of a chart, closed at first; rows are made only while it is open. */
export function FoldedTable({ rows, opened, ...table }: FoldedProps) {
	const [own] = useState(() => opened ?? signal(false));
	return (
		<details
			class="table"
			open={own.value}
			onToggle={(event) => {
				own.value = event.currentTarget.open;
			}}
		>
			<summary>{t.value('chart.table')}</summary>
			{own.value && <DataTable label={t.value('chart.table')} rows={rows()} {...table} />}
		</details>
	);
}
