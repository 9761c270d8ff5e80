// Small pieces that several screens share.
import type { Order } from '@pilotwire/contract';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { format, fresh, now, t } from '../app/store.ts';
import { orderWords, switchedOrder } from '../core/words.ts';
import { Icon, orderIcon } from './icons.tsx';

/** How old the figures beside it are: `live`, or as of when. */
export function Age({ live, atMs }: { readonly live: boolean; readonly atMs: number | undefined }) {
	if (live) {
		return (
			<span class="age age-live">
				<span class="age-dot" />
				{t.value('age.live')}
			</span>
		);
	}
	const text =
		atMs === undefined ? t.value('age.none') : t.value('age.kept', { when: format.value.moment(atMs, now.value) });
	return <span class="age age-old">{text}</span>;
}

interface ChipProps {
	readonly order: Order;
	/** What has it knows on and off alone. */
	readonly switched?: boolean;
}

/** An order as a chip: icon and word. */
export function OrderChip({ order, switched = false }: ChipProps) {
	const shown = switched ? switchedOrder(order) : order;
	return (
		<span class={`chip chip-${shown.startsWith('comfort') ? 'comfort' : shown}`}>
			<Icon name={orderIcon(shown)} />
			{t.value(orderWords(shown, switched).name)}
		</span>
	);
}

/** A choice of one among few, as buttons side by side; arrows move between them. */
export function Segments<Value extends string>({
	label,
	name,
	value,
	choices,
	onChoose,
}: {
	readonly label: string;
	readonly name: string;
	readonly value: Value;
	readonly choices: readonly (readonly [value: Value, text: string, spoken?: string])[];
	readonly onChoose: (value: Value) => void;
}) {
	return (
		<fieldset class="segments">
			<legend class="quiet">{label}</legend>
			<div class="segments-row">
				{choices.map(([choice, text, spoken]) => (
					<label key={choice} class="segment">
						<input
							type="radio"
							name={name}
							checked={choice === value}
							onChange={() => onChoose(choice)}
							aria-label={spoken ?? text}
						/>
						<span>{text}</span>
					</label>
				))}
			</div>
		</fieldset>
	);
}

/** A sheet that rises from the bottom of a phone, and stands in the middle of a wide window. */
export function Sheet({
	title,
	lead,
	onClose,
	children,
}: {
	readonly title: string;
	readonly lead?: ComponentChildren;
	readonly onClose: () => void;
	readonly children: ComponentChildren;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	useLayoutEffect(() => {
		const element = dialog.current;
		element?.showModal();
		// Closed before it goes, so that the browser gives the focus back to where it came from.
		return () => element?.close();
	}, []);
	return (
		// biome-ignore lint/a11y/useKeyWithClickEvents: a touch beside the sheet closes it; Escape does so by itself
		<dialog
			ref={dialog}
			class="sheet"
			aria-labelledby="sheet-title"
			onClose={onClose}
			onClick={(event) => {
				if (event.target === dialog.current) dialog.current?.close();
			}}
		>
			<div class="sheet-body">
				<header class="sheet-head">
					<div>
						<h2 id="sheet-title">{title}</h2>
						{lead !== undefined && <p class="quiet">{lead}</p>}
					</div>
					<button type="button" class="round" aria-label={t.value('app.close')} onClick={() => dialog.current?.close()}>
						<Icon name="close" />
					</button>
				</header>
				{children}
			</div>
		</dialog>
	);
}

/** Who is silent, since when, and what that means. Nothing where all are heard. */
export function Silences() {
	const { silences } = fresh.value;
	const when = (ms: number): string => format.value.moment(ms, now.value);
	const texts = {
		connection: ['silence.connection', 'silence.connection', 'silence.connection.hint'],
		meter: ['silence.meter', 'silence.meter.unknown', 'silence.meter.hint'],
		shedder: ['silence.shedder', 'silence.shedder.unknown', 'silence.shedder.hint'],
		actuator: ['silence.actuator', 'silence.actuator.unknown', 'silence.actuator.hint'],
	} as const;
	return (
		<div class="silences" role="status">
			{silences.map(({ who, sinceMs }) => {
				const [known, unknown, hint] = texts[who];
				return (
					<div key={who} class="silence">
						<Icon name={who === 'connection' ? 'away' : 'alert'} />
						<p>
							<strong>{sinceMs === undefined ? t.value(unknown) : t.value(known, { since: when(sinceMs) })}</strong>{' '}
							{t.value(hint)}
						</p>
					</div>
				);
			})}
		</div>
	);
}
