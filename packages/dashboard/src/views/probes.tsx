// Probes and heaters: what each probe measures and when it last did, the thermostats that go by them, and a day's trend.
import type { ProbeState } from '@pilotwire/contract';
import { format, house, link, mayCommand, now, t } from '../app/store.ts';
import { chosen, readNow, savingOf, setRhythm } from '../app/warmth.ts';
import { trueAtMs } from '../core/house.ts';
import { roomName } from '../core/rooms.ts';
import { byName, faultKeys } from '../core/warmth.ts';
import '../i18n/probes.ts';
import '../styles/forms.css';
import '../styles/probes.css';
import { Problem } from './circuit-row.tsx';
import { Fact } from './fact.tsx';
import { Icon } from './icons.tsx';
import { Age } from './parts.tsx';
import { ThermostatCard } from './thermostat-card.tsx';
import { TrendCard } from './trend-card.tsx';
import { Typed } from './typed.tsx';

/** What to type to get a first probe, and a first thermostat. */
const FIND = 'ls /sys/bus/w1/devices';
const PROBE_EXAMPLE = `probes:
  - id: cellar
    source: { oneWire: 28-00000a1b2c3d }`;
const THERMOSTAT_EXAMPLE = `switches:
  - { id: belt, powerW: 35, programme: off,
      output: { topic: zigbee2mqtt/belt/set } }
thermostats:
  - { id: brew, probe: cellar, heats: belt, targetC: 19 }`;

/** The screen. */
export function ProbesScreen() {
	const probes = byName(house.value.probes);
	const thermostats = byName(house.value.thermostats);
	return (
		<>
			<h1 class="screen-title">{t.value('screen.probes')}</h1>
			{thermostats.length > 0 && (
				<>
					{!mayCommand.value && <p class="quiet">{t.value('thermostats.viewer')}</p>}
					<h2 class="section-title">{t.value('thermostats.title')}</h2>
					<div class="warm-cards">
						{thermostats.map(([id, state]) => (
							<ThermostatCard key={id} id={id} state={state} />
						))}
					</div>
				</>
			)}
			{probes.length === 0 ? (
				<NoProbe />
			) : (
				<>
					<h2 class="section-title">{t.value('probes.title')}</h2>
					<div class="warm-cards">
						{probes.map(([id, state]) => (
							<ProbeCard key={id} id={id} state={state} />
						))}
					</div>
					<TrendCard probes={probes} />
				</>
			)}
			{probes.length > 0 && thermostats.length === 0 && (
				<section class="card" aria-labelledby="no-thermostat">
					<h2 id="no-thermostat">{t.value('thermostats.title')}</h2>
					<p class="quiet">{t.value('thermostats.none')}</p>
					<Typed text={THERMOSTAT_EXAMPLE} label={t.value('probes.none.write')} />
				</section>
			)}
		</>
	);
}

function NoProbe() {
	return (
		<section class="card" aria-labelledby="no-probe">
			<h2 id="no-probe">{t.value('probes.none')}</h2>
			<p class="quiet">{t.value('probes.none.hint')}</p>
			<p>{t.value('probes.none.find')}</p>
			<Typed text={FIND} label={t.value('probes.none.find')} />
			<p>{t.value('probes.none.write')}</p>
			<Typed text={PROBE_EXAMPLE} label={t.value('probes.none.write')} />
		</section>
	);
}

