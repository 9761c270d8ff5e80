// The house's parts: radiators, rooms, boards and plugs, changed as a draft and saved into the configuration's file at once.
import type { HouseFileAnswer, HouseSections } from '@pilotwire/contract';
import { useEffect, useState } from 'preact/hooks';
import {
	changes,
	discard,
	edit,
	faults,
	file,
	loadFile,
	parts,
	refused,
	save,
	saving,
	status,
} from '../app/house-file.ts';
import { format, t } from '../app/store.ts';
import {
	boardAddressOf,
	type Entry,
	faultsOf,
	hex,
	nameOf,
	newEntry,
	otherFaults,
	type Section,
	sections,
} from '../core/house-parts.ts';
import '../i18n/house-file.ts';
import { EntrySheet } from './entry-sheet.tsx';
import { Fault, Faults } from './forms.tsx';
import { Icon } from './icons.tsx';

/** Where systemd runs the house. */
const SERVICE_COMMAND = 'sudo systemctl restart pilotwire';

interface Opened {
	readonly section: Section;
	/** Its place; undefined: a new one. */
	readonly index: number | undefined;
}

/** The part. */
export function HousePart() {
	const [opened, setOpened] = useState<Opened>();
	useEffect(() => void loadFile(), []);
	const [now, all] = [file.value, parts.value];
	if (now === undefined || all === undefined) {
		if (status.value === 'loading') return <p class="quiet">{t.value('app.loading')}</p>;
		return (
			<Faults>
				<Fault text={t.value('parts.missing')} />
				<button type="button" class="small" onClick={() => void loadFile()}>
					{t.value('command.retry')}
				</button>
			</Faults>
		);
	}
	const canEdit = now.kind === 'file' && saving.value !== 'sent' && saving.value !== 'starting';
	const left = otherFaults(faults.value, all);
	return (
		<>
			<About now={now} />
			{canEdit && changes.value > 0 && <SaveBar restarts={now.restarts} />}
			<p role="status" class="saving" data-state={saving.value === 'used' ? 'saved' : saving.value}>
				{saving.value !== 'no' && t.value(`parts.state.${saving.value}`)}
			</p>
			<Faults>
				{refused.value !== undefined && <Fault text={t.value(refusalKey(refused.value))} />}
				{left.map(({ path, expected, received }) => (
					<p key={path} class="quiet" lang="en">
						{path}: {expected} ({received})
					</p>
				))}
			</Faults>
			<div class="parts">
				{sections.map((section) => (
					<SectionCard key={section} section={section} all={all} canEdit={canEdit} onOpen={setOpened} />
				))}
			</div>
			{opened !== undefined && (
				<EntrySheet
					section={opened.section}
					entry={opened.index === undefined ? newEntry(opened.section, all) : (all[opened.section][opened.index] ?? {})}
					isNew={opened.index === undefined}
					all={all}
					faults={opened.index === undefined ? new Map() : faultsOf(faults.value, opened.section, opened.index)}
					onKeep={(entry) => edit(withEntry(all, opened, entry))}
					onClose={() => setOpened(undefined)}
				/>
			)}
		</>
	);
}

/** The sections with another entry there; undefined: without it. */
function withEntry(all: HouseSections, { section, index }: Opened, entry: Entry | undefined): HouseSections {
	const list = all[section];
	if (index === undefined) return { ...all, [section]: entry === undefined ? list : [...list, entry] };
	const changed = list.flatMap((one, at) => (at !== index ? [one] : entry === undefined ? [] : [entry]));
	return { ...all, [section]: changed };
}

const refusals = [
	'CONFIGURATION_INVALID',
	'CONFIGURATION_CHANGED',
	'CONFIGURATION_NOT_WRITABLE',
	'CONFIGURATION_NOT_EDITABLE',
] as const;

function refusalKey(code: string) {
	if (code === 'UNREACHABLE') return 'signin.unreachable';
	const known = refusals.find((one) => one === code);
	return known === undefined ? 'parts.refused.other' : (`parts.refused.${known}` as const);
}

