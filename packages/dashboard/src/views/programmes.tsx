// Programmes: who is away, the week of each programme as stretches to touch, and what the tariff changes in them.
import type { ProgrammesState, TariffRule } from '@pilotwire/contract';
import { useState } from 'preact/hooks';
import { deleteProgramme, putProgramme, saving } from '../app/programmes.ts';
import { format, house, link, mayCommand, t } from '../app/store.ts';
import { type Stretch, stretchesOf, WEEK_DAYS } from '../core/week.ts';
import { colourKeys, orderKeys, tariffKeys } from '../core/words.ts';
import '../i18n/circuits.ts';
import '../i18n/programmes.ts';
import '../styles/forms.css';
import '../styles/programmes.css';
import { AbsenceCard } from './absence.tsx';
import { ChangeSheet, NewProgrammeSheet } from './programme-sheets.tsx';
import { targetText } from './programme-target.ts';

type Kept = ProgrammesState['programmes'][number];

/** The screen. */
export function ProgrammesScreen() {
	const [adding, setAdding] = useState(false);
	const plans = house.value.plans?.value;
	const canChange = mayCommand.value && link.value.kind === 'up';
	const state = saving.state.value;
	return (
		<>
			<h1 class="screen-title">{t.value('screen.programmes')}</h1>
			{plans === undefined ? (
				<section class="card">
					<p class="quiet">{t.value('programmes.silent')}</p>
				</section>
			) : (
				<>
					<AbsenceCard canChange={canChange} />
					<div class="card-head">
						<h2>{t.value('programmes.title')}</h2>
						{canChange && (
							<button type="button" class="small" aria-haspopup="dialog" onClick={() => setAdding(true)}>
								{t.value('programmes.add')}
							</button>
						)}
					</div>
					<p role="status" class="saving" data-state={state}>
						{state !== 'no' && t.value(`programmes.${state}`)}
					</p>
					{state === 'refused' && <Refusal why={saving.why.value} />}
					{!mayCommand.value && <p class="quiet">{t.value('programmes.viewer')}</p>}
					{plans.programmes.length === 0 && (
						<section class="card">
							<p class="quiet">{t.value('programmes.none')}</p>
						</section>
					)}
					<div class="programme-cards">
						{plans.programmes.map((programme) => (
							<ProgrammeCard key={programme.id} programme={programme} canChange={canChange} />
						))}
					</div>
					<Rules rules={plans.rules} />
				</>
			)}
			{adding && plans !== undefined && <NewProgrammeSheet plans={plans} onClose={() => setAdding(false)} />}
		</>
	);
}

/** The planner's own sentence, for whoever wants to know. */
function Refusal({ why }: { readonly why: string }) {
	return (
		<details class="finer">
			<summary>{t.value('problem.detail')}</summary>
			<p lang="en">{why}</p>
		</details>
	);
}

const nameOf = (id: string): string => house.value.circuits.get(id)?.value.name ?? id;

function followersText(followers: readonly string[]): string {
	if (followers.length === 0) return t.value('programmes.followers.none');
	const names = new Intl.ListFormat(format.value.locale, { type: 'conjunction' }).format(followers.map(nameOf));
	return t.value('programmes.followers', { names });
}

function ProgrammeCard({ programme, canChange }: { readonly programme: Kept; readonly canChange: boolean }) {
	const [touched, setTouched] = useState<number | 'new'>();
	const { followers, ...kept } = programme;
	const { id, name, enabled = true } = programme;
	const target = targetText(programme.for, house.value.plans?.value);
	const title = `programme-${id}`;
	return (
		<section class="card" aria-labelledby={title} data-off={!enabled}>
			<div>
				<h3 id={title}>{name ?? target}</h3>
				<p class="quiet">
					{name === undefined ? '' : `${target} · `}
					{enabled ? followersText(followers) : t.value('programmes.off')}
				</p>
			</div>
			<ul class="week">
				{WEEK_DAYS.map((day, index) => (
					<li key={day}>
						<span class="week-day">{format.value.weekday(index)}</span>
						<div class="week-bar">
							{stretchesOf(programme, day).map((stretch) => (
								<StretchButton
									key={stretch.fromMin}
									day={format.value.weekday(index, 'long')}
									stretch={stretch}
									{...(canChange ? { onTouch: () => setTouched(stretch.change) } : {})}
								/>
							))}
						</div>
					</li>
				))}
			</ul>
			<p class="week-hours" aria-hidden="true">
				{[0, 6, 12, 18, 24].map((hour) => (
					<span key={hour}>{hour}</span>
				))}
			</p>
			{canChange && (
				<div class="progress-actions">
					<button type="button" class="small" aria-haspopup="dialog" onClick={() => setTouched('new')}>
						{t.value('programmes.change.add')}
					</button>
					<button type="button" class="small" onClick={() => void putProgramme({ ...kept, enabled: !enabled })}>
						{t.value(enabled ? 'programmes.disable' : 'programmes.enable')}
					</button>
					<button type="button" class="small" onClick={() => void deleteProgramme(id)}>
						{t.value('programmes.delete')}
					</button>
				</div>
			)}
			{touched !== undefined && (
				<ChangeSheet
					programme={kept}
					place={touched === 'new' ? undefined : touched}
					onClose={() => setTouched(undefined)}
				/>
			)}
		</section>
	);
}

