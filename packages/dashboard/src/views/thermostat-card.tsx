// A thermostat: how warm it is against how warm it should be, what it does and why, and what people set.
import type { CircuitState, ThermostatState } from '@pilotwire/contract';
import { useEffect, useState } from 'preact/hooks';
import { command } from '../app/orders.ts';
import { commands, format, house, link, mayCommand, now, t } from '../app/store.ts';
import { savingOf, setThermostat } from '../app/warmth.ts';
import { trueAtMs } from '../core/house.ts';
import { faultKeys, HYSTERESIS, type Mode, modesOf, TARGET } from '../core/warmth.ts';
import { isSwitched } from '../core/words.ts';
import '../i18n/probes.ts';
import { Problem, Progress } from './circuit-row.tsx';
import { CommandSheet } from './command-sheet.tsx';
import { Fact } from './fact.tsx';
import { Icon, type IconName } from './icons.tsx';
import { Age, OrderChip, Segments } from './parts.tsx';
import { Stepper } from './stepper.tsx';

const icons = { rest: 'wait', heat: 'comfort', cool: 'frost_protection' } as const satisfies Record<string, IconName>;
const chips = { rest: 'rest', heat: 'comfort', cool: 'frost_protection' } as const;

interface Props {
	readonly id: string;
	readonly state: ThermostatState;
}

/** One thermostat. */
export function ThermostatCard({ id, state }: Props) {
	const { name, probe, temperatureC, targetC, setC, doing, why, since, waits, problem, heats, cools } = state;
	const [asked, setAsked] = useState<Mode>();
	const there = house.value.services.get('thermostat')?.value !== 'offline' && link.value.kind === 'up';
	const canSet = there && mayCommand.value;
	const saving = savingOf('thermostat', id).state.value;
	useEffect(() => {
		if (saving !== 'sent') setAsked(undefined);
	}, [saving]);
	const title = `thermostat-${id}`;
	const fault = house.value.probes.get(probe)?.value.fault;
	const when = format.value.moment(trueAtMs(house.value, since), now.value);
	return (
		<section class="card thermostat" aria-labelledby={title} data-live={there} data-doing={waits ? 'waits' : doing}>
			<div class="card-head">
				<h3 id={title}>{name}</h3>
				{there ? <Doing state={state} /> : <Age live={false} atMs={house.value.thermostats.get(id)?.heardMs} />}
			</div>
			<div class="warm-pair">
				<div>
					<p class="quiet">{t.value('thermostats.now')}</p>
					<p class="warm-figure" data-none={temperatureC === undefined}>
						{temperatureC === undefined ? t.value('probes.nothing') : format.value.celsius(temperatureC)}
					</p>
				</div>
				<div>
					<p class="quiet">{t.value('thermostats.target')}</p>
					{canSet ? (
						<Stepper
							value={targetC}
							bounds={TARGET}
							label={t.value('thermostats.of', { what: t.value('thermostats.target'), name })}
							busy={saving === 'sent'}
							onSet={(value) => setThermostat(id, { targetC: value })}
						/>
					) : (
						<p class="warm-figure">{format.value.celsius(targetC)}</p>
					)}
				</div>
			</div>
			<p role="status" class="saving" data-state={saving}>
				{saving !== 'no' && t.value(`thermostats.${saving}`)}
			</p>
			<p>
				{t.value(`thermostats.why.${why}`)} <span class="quiet">({t.value('thermostats.since', { when })})</span>
			</p>
			{waits && <p class="row-wanted">{t.value('thermostats.waits.hint')}</p>}
			{setC !== targetC && (
				<p class="quiet">{t.value('thermostats.programme', { target: format.value.celsius(targetC) })}</p>
			)}
			{problem !== undefined && (
				<Problem text={problem} word={t.value(fault === undefined ? 'probes.fault.other' : faultKeys[fault])} />
			)}
			{canSet && (
				<Segments<Mode>
					label={t.value('thermostats.mode')}
					name={`mode-${id}`}
					value={asked ?? state.mode}
					choices={modesOf(state).map((mode) => [mode, t.value(`thermostats.mode.${mode}`)] as const)}
					onChoose={(mode) => {
						setAsked(mode);
						void setThermostat(id, { mode }).then(() => {
							if (savingOf('thermostat', id).state.peek() !== 'sent') setAsked(undefined);
						});
					}}
				/>
			)}
			<ul class="rows">
				{heats !== undefined && <CircuitRow id={heats} label={t.value('thermostats.heats')} />}
				{cools !== undefined && <CircuitRow id={cools} label={t.value('thermostats.cools')} />}
			</ul>
			<Finer id={id} state={state} canSet={canSet} busy={saving === 'sent'} />
		</section>
	);
}

