// Machines from afar: which one, and what of it.
import type { AgentLog } from '@pilotwire/contract';
import { useEffect } from 'preact/hooks';
import { agent, agents, chosen, followAgents, mayUse, part, picked, pickedPart } from '../app/remote.ts';
import { format, link, now, t } from '../app/store.ts';
import { type Part, partsOf } from '../core/remote.ts';
import '../i18n/machines.ts';
import '../i18n/remote.ts';
import '../styles/forms.css';
import '../styles/machines.css';
import '../styles/remote.css';
import { ChannelCard } from './channels.tsx';
import { MachineHead } from './machine-head.tsx';
import { Segments } from './parts.tsx';
import { CameraPart } from './remote-camera.tsx';
import { CommandsPart } from './remote-commands.tsx';
import { FilesPart } from './remote-files.tsx';
import { GpioPart, TelevisionPart } from './remote-outputs.tsx';
import { SoundPart } from './remote-sound.tsx';
import { NothingYet } from './typed.tsx';

const EXAMPLE = `remoteAgent:
  enabled: true
  files: { roots: { photos: { path: /home/pi/photos } } }`;

const views: Readonly<Record<Part, () => preact.JSX.Element>> = {
	files: FilesPart,
	camera: CameraPart,
	sound: SoundPart,
	television: TelevisionPart,
	gpio: GpioPart,
	commands: CommandsPart,
};

/** The screen. */
export function RemoteScreen() {
	useEffect(followAgents, []);
	const View = part.value === undefined ? undefined : views[part.value];
	return (
		<>
			<h1 class="screen-title">{t.value('screen.remote')}</h1>
			{agent.value !== undefined ? <Head /> : mayUse.value ? <None /> : <p class="quiet">{t.value('remote.only')}</p>}
			{View !== undefined && agent.value?.isThere === true && <View key={chosen.value} />}
			<ChannelCard />
		</>
	);
}

function None() {
	if (link.value.kind !== 'up') return <p class="quiet">{t.value('machines.asking')}</p>;
	return (
		<NothingYet id="no-agent" title={t.value('remote.none')} hint={t.value('remote.none.hint')} example={EXAMPLE} />
	);
}

function Head() {
	const [id, of] = [chosen.value, agent.value];
	if (id === undefined || of === undefined) return null;
	const parts = partsOf(of);
	const all = [...agents.value]
		.sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }))
		.map(([one, { state }]) => [one, state?.name ?? one] as const);
	return (
		<MachineHead
			titleId="agent-title"
			id={id}
			all={all}
			isThere={of.isThere}
			label={t.value('remote.machine')}
			onChoose={(next) => {
				picked.value = next;
			}}
		>
			{of.log !== undefined && <Measured log={of.log} />}
			{parts.length === 0 ? (
				<p class="quiet">{t.value('remote.nothing')}</p>
			) : (
				<Segments
					label={t.value('remote.what')}
					name="remote-part"
					value={part.value ?? 'files'}
					choices={parts.map((one) => [one, t.value(`remote.${one}`)])}
					onChoose={(one) => {
						pickedPart.value = one;
					}}
				/>
			)}
		</MachineHead>
	);
}

function Measured({ log }: { readonly log: AgentLog }) {
	const { celsius, percent, bytes, moment } = format.value;
	const figures = [
		log.temperatureC === undefined ? undefined : celsius(log.temperatureC),
		log.humidityPercent === undefined ? undefined : percent(log.humidityPercent / 100),
		log.cpuPercent === undefined ? undefined : `${t.value('machines.cpu')} ${percent(log.cpuPercent / 100)}`,
		log.cpuTemperatureC === undefined ? undefined : celsius(log.cpuTemperatureC),
		log.memory === undefined ? undefined : `${t.value('machines.memory')} ${bytes(log.memory.usedBytes)}`,
		log.disk === undefined ? undefined : `${t.value('machines.disks')} ${bytes(log.disk.usedBytes)}`,
	].filter((one) => one !== undefined);
	const when = moment(Date.parse(log.at), now.value);
	return <p class="quiet">{t.value('remote.measured', { when, figures: figures.join(' · ') })}</p>;
}
