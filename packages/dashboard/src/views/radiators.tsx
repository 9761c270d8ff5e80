// Radiators by phase, as the board is wired: what each does, why, and an order for one or for all.
import type { CircuitState } from '@pilotwire/contract';
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { command, commandRoom, dismissCommand } from '../app/orders.ts';
import { commands, format, fresh, house, link, mayCommand, now, phaseGauges, t } from '../app/store.ts';
import type { Command, Pending } from '../core/commands.ts';
import { trueAtMs } from '../core/house.ts';
import { problemKey } from '../core/problems.ts';
import { byPhase, explain } from '../core/reasons.ts';
import { type Room, roomName, roomsOf } from '../core/rooms.ts';
import { isSwitched, orderWords } from '../core/words.ts';
import '../i18n/circuits.ts';
import { CommandSheet } from './command-sheet.tsx';
import { Icon } from './icons.tsx';
import { Age, OrderChip, Segments } from './parts.tsx';
import { reasonText } from './reason.tsx';

/** Whom an order is for: one circuit, a room, or all. */
type Target = { readonly circuit: string } | { readonly room: Room } | 'all';

function targetName(target: Target): string {
	if (target === 'all') return t.value('radiators.all');
	if ('room' in target) return roomName(house.value, target.room.id);
	return house.value.circuits.get(target.circuit)?.value.name ?? target.circuit;
}

function give(target: Target, given: Command): void {
	if (target === 'all') void command('all', given);
	else if ('circuit' in target) void command(target.circuit, given);
	else {
		const ids = target.room.circuits.map(([id]) => id);
		void commandRoom(ids, given);
	}
}

/** By phase or by room: what this device showed last. */
const view = signal<'phase' | 'room'>('phase');

/** The screen. */
export function RadiatorsScreen() {
	const [target, setTarget] = useState<Target>();
	const phases = byPhase(house.value);
	const rooms = roomsOf(house.value);
	const onCircuit = (circuit: string): void => setTarget({ circuit });
	const hasRooms = rooms.some(({ id }) => id !== '');
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
			{hasRooms && (
				<Segments
					label={t.value('radiators.view')}
					name="radiators-view"
					value={view.value}
					choices={[
						['phase', t.value('radiators.view.phase')],
						['room', t.value('radiators.view.room')],
					]}
					onChoose={(next) => {
						view.value = next;
					}}
				/>
			)}
			<div class="boards">
				{view.value === 'room' && hasRooms
					? rooms.map((room) => (
							<RoomCard key={room.id} room={room} onChange={onCircuit} onRoom={() => setTarget({ room })} />
						))
					: phases.map(([phase, circuits]) => (
							<PhaseCard
								key={phase}
								phase={phase}
								alone={phases.length === 1}
								circuits={circuits}
								onChange={onCircuit}
							/>
						))}
			</div>
			{target !== undefined && (
				<CommandSheet
					name={targetName(target)}
					switched={
						target !== 'all' && 'circuit' in target && isSwitched(house.value.circuits.get(target.circuit)?.value)
					}
					onGive={(given) => give(target, given)}
					onClose={() => setTarget(undefined)}
				/>
			)}
		</>
	);
}

interface RoomCardProps {
	readonly room: Room;
	readonly onChange: (id: string) => void;
	readonly onRoom: () => void;
}

