// What led to the last opening of the breaker, as the black box tells it: read on demand, in a process of its own.
import { type BoxStory, boxStory } from '@pilotwire/contract';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ask } from '../app/bus.ts';
import { format, house, link, now, t } from '../app/store.ts';
import { reasonOf } from '../core/event-reasons.ts';
import { trueAtMs } from '../core/house.ts';
import '../i18n/story.ts';
import { EventRow } from './event-row.tsx';

/** A box is some seconds of reading on a small machine. Milliseconds. */
const WITHIN_MS = 70_000;

/** The question, and its answer once it is there. */
export function Story() {
	const [told, setTold] = useState<'asking' | 'none' | BoxStory>();
	const read = async (): Promise<void> => {
		setTold('asking');
		try {
			setTold(boxStory.parse(await ask('telemetry', 'blackBox.story', {}, WITHIN_MS)));
		} catch {
			setTold('none');
		}
	};
	return (
		<>
			<button
				type="button"
				class="secondary"
				disabled={told === 'asking' || link.value.kind !== 'up'}
				onClick={() => void read()}
			>
				{t.value('story.tell')}
			</button>
			<p role="status">
				{told === 'asking' && t.value('story.telling')}
				{told === 'none' && t.value('story.none')}
				{typeof told === 'object' && <b>{headline(told)}</b>}
			</p>
			{typeof told === 'object' && <Told story={told} />}
		</>
	);
}

const atMs = (at: string): number => trueAtMs(house.value, at);
const moment = (at: string): string => format.value.moment(atMs(at), now.value);
const names = (all: readonly string[]): string =>
	new Intl.ListFormat(format.value.locale, { type: 'conjunction' }).format(all);

function headline({ ending, cause, at }: BoxStory): string {
	const opened = cause === undefined || cause === 'asked' ? 'power_lost' : cause;
	const how =
		ending === 'overload'
			? t.value(`story.opened.${opened}`)
			: t.value(ending === 'asked' || ending === 'running' ? 'story.running' : `story.${ending}`);
	return `${moment(at)} · ${how}`;
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
	return (
		<section aria-label={title}>
			<h3>{title}</h3>
			{children}
		</section>
	);
}

function Told({ story }: { readonly story: BoxStory }) {
	const { phases, rises, decisions, waited, circuits, disobeyed, offline, boards, advice } = story;
	const { kva } = format.value;
	return (
		<>
			<Part title={t.value('story.load')}>
				{phases.length === 0 && <p>{t.value('story.load.none')}</p>}
				{phases.map((phase) => (
					<PhaseLine key={phase.phase} phase={phase} endMs={atMs(story.at)} />
				))}
			</Part>
			<Part title={t.value('story.rises')}>
				{rises.length === 0 && <p>{t.value('story.rises.none')}</p>}
				{rises.map(({ at, phase, byVA, circuit: name = '' }) => (
					<p key={`${at} ${phase}`}>
						<span class="quiet">{moment(at)}</span>{' '}
						{t.value(name === '' ? 'story.rise' : 'story.rise.circuit', { phase, load: kva(byVA), name })}
					</p>
				))}
			</Part>
			<Part title={t.value('story.decisions')}>
				{decisions.length === 0 && <p>{t.value('story.decisions.none')}</p>}
				<ul class="rows">
					{decisions.map(({ at, kind, circuit = '', phase = '', why, ...event }) => {
						const entry = { atMs: atMs(at), kind, circuit, phase: String(phase), text: why, count: 1 };
						return <EventRow key={`${at} ${kind} ${circuit}`} entry={{ ...entry, reason: reasonOf(event) }} />;
					})}
				</ul>
			</Part>
			<Part title={t.value('story.circuits')}>
				<p>
					{waited.length === 0
						? t.value('story.waited.none', { all: circuits })
						: t.value('story.waited', { count: waited.length, all: circuits, names: names(waited) })}
				</p>
				{disobeyed.map(({ name, since }) => (
					<p key={name}>{t.value('story.disobeyed', { name, time: moment(since) })}</p>
				))}
				{offline.length > 0 && <p>{t.value('story.offline', { names: names(offline) })}</p>}
				{boards.length > 0 && <p>{t.value('story.boards', { names: names(boards) })}</p>}
			</Part>
			<Part title={t.value('story.todo')}>
				{advice.map(({ what, name = '' }) => (
					<p key={`${what} ${name}`}>{t.value(`story.advice.${what}`, { name })}</p>
				))}
			</Part>
		</>
	);
}

interface PhaseProps {
	readonly phase: BoxStory['phases'][number];
	readonly endMs: number;
}

function PhaseLine({ phase: one, endMs }: PhaseProps) {
	const { phase, lastVA, limitVA, peakVA, peakAt, filterUsed, overSince, overMeanVA = 0 } = one;
	const { kva, percent, duration } = format.value;
	const figures = { load: kva(lastVA), limit: kva(limitVA), peak: kva(peakVA), used: percent(filterUsed) };
	return (
		<p>
			{t.value('story.phase', { phase, ...figures, time: moment(peakAt) })}{' '}
			{overSince !== undefined &&
				t.value('story.over', { time: duration(endMs - atMs(overSince)), mean: kva(overMeanVA) })}
		</p>
	);
}
