// The machine itself, once a minute for everybody and live for administrators; other machines, and other houses', too.
import type { HostFigures, HostLog } from '@pilotwire/contract';
import { useEffect } from 'preact/hooks';
import {
	beganMs,
	bus,
	choose,
	chosen,
	followMachines,
	latest,
	machines,
	mayWatch,
	past,
	rhythm,
	setRhythm,
	startWatching,
	stopWatching,
	watching,
} from '../app/machines.ts';
import { format, now, t } from '../app/store.ts';
import { type Machine, RHYTHMS_S, sortedMachines } from '../core/machines.ts';
import '../i18n/machines.ts';
import '../styles/forms.css';
import '../styles/machines.css';
import { Icon } from './icons.tsx';
import { MachineFigures } from './machine-figures.tsx';
import { MachineHead } from './machine-head.tsx';
import { MachineRecord } from './machine-record.tsx';
import { OtherHouse } from './other-house.tsx';
import { Age, Segments } from './parts.tsx';
import { ProcessTable } from './process-table.tsx';
import { NothingYet } from './typed.tsx';

/** What to type to have another machine here. */
const EXAMPLE = 'pilotwire host-monitor --config pilotwire.yaml';
/** Without a sample for so many rhythms, and at least so long, a machine counts as silent. */
const SILENT_RHYTHMS = 3;
const SILENT_MS = 10_000;
/** How long it is silent is read out in steps: whoever hears the screen is not told each second. Milliseconds. */
const SAID_EVERY_MS = 10_000;

/** The screen. */
export function MachinesScreen() {
	useEffect(followMachines, []);
	const id = chosen.value;
	const machine = id === undefined ? undefined : machines.value.get(id);
	const shown = shownFigures(machine);
	return (
		<>
			<h1 class="screen-title">{t.value('screen.machines')}</h1>
			{id === undefined || machine === undefined ? <None /> : <Head id={id} machine={machine} />}
			{shown !== undefined && <MachineFigures figures={shown} cores={machine?.state?.cores} />}
			{id !== undefined && mayWatch.value && <MachineRecord name={machine?.state?.name ?? id} />}
			{shown !== undefined && 'processes' in shown && <ProcessTable sample={shown} isPast={past.value !== undefined} />}
			<OtherHouse />
		</>
	);
}

/** A moment of the record, the last live sample, or what the machine says once a minute. */
function shownFigures(machine: Machine | undefined): HostFigures | HostLog | undefined {
	if (past.value !== undefined) return { ...past.value, everyS: 0 };
	return latest.value?.sample ?? machine?.state;
}

function None() {
	if (bus.value?.link.value.kind !== 'up') return <p class="quiet">{t.value('machines.asking')}</p>;
	return (
		<NothingYet
			id="no-machine"
			title={t.value('machines.none')}
			hint={t.value('machines.none.hint')}
			example={EXAMPLE}
		/>
	);
}

function Head({ id, machine }: { readonly id: string; readonly machine: Machine }) {
	const { state, status, heardMs } = machine;
	const { moment, duration } = format.value;
	return (
		<MachineHead
			titleId="machine-title"
			id={id}
			all={sortedMachines(machines.value).map(([one, { state: of }]) => [one, of?.name ?? one])}
			isThere={status !== 'offline'}
			label={t.value('machines.machine')}
			onChoose={choose}
		>
			{state !== undefined && (
				<p class="quiet">
					{[
						state.model,
						`${state.system}, ${state.architecture}`,
						t.value('machines.up', { time: duration(Math.max(0, now.value - Date.parse(state.bootedAt))) }),
					]
						.filter((part) => part !== undefined)
						.join(' · ')}
				</p>
			)}
			{mayWatch.value ? <Controls /> : <p class="quiet">{t.value('machines.only')}</p>}
			<p role="status" class="machine-status">
				<Status when={moment(heardMs, now.value)} watchers={state?.watch?.watchers ?? 0} />
			</p>
		</MachineHead>
	);
}

function Controls() {
	const isUp = bus.value?.link.value.kind === 'up';
	return (
		<div class="machine-controls">
			<Segments
				label={t.value('machines.rhythm')}
				name="rhythm"
				value={String(rhythm.value)}
				choices={RHYTHMS_S.map((count) => [
					String(count),
					t.value('machines.rhythm.s', { count: format.value.upTo1(count) }),
				])}
				onChoose={(choice) => setRhythm(RHYTHMS_S.find((one) => String(one) === choice) ?? 2)}
			/>
			{watching.value ? (
				<button type="button" class="secondary with-icon" onClick={() => void stopWatching()}>
					<Icon name="stop" />
					{t.value('machines.stop')}
				</button>
			) : (
				<button type="button" class="primary with-icon" disabled={!isUp} onClick={startWatching}>
					<Icon name="play" />
					{t.value('machines.start')}
				</button>
			)}
		</div>
	);
}

/** How new what is shown is, and who else watches. */
function Status({ when, watchers }: { readonly when: string; readonly watchers: number }) {
	const others =
		watchers === 0
			? undefined
			: watchers === 1
				? t.value('machines.watchers.one')
				: t.value('machines.watchers.other', { count: watchers });
	if (past.value !== undefined) {
		return (
			<span class="age age-old">
				{t.value('machines.record.past', { when: format.value.moment(past.value.atMs, now.value) })}
			</span>
		);
	}
	if (!watching.value) {
		return <span class="quiet">{[t.value('machines.minute', { when }), others].filter(Boolean).join(' · ')}</span>;
	}
	if (bus.value?.link.value.kind !== 'up') return <span class="age age-old">{t.value('machines.away')}</span>;
	const last = latest.value;
	const silentMs = now.value - (last?.heardMs ?? beganMs.value);
	const everyMs = (last?.sample.everyS ?? rhythm.value) * 1_000;
	if (silentMs > Math.max(SILENT_MS, SILENT_RHYTHMS * everyMs)) {
		return (
			<span class="age age-old">
				{t.value('machines.silent', { time: format.value.duration(silentMs - (silentMs % SAID_EVERY_MS)) })}
			</span>
		);
	}
	if (last === undefined) return <span class="quiet">{t.value('machines.starting')}</span>;
	return (
		<>
			<Age live atMs={undefined} /> <span class="quiet">{others}</span>
		</>
	);
}
