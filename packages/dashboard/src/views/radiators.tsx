// Radiators by phase, as the board is wired: what each does, why, and an order for one or for all.
import type { CircuitState } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import { command, dismissCommand } from '../app/controller.ts';
import { commands, format, fresh, house, link, mayCommand, now, phaseGauges, t } from '../app/store.ts';
import type { Pending } from '../core/commands.ts';
import { trueAtMs } from '../core/house.ts';
import { problemKey } from '../core/problems.ts';
import { byPhase, explain } from '../core/reasons.ts';
import { orderKeys } from '../core/words.ts';
import { CommandSheet } from './command-sheet.tsx';
import { Icon } from './icons.tsx';
import { Age, OrderChip } from './parts.tsx';
import { reasonText } from './reason.tsx';

/** The screen. */
export function RadiatorsScreen() {
	const [target, setTarget] = useState<string>();
	const phases = byPhase(house.value);
	const name = target === 'all' ? t.value('radiators.all') : house.value.circuits.get(target ?? '')?.value.name;
	return (
		<>
			<h1 class="screen-title">{t.value('screen.radiators')}</h1>
			<p class="quiet">
				{!mayCommand.value
					? t.value('radiators.viewer')
					: link.value.kind === 'down'
						? t.value('radiators.away')
						: undefined}
			</p>
			{mayCommand.value && phases.length > 0 && (
				<button type="button" class="all" disabled={link.value.kind !== 'up'} onClick={() => setTarget('all')}>
					<Icon name="house" />
					<span>
						<b>{t.value('radiators.all')}</b>
						<small>{t.value('radiators.all.hint')}</small>
					</span>
					<Icon name="chevron" />
				</button>
			)}
			{phases.length === 0 && (
				<section class="card">
					<h2>{t.value('radiators.none')}</h2>
					<p class="quiet">{t.value('radiators.none.hint')}</p>
				</section>
			)}
			<div class="boards">
				{phases.map(([phase, circuits]) => (
					<PhaseCard key={phase} phase={phase} alone={phases.length === 1} circuits={circuits} onChange={setTarget} />
				))}
			</div>
			{target !== undefined && name !== undefined && (
				<CommandSheet
					name={name}
					onGive={(given) => void command(target, given)}
					onClose={() => setTarget(undefined)}
				/>
			)}
		</>
	);
}

interface PhaseCardProps {
	readonly phase: number;
	/** The house has one phase: its card needs no number. */
	readonly alone: boolean;
	readonly circuits: readonly (readonly [string, CircuitState])[];
	readonly onChange: (id: string) => void;
}

function PhaseCard({ phase, alone, circuits, onChange }: PhaseCardProps) {
	const { circuitsLive, loadLive } = fresh.value;
	const gauge = loadLive ? phaseGauges.value.find((one) => one.phase === phase) : undefined;
	const heard = circuits.map(([id]) => house.value.circuits.get(id)?.heardMs ?? 0);
	const free =
		gauge === undefined
			? undefined
			: gauge.headroomVA < 0
				? t.value('radiators.full')
				: t.value('radiators.free', { free: format.value.kva(gauge.headroomVA) });
	return (
		<section class="card board" aria-labelledby={`phase-${phase}`} data-live={circuitsLive}>
			<div class="card-head">
				<h2 id={`phase-${phase}`}>{alone ? t.value('gauge.house') : t.value('gauge.phase', { phase })}</h2>
				{circuitsLive ? (
					<span class="quiet" data-severity={gauge?.severity}>
						{free}
					</span>
				) : (
					<Age live={false} atMs={Math.max(...heard)} />
				)}
			</div>
			<ul class="rows">
				{circuits.map(([id, circuit]) => (
					<RadiatorRow key={id} id={id} circuit={circuit} onChange={onChange} />
				))}
			</ul>
		</section>
	);
}

/** What was asked for while something else is in force, and until when. */
function wantedText({ wanted, override }: CircuitState): string {
	const order = t.value(orderKeys[wanted].name);
	if (override?.until === undefined) return t.value('radiators.wanted', { order });
	const until = format.value.moment(trueAtMs(house.value, override.until), now.value);
	return t.value('radiators.wanted.until', { order, until });
}

interface RowProps {
	readonly id: string;
	readonly circuit: CircuitState;
	readonly onChange: (id: string) => void;
}

function RadiatorRow({ id, circuit, onChange }: RowProps) {
	const { name, wanted, inForce, problem } = circuit;
	const pending = commands.value.get(id);
	const canChange = mayCommand.value && link.value.kind === 'up';
	const inside = (
		<>
			<span class="row-text">
				<span class="row-name">{name}</span>
				<span class="quiet">{reasonText(explain(house.value, id, circuit))}</span>
				{wanted !== inForce && <span class="row-wanted">{wantedText(circuit)}</span>}
			</span>
			<OrderChip order={inForce} />
		</>
	);
	return (
		<li class="radiator" data-held={wanted !== inForce}>
			{canChange ? (
				<button
					type="button"
					class="row row-button"
					aria-haspopup="dialog"
					title={t.value('radiators.change', { name })}
					onClick={() => onChange(id)}
				>
					{inside}
				</button>
			) : (
				<div class="row">{inside}</div>
			)}
			{problem !== undefined && <Problem text={problem} />}
			{pending !== undefined && <Progress id={id} pending={pending} canRetry={canChange} />}
		</li>
	);
}

/** What is wrong in the reader's language; the service's own sentence, which is English, for whoever mends it. */
function Problem({ text }: { readonly text: string }) {
	return (
		<div class="problem">
			<p>
				<Icon name="alert" /> {t.value(problemKey(text))}
			</p>
			<details>
				<summary>{t.value('problem.detail')}</summary>
				<p lang="en">{text}</p>
			</details>
		</div>
	);
}

function Progress({
	id,
	pending,
	canRetry,
}: {
	readonly id: string;
	readonly pending: Pending;
	readonly canRetry: boolean;
}) {
	const { progress, command: given } = pending;
	const words = {
		sent: 'command.sent',
		confirmed: 'command.confirmed',
		unconfirmed: 'command.unconfirmed',
		lost: 'command.lost',
		refused: 'command.refused',
	} as const;
	const failed = progress !== 'sent' && progress !== 'confirmed';
	return (
		<div class="progress" data-progress={failed ? 'failed' : progress}>
			<p>
				{progress === 'sent' ? <span class="spin" /> : <Icon name={failed ? 'alert' : 'check'} />}
				{t.value(words[progress], { order: t.value(orderKeys[given.order].name) })}
			</p>
			{failed && (
				<div class="progress-actions">
					{canRetry && (
						<button type="button" class="small" onClick={() => void command(id, given)}>
							{t.value('command.retry')}
						</button>
					)}
					<button type="button" class="small" onClick={() => dismissCommand(id)}>
						{t.value('command.dismiss')}
					</button>
				</div>
			)}
		</div>
	);
}