function Doing({ state: { doing, waits } }: { readonly state: ThermostatState }) {
	if (waits) {
		return (
			<span class="chip chip-waits">
				<Icon name="wait" />
				{t.value('thermostats.waits')}
			</span>
		);
	}
	return (
		<span class={`chip chip-${chips[doing]}`}>
			<Icon name={icons[doing]} />
			{t.value(`thermostats.doing.${doing}`)}
		</span>
	);
}

interface FinerProps extends Props {
	readonly canSet: boolean;
	readonly busy: boolean;
}

function Finer({ id, state, canSet, busy }: FinerProps) {
	const { name, mode, hysteresisC, minOnS, minOffS, longestRunS } = state;
	const { duration } = format.value;
	return (
		<details class="finer">
			<summary>{t.value('thermostats.fine')}</summary>
			<div class="warm-finer">
				{canSet && (
					<div>
						<p class="quiet">{t.value('thermostats.hysteresis')}</p>
						<Stepper
							value={hysteresisC}
							bounds={HYSTERESIS}
							label={t.value('thermostats.of', { what: t.value('thermostats.hysteresis'), name })}
							busy={busy}
							onSet={(value) => setThermostat(id, { hysteresisC: value })}
						/>
						<p class="quiet">{t.value('thermostats.hysteresis.hint')}</p>
					</div>
				)}
				<dl class="facts warm-facts">
					{!canSet && <Fact name={t.value('thermostats.mode')}>{t.value(`thermostats.mode.${mode}`)}</Fact>}
					{!canSet && <Fact name={t.value('thermostats.hysteresis')}>{format.value.celsius(hysteresisC)}</Fact>}
					<Fact name={t.value('thermostats.minon')}>{duration(minOnS * 1000)}</Fact>
					<Fact name={t.value('thermostats.minoff')}>{duration(minOffS * 1000)}</Fact>
					{longestRunS !== undefined && (
						<Fact name={t.value('thermostats.longest')}>{duration(longestRunS * 1000)}</Fact>
					)}
				</dl>
			</div>
		</details>
	);
}

/** What it runs, as its actuator says it; by hand too, for a time or for good. */
function CircuitRow({ id, label }: { readonly id: string; readonly label: string }) {
	const [open, setOpen] = useState(false);
	const circuit = house.value.circuits.get(id)?.value;
	const name = circuit?.name ?? id;
	const pending = commands.value.get(id);
	const canOrder = circuit !== undefined && mayCommand.value && link.value.kind === 'up';
	const switched = isSwitched(circuit);
	return (
		<li>
			<div class="row">
				<span class="row-text">
					<span class="quiet">{label}</span>
					<span class="row-name">{name}</span>
					{circuit?.override !== undefined && <span class="quiet">{overrideText(circuit)}</span>}
				</span>
				{circuit !== undefined && <OrderChip order={circuit.inForce} switched={switched} />}
				{canOrder && (
					<button type="button" class="small" aria-haspopup="dialog" onClick={() => setOpen(true)}>
						{t.value('thermostats.hand')} <span class="unseen">{name}</span>
					</button>
				)}
			</div>
			{pending !== undefined && <Progress id={id} pending={pending} canRetry={canOrder} />}
			{open && (
				<CommandSheet
					name={name}
					switched={switched}
					onGive={(given) => void command(id, given)}
					onClose={() => setOpen(false)}
				/>
			)}
		</li>
	);
}

function overrideText({ override }: CircuitState): string {
	if (override?.until === undefined) return t.value('reason.override');
	const until = format.value.moment(trueAtMs(house.value, override.until), now.value);
	return t.value('reason.override.until', { until });
}
