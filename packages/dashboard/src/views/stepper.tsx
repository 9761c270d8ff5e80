// A figure that people move by steps, by key, or type. What is typed or tapped counts once they pause.
import { useEffect, useRef, useState } from 'preact/hooks';
import { format, t } from '../app/store.ts';
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
					type="number"
					inputMode="decimal"
					aria-label={label}
					value={shown.toFixed(1)}
					min={bounds.least}
					max={bounds.most}
					step={bounds.step}
					onChange={(event) => {
						const typed = event.currentTarget.valueAsNumber;
						if (Number.isFinite(typed)) take(typed);
						else event.currentTarget.value = shown.toFixed(1);
					}}
				/>
				<span aria-hidden="true">{unitOf(format.value.celsius(0))}</span>
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

const unitOf = (written: string): string => written.replace(/^[-\d.,\s]+/, '');
