// Cards of circuits that belong together: those of a room, those on a phase.
import type { CircuitState } from '@pilotwire/contract';
import { format, fresh, house, link, mayCommand, phaseGauges, t } from '../app/store.ts';
import { type Room, roomName } from '../core/rooms.ts';
import { CircuitRow } from './circuit-row.tsx';
import { Age } from './parts.tsx';

interface RoomCardProps {
	readonly room: Room;
	readonly onChange: (id: string) => void;
	readonly onRoom: () => void;
}

/** A room: how warm it is, what heats it, and one order for all of that. */
export function RoomCard({ room, onChange, onRoom }: RoomCardProps) {
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
					<CircuitRow key={circuit} id={circuit} circuit={state} onChange={onChange} />
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

/** A phase, as the board is wired: its radiators, and how much is free. */
export function PhaseCard({ phase, alone, circuits, onChange }: PhaseCardProps) {
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
					<CircuitRow key={id} id={id} circuit={circuit} onChange={onChange} />
				))}
			</ul>
		</section>
	);
}
