// Files of a machine: folders, sending and fetching, moving and deleting.
import { useEffect, useRef, useState } from 'preact/hooks';
import { agent, ask } from '../app/remote.ts';
import { format, now, t } from '../app/store.ts';
import { clearEnded, download, type Transfer, transfers, upload } from '../app/transfers.ts';
import { above, within } from '../core/remote.ts';
import { SelectField, Sure } from './forms.tsx';
import { Icon } from './icons.tsx';
import { Sheet } from './parts.tsx';
import { FaultText, FileButton, LineForm, Outcome, useDoing } from './remote-parts.tsx';

interface Entry {
	readonly name: string;
	/** Of what a search found. */
	readonly path?: string;
	readonly kind: string;
	readonly sizeBytes: number;
	readonly modifiedAt: string;
}

/** What is shown: a folder's page, or what a search found below it. */
interface Shown {
	readonly entries: readonly Entry[];
	readonly more: boolean;
	readonly found?: number;
}

const nothing: Shown = { entries: [], more: false };

export function FilesPart() {
	const roots = agent.value?.state?.can.files ?? [];
	const [root, setRoot] = useState(roots[0]?.root ?? '');
	const [path, setPath] = useState('');
	const [shown, setShown] = useState(nothing);
	const [opened, setOpened] = useState<Entry>();
	const looking = useDoing();
	// Where somebody is by the time that a transfer has ended.
	const here = useRef(path);
	here.current = path;
	const write = roots.find((one) => one.root === root)?.write === true;

	const look = (at: string, after?: string): void => {
		setPath(at);
		looking.run(async () => {
			const params = { root, path: at, ...(after === undefined ? {} : { after }) };
			const page = (await ask('files.list', { params }).ended) as unknown as Shown;
			setShown((before) => ({ ...page, entries: [...(after === undefined ? [] : before.entries), ...page.entries] }));
		});
	};
	const search = (text: string): void =>
		looking.run(async () => {
			const found: Entry[] = [];
			const onInfo = ({ entries }: Readonly<Record<string, unknown>>): void => {
				if (Array.isArray(entries)) found.push(...(entries as Entry[]));
			};
			await ask('files.search', { params: { root, path, text }, onInfo }).ended;
			setShown({ entries: found, more: false, found: found.length });
		});
	useEffect(() => look(''), [root]);
	const pathOf = (entry: Entry): string => entry.path ?? within(path, entry.name);
	const open = (entry: Entry): void => {
		if (entry.kind === 'folder') look(pathOf(entry));
		else setOpened(entry);
	};
	return (
		<section class="card" aria-labelledby="files-title">
			<h2 id="files-title">{t.value('remote.files')}</h2>
			{roots.length > 1 && (
				<SelectField
					label={t.value('remote.files.root')}
					value={root}
					choices={roots.map((one) => [one.root, one.root])}
					onChoose={setRoot}
				/>
			)}
			<div class="remote-tools">
				<button type="button" class="small with-icon" disabled={path === ''} onClick={() => look(above(path))}>
					<Icon name="back" />
					{t.value('remote.files.up')}
				</button>
				<span class="mono remote-path">/{path}</span>
			</div>
			<LineForm label={t.value('remote.files.search')} button={t.value('remote.files.find')} onLine={search} />
			{shown.found !== undefined && <p role="status">{t.value('remote.files.found', { count: shown.found })}</p>}
			{shown.entries.length === 0 && looking.state === 'done' && <p class="quiet">{t.value('remote.files.empty')}</p>}
			<ul class="remote-entries">
				{shown.entries.map((entry) => (
					<li key={entry.path ?? entry.name}>
						<button type="button" onClick={() => open(entry)}>
							<Icon name={entry.kind === 'folder' ? 'chevron' : entry.kind === 'file' ? 'download' : 'alert'} />
							<span class="remote-name">{entry.path ?? entry.name}</span>
							<span class="quiet">
								{entry.kind === 'file' && `${format.value.bytes(entry.sizeBytes)} · `}
								{format.value.moment(Date.parse(entry.modifiedAt), now.value)}
							</span>
						</button>
						{entry.kind === 'folder' && (
							<button
								type="button"
								class="round"
								aria-label={`${t.value('app.more')} ${entry.name}`}
								onClick={() => setOpened(entry)}
							>
								<Icon name="more" />
							</button>
						)}
					</li>
				))}
			</ul>
			{shown.more && (
				<button type="button" class="small" onClick={() => look(path, shown.entries.at(-1)?.name)}>
					{t.value('remote.files.more')}
				</button>
			)}
			{typeof looking.state === 'object' && <FaultText fault={looking.state} />}
			{write && <Adding root={root} path={path} onChange={() => look(here.current)} />}
			<Transfers />
			{opened !== undefined && (
				<EntrySheet
					{...{ root, write, entry: opened, path: pathOf(opened) }}
					onClose={() => setOpened(undefined)}
					onChange={() => {
						setOpened(undefined);
						look(path);
					}}
				/>
			)}
		</section>
	);
}