function ProbeCard({ id, state }: { readonly id: string; readonly state: ProbeState }) {
	const { name, room, temperatureC, fault, problem, everyS } = state;
	const there = house.value.services.get(state.owner ?? '')?.value !== 'offline' && link.value.kind === 'up';
	const title = `probe-${id}`;
	const where = room === undefined ? undefined : roomName(house.value, room);
	const heardMs = house.value.probes.get(id)?.heardMs;
	return (
		<section class="card" aria-labelledby={title} data-live={there}>
			<div class="card-head">
				<div>
					<h3 id={title}>{name}</h3>
					{where !== undefined && where !== name && <p class="quiet">{t.value('probes.room', { room: where })}</p>}
				</div>
				<p class="warm-figure" data-none={temperatureC === undefined}>
					{temperatureC === undefined ? t.value('probes.nothing') : format.value.celsius(temperatureC)}
				</p>
			</div>
			{!there && <Age live={false} atMs={heardMs} />}
			{(fault !== undefined || problem !== undefined) && (
				<Problem
					text={problem ?? String(fault)}
					word={t.value(fault === undefined ? 'probes.fault.other' : faultKeys[fault])}
				/>
			)}
			<Facts id={id} state={state} />
			<div class="card-foot">
				<button
					type="button"
					class="small with-icon"
					onClick={() => {
						chosen.value = id;
						document.getElementById('trend')?.focus();
					}}
				>
					<Icon name="history" />
					{t.value('trend.show')} <span class="unseen">{name}</span>
				</button>
				{everyS !== undefined && mayCommand.value && <ReadNow id={id} name={name} can={there} />}
			</div>
		</section>
	);
}

/** The rhythms that are offered, s. */
const RHYTHMS_S = [2, 5, 10, 30, 60, 300, 600, 3_600];

const every = (everyS: number): string => {
	const { duration, upTo1 } = format.value;
	const time = everyS < 60 || everyS % 60 === 0 ? duration(everyS * 1_000) : `${upTo1(everyS)} s`;
	return t.value('probes.every.s', { time });
};

/** How often a probe is read, to choose. */
function Rhythm({ id, everyS }: { readonly id: string; readonly everyS: number }) {
	const offered = RHYTHMS_S.includes(everyS) ? RHYTHMS_S : [...RHYTHMS_S, everyS].sort((a, b) => a - b);
	return (
		<select
			class="rhythm"
			aria-label={t.value('probes.every')}
			value={everyS}
			onChange={({ currentTarget }) => void setRhythm(id, Number(currentTarget.value))}
		>
			{offered.map((one) => (
				<option key={one} value={one}>
					{every(one)}
				</option>
			))}
		</select>
	);
}

function Facts({ id, state }: { readonly id: string; readonly state: ProbeState }) {
	const { humidityPercent, pressureHPa, batteryPercent, everyS } = state;
	// A probe that only says when it spoke was right then, where it gave a figure.
	const measuredAt = state.measuredAt ?? (state.temperatureC === undefined ? undefined : state.at);
	const { percent, whole } = format.value;
	return (
		<dl class="facts warm-facts">
			{humidityPercent !== undefined && <Fact name={t.value('probes.humidity')}>{percent(humidityPercent / 100)}</Fact>}
			{pressureHPa !== undefined && <Fact name={t.value('probes.pressure')}>{`${whole(pressureHPa)} hPa`}</Fact>}
			{batteryPercent !== undefined && <Fact name={t.value('probes.battery')}>{percent(batteryPercent / 100)}</Fact>}
			<Fact name={t.value('probes.measured')}>{measuredText(measuredAt)}</Fact>
			<Fact name={t.value('probes.every')}>
				{everyS === undefined ? (
					t.value('probes.every.speaks')
				) : mayCommand.value && link.value.kind === 'up' ? (
					<Rhythm id={id} everyS={everyS} />
				) : (
					every(everyS)
				)}
			</Fact>
		</dl>
	);
}

function measuredText(measuredAt: string | undefined): string {
	if (measuredAt === undefined) return t.value('probes.measured.never');
	const atMs = trueAtMs(house.value, measuredAt);
	const when = format.value.moment(atMs, now.value);
	return t.value('probes.measured.ago', { when, ago: format.value.ago(Math.max(0, now.value - atMs)) });
}

function ReadNow({ id, name, can }: { readonly id: string; readonly name: string; readonly can: boolean }) {
	const state = savingOf('probe', id).state.value;
	return (
		<span class="warm-read">
			<span role="status" class="saving" data-state={state}>
				{state !== 'no' && t.value(`probes.read.${state}`)}
			</span>
			<button type="button" class="small" disabled={!can || state === 'sent'} onClick={() => void readNow(id)}>
				{t.value('probes.read')} <span class="unseen">{name}</span>
			</button>
		</span>
	);
}
