// Now: whether all is well, in one sentence and three columns; then who heats, who waits and why; then the last hours.
import { format, fresh, house, now, phaseGauges, t, waiting } from '../app/store.ts';
import { breakerMargin, total } from '../core/gauge.ts';
import { firstMeter, trueAtMs } from '../core/house.ts';
import { heats, sortedCircuits, type WaitingGroup, waitingGroups } from '../core/reasons.ts';
import { ChartCard } from './chart-card.tsx';
import { Gauges } from './gauge.tsx';
import { Glance } from './glance.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Age } from './parts.tsx';
import { nextText } from './reason.tsx';

/** The screen. */
export function NowScreen() {
	const { loadLive, loadAtMs } = fresh.value;
	return (
		<>
			<Headline />
			<section class="card card-gauges" aria-label={t.value('gauge.title')}>
				<Gauges live={loadLive} />
				<p class="card-foot">
					<Margin />
					<Age live={loadLive} atMs={loadAtMs} />
				</p>
			</section>
			<Glance />
			<div class="pair">
				<WaitingCard />
				<HeatingCard />
			</div>
			<ChartCard />
			<MeterCard />
		</>
	);
}

interface Verdict {
	readonly tone: 'calm' | 'waiting' | 'near' | 'over' | 'old';
	readonly text: string;
	readonly icon: IconName;
}

/** The whole screen in one sentence; the worst first. */
function verdict(): Verdict {
	const { loadLive, arriving } = fresh.value;
	const all = phaseGauges.value;
	if (!loadLive) {
		return arriving
			? { tone: 'old', text: t.value('now.arriving'), icon: 'auto' }
			: { tone: 'old', text: t.value('now.stale'), icon: 'away' };
	}
	const single = all.length === 1;
	const over = all.find(({ severity }) => severity === 'over');
	if (over !== undefined) {
		const text = single ? t.value('now.over.single') : t.value('now.over', { phase: over.phase });
		return { tone: 'over', text, icon: 'alert' };
	}
	const missing = all.find(({ severity }) => severity === 'missing');
	if (missing !== undefined) {
		return { tone: 'over', text: t.value('now.missing', { phase: missing.phase }), icon: 'alert' };
	}
	const count = waiting.value.length;
	if (count > 0) {
		const text = count === 1 ? t.value('now.waiting.one') : t.value('now.waiting.other', { count });
		return { tone: 'waiting', text, icon: 'wait' };
	}
	const near = all.find(({ severity }) => severity === 'near');
	if (near !== undefined) {
		const text = single ? t.value('now.near.single') : t.value('now.near', { phase: near.phase });
		return { tone: 'near', text, icon: 'wait' };
	}
	return { tone: 'calm', text: t.value('now.calm'), icon: 'check' };
}

function Headline() {
	const { tone, text, icon } = verdict();
	return (
		<div class="headline" data-tone={tone}>
			<span class="headline-icon">
				<Icon name={icon} />
			</span>
			<div>
				<h1>{text}</h1>
				<Lead />
			</div>
		</div>
	);
}

/** What stands under the sentence: the load of the whole house, and whether shedding is off. */
function Lead() {
	const { loadVA, limitVA } = total(phaseGauges.value);
	if (limitVA === 0) return null;
	const { kva } = format.value;
	const disabled = house.value.shedder?.value.mode === 'disabled';
	const said = t.value('now.total', { load: kva(loadVA), limit: kva(limitVA) });
	return <p class="quiet">{disabled ? `${said} · ${t.value('now.disabled')}` : said}</p>;
}

/** How far the breaker is from opening, on the phase where that is least. */
function Margin() {
	const margin = breakerMargin(phaseGauges.value);
	if (margin === undefined) return null;
	return <span>{t.value('gauge.breaker', { margin: format.value.percent(margin) })}</span>;
}

const groupWords = {
	shed: 'waits.shed',
	turn: 'waits.turn',
	rest: 'waits.turn',
	measuring: 'waits.turn',
	may_rise: 'waits.turn',
	no_load: 'reason.no_load',
	paused: 'reason.paused',
	room: 'waits.room',
	fallback: 'waits.fallback',
	unreachable: 'waits.unreachable',
	programme: 'waits.other',
	override: 'waits.other',
	commissioning: 'waits.other',
	frost_guard: 'waits.other',
} as const;

