// What this browser has watched of a machine: curves to look back through, files to take away, and an end to it.
import { useState } from 'preact/hooks';
import { emptyRecord, exported, keeping, lookAt, past, points } from '../app/machines.ts';
import { format, now, t } from '../app/store.ts';
import { curveOf, KEPT_MS, KEPT_SAMPLES, type Point, pathOf } from '../core/host-record.ts';
import '../i18n/machines.ts';
import { Icon } from './icons.tsx';

const WIDTH = 600;
const HEIGHT = 120;
/** As hot as a Pi may get, °C: the top of the field. */
const TOP_C = 100;

const curves = [
	['cpu', 'machines.cpu', ({ cpu }: Point) => cpu, 100],
	['memory', 'machines.memory', ({ memory }: Point) => memory, 100],
	['heat', 'machines.temperature', ({ temperatureC }: Point) => temperatureC, TOP_C],
] as const;

/** The card. */
export function MachineRecord({ name }: { readonly name: string }) {
	const all = points.value;
	const has = all.length > 1;
	return (
		<section class="card" aria-labelledby="record-title">
			<div class="card-head">
				<h2 id="record-title">{t.value('machines.record')}</h2>
				{has && (
					<span class="quiet">{t.value('machines.record.count', { count: format.value.whole(all.length) })}</span>
				)}
			</div>
			{!keeping.value && <p class="notice">{t.value('machines.record.closed')}</p>}
			{has ? <Field all={all} /> : <p class="quiet">{t.value('machines.record.none')}</p>}
			{has && (
				<div class="machine-tools">
					<SaveButton kind="csv" name={name} />
					<SaveButton kind="jsonl" name={name} />
					<EmptyButton />
				</div>
			)}
			<p class="quiet">
				{t.value('machines.record.hint', {
					count: format.value.whole(KEPT_SAMPLES),
					days: KEPT_MS / 86_400_000,
				})}
			</p>
		</section>
	);
}

function Field({ all }: { readonly all: readonly Point[] }) {
	const last = all.length - 1;
	const found = past.value === undefined ? last : all.findLastIndex(({ atMs }) => atMs <= (past.value?.atMs ?? 0));
	const place = Math.max(0, found);
	const point = all[place];
	const { moment, percent } = format.value;
	const text =
		point === undefined
			? ''
			: t.value('machines.record.at', {
					when: moment(point.atMs, now.value),
					cpu: percent(point.cpu / 100),
					memory: percent(point.memory / 100),
				});
	return (
		<>
			<div class="record-field">
				<svg viewBox={`0 -4 ${WIDTH} ${HEIGHT + 8}`} preserveAspectRatio="none" aria-hidden="true">
					{curves.map(([key, , figure, top]) => (
						<path key={key} class={`curve-${key}`} d={pathOf(curveOf(all, figure, WIDTH / 2, top), WIDTH, HEIGHT)} />
					))}
					{past.value !== undefined && (
						<line class="record-place" x1={(place / last) * WIDTH} x2={(place / last) * WIDTH} y1={0} y2={HEIGHT} />
					)}
				</svg>
				<input
					type="range"
					min={0}
					max={last}
					step={1}
					value={place}
					aria-label={t.value('machines.record.scroll')}
					aria-valuetext={text}
					onInput={(event) => {
						const to = event.currentTarget.valueAsNumber;
						void lookAt(to >= last ? undefined : all[to]?.atMs);
					}}
				/>
			</div>
			<div class="card-foot">
				<span>{text}</span>
				{past.value !== undefined && (
					<button type="button" class="small" onClick={() => void lookAt(undefined)}>
						{t.value('machines.record.now')}
					</button>
				)}
			</div>
			<ul class="legend">
				{curves
					.filter(([, , figure]) => all.some((one) => figure(one) !== undefined))
					.map(([key, word]) => (
						<li key={key}>
							<i class={`key-${key}`} />
							{t.value(word)}
						</li>
					))}
			</ul>
		</>
	);
}

function SaveButton({ kind, name }: { readonly kind: 'csv' | 'jsonl'; readonly name: string }) {
	const save = async (): Promise<void> => {
		const address = URL.createObjectURL(await exported(kind));
		const link = document.createElement('a');
		link.href = address;
		link.download = `${name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')}.${kind}`;
		link.click();
		URL.revokeObjectURL(address);
	};
	return (
		<button type="button" class="small with-icon" onClick={() => void save()}>
			<Icon name="download" />
			{t.value(`machines.record.${kind}`)}
		</button>
	);
}

/** Asks once more: what is forgotten does not come back. */
function EmptyButton() {
	const [sure, setSure] = useState(false);
	return (
		<button
			type="button"
			class="small"
			data-sure={sure}
			onBlur={() => setSure(false)}
			onClick={() => {
				if (sure) void emptyRecord();
				setSure(!sure);
			}}
		>
			{t.value(sure ? 'machines.record.empty.sure' : 'machines.record.empty')}
		</button>
	);
}
