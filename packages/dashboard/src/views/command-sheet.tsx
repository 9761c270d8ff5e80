// The quick menu: until when, then which order; a touch on the order gives it.
import type { Order } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import { calendar } from '../app/calendar.ts';
import { format, t } from '../app/store.ts';
import type { Command } from '../core/commands.ts';
import { type End, type EndChoice, ends, fromInput, toInput } from '../core/ends.ts';
import { orderWords } from '../core/words.ts';
import '../i18n/circuits.ts';
import { Icon, orderIcon } from './icons.tsx';
import { Segments, Sheet } from './parts.tsx';

const quick: readonly (Order | 'auto')[] = ['comfort', 'eco', 'frost_protection', 'off', 'auto'];
const onAndOff: readonly (Order | 'auto')[] = ['comfort', 'off', 'auto'];
const finer: readonly Order[] = ['comfort_-1', 'comfort_-2'];

function endText({ choice, atMs }: End): string {
	const time = atMs === undefined ? '' : format.value.clock(atMs);
	switch (choice) {
		case 'open':
			return t.value('command.until.open');
		case 'hour':
			return t.value('command.until.hour');
		case 'three_hours':
			return t.value('command.until.three');
		case 'evening':
			return t.value('command.until.today', { time });
		case 'morning':
			return isToday(atMs) ? t.value('command.until.today', { time }) : t.value('command.until.tomorrow', { time });
		case 'custom':
			return t.value('command.until.custom');
	}
}

const isToday = (ms: number | undefined): boolean =>
	ms !== undefined && calendar.value.local(ms).date === calendar.value.local(Date.now()).date;

interface Props {
	/** The radiator's name, or that of all. */
	readonly name: string;
	/** It knows on and off alone. */
	readonly switched?: boolean;
	readonly onGive: (command: Command) => void;
	readonly onClose: () => void;
}

/** An order for one radiator or for all. */
export function CommandSheet({ name, switched = false, onGive, onClose }: Props) {
	const [openedMs] = useState(Date.now);
	const [choice, setChoice] = useState<EndChoice>('open');
	const [typed, setTyped] = useState(() => toInput(openedMs + 2 * 3_600_000, calendar.value));
	const choices = ends(openedMs, calendar.value);
	const custom = choice === 'custom' ? fromInput(typed, openedMs, calendar.value) : undefined;
	const faulty = choice === 'custom' && custom === undefined;
	const give = (order: Order | 'auto'): void => {
		const untilMs = choice === 'custom' ? custom : choices.find((end) => end.choice === choice)?.atMs;
		onGive(order === 'auto' || untilMs === undefined ? { order } : { order, untilMs });
		onClose();
	};
	const words = (order: Order | 'auto') => orderWords(order, switched);
	const button = (order: Order | 'auto') => (
		<button
			key={order}
			type="button"
			class={`order order-${order.startsWith('comfort') ? 'comfort' : order}`}
			disabled={faulty && order !== 'auto'}
			onClick={() => give(order)}
		>
			<Icon name={orderIcon(order)} />
			<span>
				<b>{t.value(words(order).name)}</b>
				<small>{t.value(words(order).hint)}</small>
			</span>
		</button>
	);
	return (
		<Sheet title={name} onClose={onClose}>
			<Segments<EndChoice>
				label={t.value('command.until')}
				name="until"
				value={choice}
				choices={choices.map((end) => [end.choice, endText(end)] as const)}
				onChoose={setChoice}
			/>
			{choice === 'custom' && (
				<label class="field">
					<span>{t.value('command.until.when')}</span>
					<input
						type="datetime-local"
						value={typed}
						min={toInput(openedMs, calendar.value)}
						aria-invalid={faulty}
						onInput={(event) => setTyped(event.currentTarget.value)}
					/>
					{faulty && <span class="fault">{t.value('command.until.past')}</span>}
				</label>
			)}
			<fieldset class="orders">
				<legend class="quiet">{t.value('command.title', { name })}</legend>
				{(switched ? onAndOff : quick).map(button)}
			</fieldset>
			{!switched && (
				<details class="finer">
					<summary>{t.value('command.more')}</summary>
					<div class="orders">{finer.map(button)}</div>
				</details>
			)}
		</Sheet>
	);
}
