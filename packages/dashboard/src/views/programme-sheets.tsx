// The sheets of the programmes' screen: one change of a week, and a new programme.
import type { Order, Programme, ProgrammeChange, ProgrammesState, WeekDay } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import { deleteProgramme, putProgramme } from '../app/programmes.ts';
import { format, house, t } from '../app/store.ts';
import { numberOf } from '../core/price-draft.ts';
import { roomsOf } from '../core/rooms.ts';
import { newProgramme, WEEK_DAYS, withChange, withoutChange } from '../core/week.ts';
import { orderKeys } from '../core/words.ts';
import { Icon, orderIcon } from './icons.tsx';
import { Sheet } from './parts.tsx';
import { targetText } from './programme-target.ts';

const orders: readonly Order[] = ['comfort', 'comfort_-1', 'comfort_-2', 'eco', 'frost_protection', 'off'];

interface ChangeProps {
	readonly programme: Programme;
	/** The change's place in the programme; undefined for a new one. */
	readonly place: number | undefined;
	readonly onClose: () => void;
}

/** What holds from a time on, on some days. */
export function ChangeSheet({ programme, place, onClose }: ChangeProps) {
	const before = place === undefined ? undefined : programme.changes[place];
	const warm = typeof programme.for === 'object' && 'thermostat' in programme.for;
	const [days, setDays] = useState<readonly WeekDay[]>(before?.days ?? WEEK_DAYS);
	const [at, setAt] = useState(before?.at ?? '18:00');
	const [order, setOrder] = useState<Order>(before?.order ?? 'comfort');
	const [degrees, setDegrees] = useState(String(before?.temperatureC ?? 19));
	const [faulty, setFaulty] = useState(false);
	const save = (event: SubmitEvent): void => {
		event.preventDefault();
		const temperatureC = numberOf(degrees);
		const what = warm ? { temperatureC } : { order };
		if (!/^\d\d:\d\d$/.test(at) || days.length === 0 || (warm && !(Number(temperatureC) > 0))) {
			setFaulty(true);
			return;
		}
		void putProgramme(withChange(programme, { days: [...days], at, ...what } as ProgrammeChange, place));
		onClose();
	};
	const remove = (): void => {
		const next = withoutChange(programme, place ?? 0);
		void (next === undefined ? deleteProgramme(programme.id) : putProgramme(next));
		onClose();
	};
	return (
		<Sheet title={t.value('programmes.change.title')} onClose={onClose}>
			<form class="price-form" onSubmit={save}>
				<fieldset class="segments">
					<legend>{t.value('programmes.change.days')}</legend>
					<div class="segments-row">
						{WEEK_DAYS.map((day, index) => (
							<label key={day} class="segment">
								<input
									type="checkbox"
									checked={days.includes(day)}
									aria-label={format.value.weekday(index, 'long')}
									onChange={() => setDays(days.includes(day) ? days.filter((one) => one !== day) : [...days, day])}
								/>
								<span>{format.value.weekday(index)}</span>
							</label>
						))}
					</div>
				</fieldset>
				<label class="field">
					<span>{t.value('programmes.change.at')}</span>
					<input type="time" required value={at} onInput={(event) => setAt(event.currentTarget.value)} />
				</label>
				{warm ? (
					<label class="field">
						<span>{t.value('programmes.change.temperature')}</span>
						<input inputMode="decimal" value={degrees} onInput={(event) => setDegrees(event.currentTarget.value)} />
					</label>
				) : (
					<fieldset class="orders order-choice">
						<legend>{t.value('programmes.change.order')}</legend>
						{orders.map((one) => (
							<label key={one} class={`order order-${one.startsWith('comfort') ? 'comfort' : one}`}>
								<input type="radio" name="change-order" checked={order === one} onChange={() => setOrder(one)} />
								<Icon name={orderIcon(one)} />
								<span>
									<b>{t.value(orderKeys[one].name)}</b>
								</span>
							</label>
						))}
					</fieldset>
				)}
				<div role="alert">{faulty && <p class="fault">{t.value('programmes.change.fault')}</p>}</div>
				<button type="submit" class="primary">
					{t.value('programmes.change.save')}
				</button>
				{place !== undefined && (
					<button type="button" class="secondary" onClick={remove}>
						{t.value('programmes.change.remove')}
					</button>
				)}
			</form>
		</Sheet>
	);
}

/** Whom nobody has a programme for yet. */
function freeTargets({ programmes, zones }: ProgrammesState): Programme['for'][] {
	const rooms = roomsOf(house.value).filter(({ id }) => id !== '');
	const all: Programme['for'][] = [
		'house',
		...zones.map(({ id }) => ({ zone: id })),
		...rooms.map(({ id }) => ({ room: id })),
		...[...house.value.circuits.keys()].sort().map((circuit) => ({ circuit })),
	];
	const taken = new Set(programmes.map((programme) => JSON.stringify(programme.for)));
	return all.filter((target) => !taken.has(JSON.stringify(target)));
}

interface NewProps {
	readonly plans: ProgrammesState;
	readonly onClose: () => void;
}

/** A new programme: for whom; its week is begun with, and touched afterwards. */
export function NewProgrammeSheet({ plans, onClose }: NewProps) {
	const free = freeTargets(plans);
	const [chosen, setChosen] = useState(0);
	const create = (event: SubmitEvent): void => {
		event.preventDefault();
		const target = free[chosen];
		if (target === undefined) return;
		const words = target === 'house' ? 'house' : Object.entries(target).flat().join('-');
		const taken = new Set(plans.programmes.map(({ id }) => id));
		void putProgramme(newProgramme(taken.has(words) ? `${words}-${Date.now()}` : words, target));
		onClose();
	};
	return (
		<Sheet title={t.value('programmes.add')} onClose={onClose}>
			{free.length === 0 ? (
				<p class="quiet">{t.value('programmes.taken')}</p>
			) : (
				<form class="price-form" onSubmit={create}>
					<label class="field">
						<span>{t.value('programmes.for')}</span>
						<select value={chosen} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
							{free.map((target, index) => (
								<option key={JSON.stringify(target)} value={index}>
									{targetText(target, plans)}
								</option>
							))}
						</select>
					</label>
					<p class="quiet">{t.value('programmes.create.hint')}</p>
					<button type="submit" class="primary">
						{t.value('programmes.create')}
					</button>
				</form>
			)}
		</Sheet>
	);
}