interface AddingProps {
	readonly root: string;
	readonly path: string;
	readonly onChange: () => void;
}

function Adding({ root, path, onChange }: AddingProps) {
	const making = useDoing();
	return (
		<>
			<FileButton
				multiple
				label={t.value('remote.files.upload')}
				onFiles={(files) => {
					for (const file of files) upload(root, within(path, file.name), file, onChange);
				}}
			/>
			<LineForm
				label={t.value('remote.files.new')}
				button={t.value('remote.files.create')}
				onLine={(name) =>
					making.run(async () => {
						await ask('files.folder', { params: { root, path: within(path, name) } }).ended;
						onChange();
					})
				}
			/>
			<Outcome of={making} />
		</>
	);
}

interface EntrySheetProps {
	readonly root: string;
	readonly path: string;
	readonly entry: Entry;
	readonly write: boolean;
	readonly onClose: () => void;
	readonly onChange: () => void;
}

function EntrySheet({ root, path, entry, write, onClose, onChange }: EntrySheetProps) {
	const doing = useDoing();
	const change = (op: string, params: Record<string, unknown>): void =>
		doing.run(async () => {
			await ask(op, { params: { root, path, ...params } }).ended;
			onChange();
		});
	return (
		<Sheet title={entry.name} lead={format.value.bytes(entry.sizeBytes)} onClose={onClose}>
			{entry.kind === 'file' && (
				<button
					type="button"
					class="primary with-icon"
					onClick={() => {
						download(root, path, entry.sizeBytes);
						onClose();
					}}
				>
					<Icon name="download" />
					{t.value('remote.camera.save')}
				</button>
			)}
			{write && (
				<>
					<LineForm
						label={t.value('remote.files.rename')}
						button={t.value('remote.files.move')}
						value={path}
						onLine={(to) => change('files.move', { to: { root, path: to } })}
					/>
					<Sure
						label={t.value('remote.files.delete')}
						question={t.value('remote.files.sure', { name: entry.name })}
						yes={t.value('remote.yes')}
						no={t.value('remote.no')}
						onSure={() => change('files.delete', { recursive: true })}
					/>
				</>
			)}
			<Outcome of={doing} />
		</Sheet>
	);
}

function Transfers() {
	if (transfers.value.length === 0) return null;
	return (
		<>
			<ul class="remote-transfers" aria-live="polite">
				{transfers.value.map((one) => (
					<li key={one.key}>
						<TransferLine of={one} />
					</li>
				))}
			</ul>
			<button type="button" class="small" onClick={clearEnded}>
				{t.value('app.close')}
			</button>
		</>
	);
}

function TransferLine({ of }: { readonly of: Transfer }) {
	const { bytes } = format.value;
	if (of.hash !== undefined)
		return <span>{t.value('remote.files.whole', { name: of.name, hash: of.hash.slice(0, 12) })}</span>;
	const text = t.value('remote.files.of', { name: of.name, at: bytes(of.at), size: bytes(of.sizeBytes) });
	return (
		<>
			<progress class="run-progress" max={Math.max(of.sizeBytes, 1)} value={of.at} aria-label={of.name} />
			<span>{text}</span>
			{of.fault === undefined ? (
				<button type="button" class="small" onClick={of.stop}>
					{t.value('remote.stop')}
				</button>
			) : (
				<>
					<FaultText fault={of.fault} />
					<button type="button" class="small" onClick={of.resume}>
						{t.value('remote.files.resume')}
					</button>
				</>
			)}
		</>
	);
}
