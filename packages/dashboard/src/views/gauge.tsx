// A phase as a column of light: it fills to the load, the limit is a line across it, the space above is what is free.
import { format, phaseGauges, t } from '../app/store.ts';
import { GAUGE_TOP, type Gauge, gaugeShare } from '../core/gauge.ts';
import { Icon } from './icons.tsx';

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** The gauges of all phases. `live` false: what they show is old, and they say so by losing their colour. */
export function Gauges({ live }: { readonly live: boolean }) {
	const all = phaseGauges.value;
	return (
		<ul class="gauges" data-count={all.length} data-live={live}>
			{all.map((gauge) => (
				<PhaseGauge key={gauge.phase} gauge={gauge} single={all.length === 1} live={live} />
			))}
		</ul>
	);
}

function PhaseGauge({
	gauge,
	single,
	live,
}: {
	readonly gauge: Gauge;
	readonly single: boolean;
	readonly live: boolean;
}) {
	const { phase, loadVA, limitVA, headroomVA, severity, peakVA } = gauge;
	const { kilo, kva } = format.value;
	const over = headroomVA < 0;
	const described = over
		? t.value('gauge.described.over', { load: kva(loadVA), limit: kva(limitVA), over: kva(-headroomVA) })
		: t.value('gauge.described', { load: kva(loadVA), limit: kva(limitVA), free: kva(headroomVA) });
	const name = single ? t.value('gauge.house') : t.value('gauge.phase', { phase });
	return (
		<li class="gauge" data-severity={live ? severity : 'old'}>
			<h2 class="gauge-name">{name}</h2>
			<div class="gauge-body">
				{/* biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be drawn as a column of lamps */}
				<div
					class="column"
					role="meter"
					aria-label={name}
					aria-valuemin={0}
					aria-valuemax={Math.round(limitVA * GAUGE_TOP)}
					aria-valuenow={Math.round(Math.min(loadVA, limitVA * GAUGE_TOP))}
					aria-valuetext={described}
					style={{ '--level': percent(gaugeShare(loadVA, limitVA)), '--limit': percent(1 / GAUGE_TOP) }}
				>
					<div class="column-lamps" />
					<div class="column-lit" />
					{peakVA !== undefined && peakVA > loadVA && (
						<div class="column-peak" style={{ '--peak': percent(gaugeShare(peakVA, limitVA)) }} />
					)}
					<div class="column-limit" />
				</div>
				<div class="gauge-figures">
					<p class="figure">{kilo(loadVA)}</p>
					<p class="quiet limit">{t.value('gauge.limit', { limit: kva(limitVA) })}</p>
					<p class={over ? 'free free-none' : 'free'}>
						<b>{kilo(Math.abs(headroomVA))}</b> {t.value(over ? 'gauge.overby' : 'gauge.free')}
					</p>
					{single && peakVA !== undefined && <p class="quiet limit">{t.value('gauge.peak', { peak: kva(peakVA) })}</p>}
				</div>
			</div>
			{live && <GaugeWord gauge={gauge} />}
		</li>
	);
}

/** What there is to say beside the figures: near, over, and when the breaker would open. */
function GaugeWord({ gauge: { severity, tripInS } }: { readonly gauge: Gauge }) {
	const said = { near: 'gauge.near', over: 'gauge.over', missing: 'gauge.missing' } as const;
	return (
		<div class="gauge-words">
			{severity !== 'calm' && (
				<p class="badge">
					<Icon name="alert" />
					<span>{t.value(said[severity])}</span>
				</p>
			)}
			{tripInS !== undefined && (
				<p class="trip">{t.value('gauge.trip', { time: format.value.duration(tripInS * 1000) })}</p>
			)}
		</div>
	);
}