/** What there is to know before anything is changed: no file, a file that waits, a change that was taken back. */
function About({ now }: { readonly now: HouseFileAnswer }) {
	const command = `pilotwire up --config ${now.name ?? 'house.yaml'}`;
	if (now.kind !== 'file') {
		return (
			<section class="card">
				<p>{t.value(now.kind === 'none' ? 'parts.none' : 'parts.simulated')}</p>
				<p class="with-icon">
					<Icon name="download" />
					<a href="/api/house-file/starter" download="house.yaml">
						{t.value('parts.starter')}
					</a>
				</p>
				<p class="quiet">{t.value('parts.command')}</p>
				<pre class="command">{command}</pre>
			</section>
		);
	}
	return (
		<>
			{now.takenBack !== undefined && (
				<section class="card" role="alert">
					<Fault text={t.value('parts.takenback')} />
					<details>
						<summary>{t.value('parts.said')}</summary>
						<p class="quiet" lang="en">
							{now.takenBack}
						</p>
					</details>
				</section>
			)}
			{now.waits && saving.value !== 'starting' && (
				<section class="card" role="status">
					<p class="notice">{t.value('parts.waits')}</p>
					<pre class="command">{SERVICE_COMMAND}</pre>
					<pre class="command">{command}</pre>
				</section>
			)}
		</>
	);
}

function SaveBar({ restarts }: { readonly restarts: boolean }) {
	const count = changes.value;
	return (
		<section class="card save-bar" aria-labelledby="changed-title">
			<h2 id="changed-title">
				{count === 1 ? t.value('parts.changed.one') : t.value('parts.changed.other', { count })}
			</h2>
			{restarts && <p class="quiet">{t.value('parts.save.hint')}</p>}
			<div class="progress-actions">
				<button type="button" class="primary" onClick={() => void save()}>
					{t.value(restarts ? 'parts.save' : 'parts.save.only')}
				</button>
				<button type="button" class="secondary" onClick={discard}>
					{t.value('parts.discard')}
				</button>
			</div>
		</section>
	);
}

interface SectionProps {
	readonly section: Section;
	readonly all: HouseSections;
	readonly canEdit: boolean;
	readonly onOpen: (opened: Opened) => void;
}

function SectionCard({ section, all, canEdit, onOpen }: SectionProps) {
	const title = `parts-${section}`;
	const list = all[section];
	return (
		<section class="card" aria-labelledby={title}>
			<div class="card-head">
				<h2 id={title}>
					{t.value(`parts.${section}`)} <span class="count">{list.length}</span>
				</h2>
				{canEdit && (
					<button
						type="button"
						class="small"
						aria-haspopup="dialog"
						aria-label={t.value(`parts.add.${section}`)}
						onClick={() => onOpen({ section, index: undefined })}
					>
						{t.value('parts.add')}
					</button>
				)}
			</div>
			{list.length === 0 && <p class="quiet">{t.value('parts.empty')}</p>}
			<ul class="rows">
				{list.map((entry, index) => (
					<Row
						key={String(entry['id'] ?? boardAddressOf(entry))}
						section={section}
						entry={entry}
						all={all}
						isFaulty={faultsOf(faults.value, section, index).size > 0}
						{...(canEdit ? { onOpen: () => onOpen({ section, index }) } : {})}
					/>
				))}
			</ul>
		</section>
	);
}

interface RowProps {
	readonly section: Section;
	readonly entry: Entry;
	readonly all: HouseSections;
	readonly isFaulty: boolean;
	readonly onOpen?: () => void;
}

function Row({ section, entry, all, isFaulty, onOpen }: RowProps) {
	const name = nameOf(section, entry);
	const text = (
		<span class="row-text">
			<span class="row-name">{name}</span>
			<span class="quiet">{aboutEntry(section, entry, all)}</span>
			{isFaulty && (
				<span class="field-fault">
					<Icon name="alert" />
					{t.value('parts.fault.mark')}
				</span>
			)}
		</span>
	);
	if (onOpen === undefined) return <li class="row">{text}</li>;
	return (
		<li>
			<button type="button" class="row row-button" aria-haspopup="dialog" onClick={onOpen}>
				{text}
				<Icon name="chevron" />
			</button>
		</li>
	);
}

function aboutEntry(section: Section, entry: Entry, all: HouseSections): string {
	const room = all.rooms.find(({ id }) => id === entry['room'] && id !== undefined);
	const figures = {
		// Most rooms have one radiator, of their own name.
		room: room === undefined || room['name'] === entry['name'] ? '' : `${nameOf('rooms', room)} · `,
		power: entry['powerW'] === undefined ? '?' : format.value.whole(Number(entry['powerW'])),
		wire: String(entry['wire'] ?? '?'),
		board: hex(Number(entry['board'] ?? 0x20)),
		priority: String(entry['priority'] ?? 1),
		phase: String(entry['phase'] ?? 1),
	};
	switch (section) {
		case 'rooms':
			return entry['wantedC'] === undefined ? '' : format.value.celsius(Number(entry['wantedC']));
		case 'boards':
			return t.value('parts.about.boards', figures);
		case 'radiators':
			return t.value('parts.about.radiators', figures);
		default:
			return t.value('parts.about.switches', figures);
	}
}
