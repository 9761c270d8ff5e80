// A figure that people move by steps, by key, or type. What is typed or tapped counts once they pause.
import { useEffect, useRef, useState } from 'preact/hooks';
import { format, t } from '../app/store.ts';
import { numberOf } from '../core/price-draft.ts';
import { within } from '../core/warmth.ts';
import '../i18n/probes.ts';
import { Icon } from './icons.tsx';

/** Several taps are one change. Milliseconds. */
const PAUSE_MS = 700;

interface Props {
	readonly value: number;
	readonly bounds: { readonly least: number; readonly most: number; readonly step: number };
	readonly label: string;
	/** A change is on its way: it shows until the house has answered. */
	readonly busy: boolean;
	/** Settles once it is sent, or could not be. */
	readonly onSet: (value: number) => Promise<void>;
}

/** Minus, the figure, plus. */
export function Stepper({ value, bounds, label, busy, onSet }: Props) {
	const [draft, setDraft] = useState<number>();
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	const latest = useRef({ onSet, busy });
	latest.current = { onSet, busy };
	useEffect(() => () => clearTimeout(timer.current), []);
	// The house has answered, or somebody else has set another figure.
	useEffect(() => {
		if (!busy) setDraft(undefined);
	}, [busy, value]);
	const take = (next: number): void => {
		const figure = within(next, bounds);
		setDraft(figure);
		clearTimeout(timer.current);
		timer.current = setTimeout(async () => {
			await latest.current.onSet(figure);
			if (!latest.current.busy) setDraft(undefined);
		}, PAUSE_MS);
	};
	const shown = draft ?? value;
	// As the screen's language writes it, which an input for numbers does not.
	const [figure = '', unit] = format.value.celsius(shown).split('\u00a0');
	const keys = (event: KeyboardEvent): void => {
		const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
		if (steps === undefined) return;
		event.preventDefault();
		take(shown + steps * bounds.step);
	};
	return (
		<div class="stepper" data-pending={draft !== undefined}>
			<button
				type="button"
				class="round"
				aria-label={t.value('thermostats.less', { what: label })}
				disabled={shown <= bounds.least}
				onClick={() => take(shown - bounds.step)}
			>
				<Icon name="minus" />
			</button>
			<span class="stepper-figure">
				<input
					type="text"
					role="spinbutton"
					inputMode="decimal"
					autocomplete="off"
					aria-label={label}
					value={figure}
					aria-valuenow={shown}
					aria-valuemin={bounds.least}
					aria-valuemax={bounds.most}
					onKeyDown={keys}
					onChange={(event) => {
						const typed = numberOf(event.currentTarget.value);
						if (typed !== undefined && Number.isFinite(typed)) take(typed);
						else event.currentTarget.value = figure;
					}}
				/>
				<span aria-hidden="true">{unit}</span>
			</span>
			<button
				type="button"
				class="round"
				aria-label={t.value('thermostats.more', { what: label })}
				disabled={shown >= bounds.most}
				onClick={() => take(shown + bounds.step)}
			>
				<Icon name="plus" />
			</button>
		</div>
	);
}
