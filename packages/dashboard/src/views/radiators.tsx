// Radiators by phase, as the board is wired, or by room: what each does, why, and an order for one or for all.
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { command, commandRoom } from '../app/orders.ts';
import { house, link, mayCommand, t } from '../app/store.ts';
import type { Command } from '../core/commands.ts';
import { byPhase } from '../core/reasons.ts';
import { type Room, roomName, roomsOf } from '../core/rooms.ts';
import { isSwitched } from '../core/words.ts';
import '../i18n/circuits.ts';
import { PhaseCard, RoomCard } from './circuit-cards.tsx';
import { CommandSheet } from './command-sheet.tsx';
import { Icon } from './icons.tsx';
import { Segments } from './parts.tsx';

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