interface StretchProps {
	readonly day: string;
	readonly stretch: Stretch;
	readonly onTouch?: () => void;
}

const clock = (minute: number): string =>
	`${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** One stretch of a day; its width is its length. */
function StretchButton({ day, stretch, onTouch }: StretchProps) {
	const { fromMin, toMin, order, temperatureC } = stretch;
	const what =
		order === undefined
			? temperatureC === undefined
				? ''
				: format.value.celsius(temperatureC)
			: t.value(orderKeys[order].name);
	const text = t.value('programmes.stretch', { day, from: clock(fromMin), to: clock(toMin), order: what });
	const kind = order === undefined ? 'comfort' : order.startsWith('comfort') ? 'comfort' : order;
	const less = order !== undefined && order !== 'comfort' && kind === 'comfort' ? `−${order.at(-1)}` : undefined;
	const shown = (
		<span aria-hidden="true">
			<b>{what}</b>
			<i>{less ?? (temperatureC === undefined ? '' : format.value.upTo1(temperatureC))}</i>
		</span>
	);
	const look = { style: { flexGrow: toMin - fromMin }, 'data-less': less };
	if (onTouch === undefined) {
		return (
			<div class={`stretch stretch-${kind}`} role="img" aria-label={text} {...look}>
				{shown}
			</div>
		);
	}
	return (
		<button
			type="button"
			class={`stretch stretch-${kind}`}
			{...look}
			title={text}
			aria-label={text}
			aria-haspopup="dialog"
			onClick={onTouch}
		>
			{shown}
		</button>
	);
}

function Rules({ rules }: { readonly rules: ProgrammesState['rules'] }) {
	return (
		<section class="card" aria-labelledby="rules-title">
			<h2 id="rules-title">{t.value('rules.title')}</h2>
			{rules.length === 0 && <p class="quiet">{t.value('rules.none')}</p>}
			<ul class="rows">
				{rules.map((rule) => (
					<li key={rule.id} class="row">
						<span class="row-text">
							<span class="row-name">{rule.name ?? targetText(rule.for, house.value.plans?.value)}</span>
							<span class="quiet">{ruleText(rule)}</span>
							<span class="quiet">{followersText(rule.followers)}</span>
						</span>
						{rule.enabled === false && <span class="chip">{t.value('programmes.off')}</span>}
					</li>
				))}
			</ul>
		</section>
	);
}

/** Red days, peak hours: Eco at most, warmed up 60 minutes before. */
function ruleText({ when, limit = 'at_most', order, preheat }: TariffRule): string {
	const or = new Intl.ListFormat(format.value.locale, { type: 'disjunction' });
	const days = (colours: NonNullable<typeof when.today>): string =>
		or.format(colours.map((colour) => t.value(colourKeys[colour]).toLowerCase()));
	const parts = [
		when.period && or.format(when.period.map((period) => t.value(tariffKeys[period]))),
		when.today && t.value('rules.today', { colours: days(when.today) }),
		when.tomorrow && t.value('rules.tomorrow', { colours: days(when.tomorrow) }),
	].filter((part) => part !== undefined);
	const what = t.value(`rules.${limit}`, { order: t.value(orderKeys[order].name) });
	const before = preheat === undefined ? '' : `, ${t.value('rules.preheat', { minutes: preheat.minutes })}`;
	return `${parts.join(', ')} → ${what}${before}`;
}