/** A room: how warm it is, what heats it, and one order for all of that. */
function RoomCard({ room, onChange, onRoom }: RoomCardProps) {
	const { id, circuits, temperatureC } = room;
	const title = `room-${id}`;
	const name = id === '' ? t.value('radiators.room.none') : roomName(house.value, id);
	const several = circuits.length > 1 && id !== '' && mayCommand.value && link.value.kind === 'up';
	return (
		<section class="card board" aria-labelledby={title} data-live={fresh.value.circuitsLive}>
			<div class="card-head">
				<h2 id={title}>{name}</h2>
				{temperatureC !== undefined && <b>{format.value.celsius(temperatureC)}</b>}
			</div>
			<ul class="rows">
				{circuits.map(([circuit, state]) => (
					<RadiatorRow key={circuit} id={circuit} circuit={state} onChange={onChange} />
				))}
			</ul>
			{several && (
				<button type="button" class="small" aria-haspopup="dialog" onClick={onRoom}>
					{t.value('radiators.room', { name })}
				</button>
			)}
		</section>
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
function wantedText(circuit: CircuitState): string {
	const { wanted, override } = circuit;
	const order = t.value(orderWords(wanted, isSwitched(circuit)).name);
	if (override?.until === undefined) return t.value('radiators.wanted', { order });
	const until = format.value.moment(trueAtMs(house.value, override.until), now.value);
	return t.value('radiators.wanted.until', { order, until });
}

/** What the programme does next, where it is the programme that is followed. */
function Programmed({ id, circuit }: { readonly id: string; readonly circuit: CircuitState }) {
	const programme = house.value.programmes.get(id)?.value;
	if (programme === undefined || circuit.override !== undefined) return null;
	// Its word is renewed all the time: when this one ends says nothing.
	if (programme.why === 'thermostat') {
		const name = house.value.thermostats.get(programme.thermostat ?? '')?.value.name ?? programme.thermostat ?? '';
		return <span class="quiet">{t.value('radiators.thermostat', { name })}</span>;
	}
	if (programme.until === undefined) return null;
	const until = format.value.moment(trueAtMs(house.value, programme.until), now.value);
	const { next } = programme;
	if (next === undefined) return <span class="quiet">{t.value('radiators.until', { until })}</span>;
	const order = t.value(orderWords(next, isSwitched(circuit)).name);
	return <span class="quiet">{t.value('radiators.next', { until, order })}</span>;
}

interface RowProps {
	readonly id: string;
	readonly circuit: CircuitState;
	readonly onChange: (id: string) => void;
}

function RadiatorRow({ id, circuit, onChange }: RowProps) {
	const { name, wanted, inForce, problem, fault } = circuit;
	const pending = commands.value.get(id);
	const canChange = mayCommand.value && link.value.kind === 'up';
	// Whose programme it follows is said below.
	const isRun = circuit.reason === 'programme' && house.value.programmes.get(id)?.value.why === 'thermostat';
	const inside = (
		<>
			<span class="row-text">
				<span class="row-name">{name}</span>
				{!isRun && <span class="quiet">{reasonText(explain(house.value, id, circuit))}</span>}
				{wanted !== inForce && <span class="row-wanted">{wantedText(circuit)}</span>}
				<Programmed id={id} circuit={circuit} />
			</span>
			<OrderChip order={inForce} switched={isSwitched(circuit)} />
		</>
	);
	return (
		<li class="radiator" data-held={wanted !== inForce} data-live={circuit.reason !== 'unreachable'}>
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
			{problem !== undefined && <Problem text={problem} word={t.value(problemKey(problem, fault))} />}
			{pending !== undefined && <Progress id={id} pending={pending} canRetry={canChange} />}
		</li>
	);
}

/** What is wrong in the reader's language; the service's own sentence, which is English, for whoever mends it. */
export function Problem({ text, word }: { readonly text: string; readonly word: string }) {
	return (
		<div class="problem">
			<p>
				<Icon name="alert" /> {word}
			</p>
			<details>
				<summary>{t.value('problem.detail')}</summary>
				<p lang="en">{text}</p>
			</details>
		</div>
	);
}

/** How far an order has come. */
export function Progress({
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
	const order = t.value(orderWords(given.order, isSwitched(house.value.circuits.get(id)?.value)).name);
	return (
		<div class="progress" data-progress={failed ? 'failed' : progress}>
			<p>
				{progress === 'sent' ? <span class="spin" /> : <Icon name={failed ? 'alert' : 'check'} />}
				{t.value(words[progress], { order })}
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
