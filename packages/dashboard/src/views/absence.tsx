// Who is away, until when; a departure and a return.
import type { Order } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import { calendar } from '../app/calendar.ts';
import { comeBack, goAway } from '../app/programmes.ts';
import { format, house, now, t } from '../app/store.ts';
import { fromInput, toInput } from '../core/ends.ts';
import { trueAtMs } from '../core/house.ts';
import { orderKeys } from '../core/words.ts';
import { SelectField } from './forms.tsx';
import { Icon } from './icons.tsx';
import { Sheet } from './parts.tsx';

const DAY_MS = 86_400_000;
/** What heats may be lowered to, and how long before the return it warms up; otherwise as the house is configured. */
const orders = ['eco', 'frost_protection', 'off'] as const satisfies readonly Order[];
const preheatHours = [1, 2, 3, 5, 8, 12];

/** The card. */
export function AbsenceCard({ canChange }: { readonly canChange: boolean }) {
	const [opened, setOpened] = useState(false);
	const absence = house.value.absence?.value;
	const away = absence !== undefined && absence.phase !== 'none';
	return (
		<section class="card" aria-labelledby="absence-title">
			<h2 id="absence-title">{t.value('absence.title')}</h2>
			<div class="absence" data-away={away}>
				<Icon name={away ? 'away_house' : 'house'} />
				<div>
					<p class="row-name">{absenceText()}</p>
					{away && absence.order !== undefined && (
						<p class="quiet">{t.value('absence.order', { order: t.value(orderKeys[absence.order].name) })}</p>
					)}
				</div>
				{canChange &&
					(away ? (
						<button type="button" class="primary" onClick={() => void comeBack()}>
							{t.value('absence.end')}
						</button>
					) : (
						<button type="button" class="secondary" aria-haspopup="dialog" onClick={() => setOpened(true)}>
							{t.value('absence.go')}
						</button>
					))}
			</div>
			{opened && <AbsenceSheet onClose={() => setOpened(false)} />}
		</section>
	);
}

function absenceText(): string {
	const absence = house.value.absence?.value;
	const when = (instant: string | undefined): string =>
		instant === undefined ? '' : format.value.date(trueAtMs(house.value, instant));
	const [from, until] = [when(absence?.from), when(absence?.until)];
	switch (absence?.phase) {
		case 'planned':
			return t.value(until === '' ? 'absence.planned' : 'absence.planned.until', { from, until });
		case 'away':
			return until === '' ? t.value('absence.away') : t.value('absence.away.until', { until });
		case 'returning':
			return t.value('absence.returning', { until });
		default:
			return t.value('absence.none');
	}
}

function AbsenceSheet({ onClose }: { readonly onClose: () => void }) {
	const [openedMs] = useState(Date.now);
	const [from, setFrom] = useState(toInput(openedMs, calendar.value));
	const [until, setUntil] = useState(toInput(openedMs + 2 * DAY_MS, calendar.value));
	const [order, setOrder] = useState('');
	const [preheat, setPreheat] = useState('');
	const [faulty, setFaulty] = useState(false);
	const begin = (event: SubmitEvent): void => {
		event.preventDefault();
		// A departure that has passed while the sheet stood open is now.
		const fromMs = fromInput(from, now.value, calendar.value);
		const untilMs = until === '' ? undefined : fromInput(until, fromMs ?? now.value, calendar.value);
		if (until !== '' && untilMs === undefined) {
			setFaulty(true);
			return;
		}
		const { clockAheadMs = 0 } = house.value;
		const instant = (ms: number): string => new Date(ms - clockAheadMs).toISOString();
		void goAway({
			...(fromMs === undefined ? {} : { from: instant(fromMs) }),
			...(untilMs === undefined ? {} : { until: instant(untilMs) }),
			...(order === '' ? {} : { order: order as Order }),
			...(preheat === '' ? {} : { preheatMin: Number(preheat) }),
		});
		onClose();
	};
	return (
		<Sheet title={t.value('absence.go')} onClose={onClose}>
			<form class="price-form" onSubmit={begin}>
				<label class="field">
					<span>{t.value('absence.from')}</span>
					<input type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
				</label>
				<label class="field">
					<span>{t.value('absence.until')}</span>
					<input
						type="datetime-local"
						value={until}
						aria-invalid={faulty}
						onInput={(event) => {
							setUntil(event.currentTarget.value);
							setFaulty(false);
						}}
					/>
				</label>
				<p class="quiet">{t.value('absence.until.hint')}</p>
				<SelectField
					label={t.value('absence.least')}
					value={order}
					choices={[
						['', t.value('absence.configured')],
						...orders.map((one) => [one, t.value(orderKeys[one].name)] as const),
					]}
					onChoose={setOrder}
				/>
				<SelectField
					label={t.value('absence.preheat')}
					value={preheat}
					choices={[
						['', t.value('absence.configured')],
						...preheatHours.map((hours) => [String(hours * 60), t.value('absence.preheat.hours', { hours })] as const),
					]}
					onChoose={setPreheat}
				/>
				<div role="alert">{faulty && <p class="fault">{t.value('absence.fault')}</p>}</div>
				<button type="submit" class="primary">
					{t.value('absence.start')}
				</button>
			</form>
		</Sheet>
	);
}
