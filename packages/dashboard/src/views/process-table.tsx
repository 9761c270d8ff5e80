// The busiest processes: sorted, searched, and in the order in which somebody holds them.
import type { HostLog } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import { format, t } from '../app/store.ts';
import { type Process, type ProcessColumn, type Sorting, sortingFor, tableOf } from '../core/process-table.ts';
import '../i18n/machines.ts';
import { size } from './machine-figures.tsx';

const columns = [
	['name', 'machines.process.name'],
	['cpuPercent', 'machines.process.cpu'],
	['memoryBytes', 'machines.process.memory'],
	['user', 'machines.process.user'],
	['pid', 'machines.process.pid'],
] as const satisfies readonly (readonly [ProcessColumn, string])[];

interface Props {
	readonly sample: Pick<HostLog, 'processes' | 'processCount'>;
	/** It is of the record, which keeps few. */
	readonly isPast: boolean;
}

/** The card. */
export function ProcessTable({ sample, isPast }: Props) {
	const [sorting, setSorting] = useState<Sorting>({ by: 'cpuPercent', descending: true });
	const [search, setSearch] = useState('');
	const [held, setHeld] = useState<readonly number[]>();
	const [opened, setOpened] = useState<number>();
	const rows = tableOf(sample.processes, sorting, search, held);
	const { whole } = format.value;
	const count = { shown: whole(isPast ? sample.processes.length : rows.length), count: whole(sample.processCount) };
	return (
		<section class="card" aria-labelledby="processes-title">
			<div class="card-head">
				<h2 id="processes-title">{t.value('machines.processes')}</h2>
				<span class="quiet">{t.value(isPast ? 'machines.processes.few' : 'machines.processes.count', count)}</span>
			</div>
			<div class="process-tools">
				<label class="field">
					<span class="quiet">{t.value('machines.processes.filter')}</span>
					<input
						type="search"
						value={search}
						autocomplete="off"
						spellcheck={false}
						onInput={(event) => setSearch(event.currentTarget.value)}
					/>
				</label>
				<label class="check">
					<input
						type="checkbox"
						checked={held !== undefined}
						onChange={() => setHeld(held === undefined ? rows.map(({ pid }) => pid) : undefined)}
					/>
					<span>{t.value('machines.processes.hold')}</span>
				</label>
			</div>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
			<section class="table process-scroll" aria-label={t.value('chart.table')} tabIndex={0}>
				<table>
					<thead>
						<tr>
							{columns.map(([column, word]) => (
								<th
									key={column}
									scope="col"
									aria-sort={sorting.by !== column ? 'none' : sorting.descending ? 'descending' : 'ascending'}
								>
									<button
										type="button"
										onClick={() => {
											setSorting(sortingFor(column, sorting));
											// A new order was asked for: it holds from here.
											if (held !== undefined) {
												const next = tableOf(sample.processes, sortingFor(column, sorting), '');
												setHeld(next.map(({ pid }) => pid));
											}
										}}
									>
										{t.value(word)}
										<span class="sort-sign" aria-hidden="true">
											{sorting.by === column ? (sorting.descending ? '▼' : '▲') : ''}
										</span>
									</button>
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{rows.map((process) => (
							<Row
								key={process.pid}
								process={process}
								open={opened === process.pid}
								onOpen={() => setOpened(opened === process.pid ? undefined : process.pid)}
							/>
						))}
					</tbody>
				</table>
				{rows.length === 0 && <p class="quiet">{t.value('machines.processes.none')}</p>}
			</section>
		</section>
	);
}

interface RowProps {
	readonly process: Process;
	readonly open: boolean;
	readonly onOpen: () => void;
}

function Row({ process, open, onOpen }: RowProps) {
	const { pid, name, user, cpuPercent, memoryBytes, command } = process;
	return (
		<tr>
			<th scope="row">
				<button type="button" class="process" aria-expanded={open} onClick={onOpen}>
					<b>{name}</b>
					<span class={open ? 'mono command command-open' : 'mono command'}>{command}</span>
				</button>
			</th>
			<td data-busy={cpuPercent >= 10}>{`${format.value.upTo1(cpuPercent)} %`}</td>
			<td>{size(memoryBytes)}</td>
			<td>{user}</td>
			<td>{pid}</td>
		</tr>
	);
}