function WaitingCard() {
	const { circuitsLive } = fresh.value;
	const list = waiting.value;
	return (
		<section class="card" aria-labelledby="waits-title" data-live={circuitsLive}>
			<h2 id="waits-title">
				{t.value('waits.title')} {list.length > 0 && <span class="count">{list.length}</span>}
			</h2>
			{list.length === 0 ? (
				<p class="quiet">{t.value('waits.none')}</p>
			) : (
				<ul class="rows">
					{waitingGroups(list).map((group) => (
						<WaitingRow key={`${group.phase} ${group.why}`} group={group} />
					))}
				</ul>
			)}
			<CircuitsAge />
		</section>
	);
}

/** Radiators that wait for the same thing: the reason once, then each with how long it has waited. */
function WaitingRow({ group: { phase, why, members, nextMs } }: { readonly group: WaitingGroup }) {
	const { duration } = format.value;
	const next = nextText(nextMs);
	return (
		<li class="wait">
			<p class="row-name">
				{phaseGauges.value.length > 1 && `${t.value('gauge.phase', { phase })} · `}
				{t.value(groupWords[why])}
			</p>
			{next !== undefined && <p class="quiet">{next}</p>}
			<ul class="tags tags-quiet">
				{members.map(({ id, circuit, sinceMs }) => (
					<li key={id}>
						{circuit.name} <span class="quiet">{t.value('waits.for', { time: duration(now.value - sinceMs) })}</span>
					</li>
				))}
			</ul>
		</li>
	);
}

function HeatingCard() {
	const { circuitsLive } = fresh.value;
	const list = sortedCircuits(house.value).filter(([, circuit]) => heats(circuit) && circuit.reason !== 'unreachable');
	const powerVA = list.reduce((sum, [, { learnedPowerW, powerW }]) => sum + (learnedPowerW ?? powerW), 0);
	return (
		<section class="card" aria-labelledby="heats-title" data-live={circuitsLive}>
			<h2 id="heats-title">
				{t.value('heats.title')} {list.length > 0 && <span class="count">{list.length}</span>}
			</h2>
			{list.length === 0 ? (
				<p class="quiet">{t.value('heats.none')}</p>
			) : (
				<ul class="tags">
					{list.map(([id, { name }]) => (
						<li key={id}>{name}</li>
					))}
				</ul>
			)}
			{list.length > 0 && <p class="quiet">{t.value('heats.power', { power: format.value.kva(powerVA) })}</p>}
			<CircuitsAge />
		</section>
	);
}

/** Radiators' states hold until they change: their age is told only while nobody would tell a change. */
function CircuitsAge() {
	const { circuitsLive } = fresh.value;
	if (circuitsLive) return null;
	const heard = [...house.value.circuits.values()].map(({ heardMs }) => heardMs);
	return <Age live={false} atMs={heard.length === 0 ? undefined : Math.max(...heard)} />;
}

/** The meter's registers and contract. */
function MeterCard() {
	const reading = firstMeter(house.value.readings);
	if (reading === undefined) return null;
	const { energyWh, drawnEnergyWh, contract, referencePowerKVA, subscribedCurrentA, at } = reading.value;
	const { kwh, whole } = format.value;
	const subscribed =
		referencePowerKVA !== undefined
			? `${whole(referencePowerKVA)} kVA`
			: subscribedCurrentA !== undefined
				? `${whole(subscribedCurrentA)} A`
				: undefined;
	const rows: (readonly [string, string | undefined])[] = [
		[t.value('meter.contract'), contract?.text],
		[t.value('meter.subscribed'), subscribed],
		[t.value('meter.total'), drawnEnergyWh === undefined ? undefined : kwh(drawnEnergyWh)],
		...Object.entries(energyWh)
			.filter(([, wh]) => wh > 0)
			.map(([name, wh]) => [t.value('meter.register', { name }), kwh(wh)] as const),
	];
	const atMs = trueAtMs(house.value, at);
	return (
		<section class="card" aria-labelledby="meter-title">
			<h2 id="meter-title">{t.value('meter.title')}</h2>
			<dl class="facts">
				{rows
					.filter(([, value]) => value !== undefined)
					.map(([name, value]) => (
						<div key={name}>
							<dt>{name}</dt>
							<dd>{value}</dd>
						</div>
					))}
			</dl>
			<Age live={fresh.value.loadLive && now.value - atMs < 15_000} atMs={atMs} />
		</section>
	);
}
