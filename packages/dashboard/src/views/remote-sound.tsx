// A machine's microphone and loudspeaker.
import { useEffect, useRef, useState } from 'preact/hooks';
import { agent, ask, fetchBytes, sendBlob } from '../app/remote.ts';
import { t } from '../app/store.ts';
import { saveFile } from '../io/save-file.ts';
import { Listening, speechOf } from '../io/sound.ts';
import { SelectField } from './forms.tsx';
import { Icon } from './icons.tsx';
import { FaultText, FileButton, LineForm, Outcome, useDoing, useStream } from './remote-parts.tsx';

const LENGTHS = ['5', '10', '30', '60', '300'];

export function SoundPart() {
	const can = agent.value?.state?.can.sound ?? [];
	return (
		<section class="card" aria-labelledby="sound-title">
			<h2 id="sound-title">{t.value('remote.sound')}</h2>
			{can.includes('record') && <Hearing />}
			{can.includes('play') && <Speaking />}
			{can.includes('say') && <Saying />}
		</section>
	);
}

function Hearing() {
	const [seconds, setSeconds] = useState('10');
	const recording = useDoing();
	const live = useStream();
	const listen = (): void => {
		// Made by the touch: browsers let no page sound otherwise.
		const listening = new Listening();
		live.start(() => {
			const call = ask('sound.listen', { live: true, onBytes: (bytes) => listening.play(bytes) });
			const over = (): void => listening.end();
			call.ended.then(over, over);
			return call;
		});
	};
	return (
		<>
			<div class="remote-tools">
				<SelectField
					label={t.value('remote.sound.seconds')}
					value={seconds}
					choices={LENGTHS.map((value) => [value, value])}
					onChoose={setSeconds}
				/>
				<button
					type="button"
					class="secondary"
					onClick={() =>
						recording.run(async () => {
							const blob = await fetchBytes('sound.record', { seconds: Number(seconds) }, 'audio/wav');
							saveFile(blob, `${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.wav`);
						})
					}
				>
					{t.value('remote.sound.record')}
				</button>
				<button type="button" class="secondary with-icon" onClick={live.runs ? live.stop : listen}>
					<Icon name={live.runs ? 'stop' : 'play'} />
					{t.value(live.runs ? 'remote.stop' : 'remote.sound.listen')}
				</button>
			</div>
			<Outcome of={recording} />
			{live.fault !== undefined && <FaultText fault={live.fault} />}
		</>
	);
}

function Speaking() {
	const doing = useDoing();
	const speech = useRef<Awaited<ReturnType<typeof speechOf>>>(undefined);
	const [speaks, setSpeaks] = useState(false);
	useEffect(() => () => void speech.current?.end(), []);
	const speak = (): void =>
		doing.run(async () => {
			speech.current = await speechOf();
			setSpeaks(true);
		});
	const send = (): void =>
		doing.run(async () => {
			setSpeaks(false);
			const said = await speech.current?.end();
			speech.current = undefined;
			if (said !== undefined) await sendBlob('sound.play', said);
		});
	return (
		<>
			<div class="remote-tools">
				{isSecureContext && (
					<button type="button" class="secondary with-icon" onClick={speaks ? send : speak}>
						<Icon name={speaks ? 'stop' : 'play'} />
						{t.value(speaks ? 'remote.send' : 'remote.sound.speak')}
					</button>
				)}
				<FileButton
					label={t.value('remote.sound.play')}
					accept="audio/*,video/*"
					onFiles={([file]) => {
						if (file !== undefined) doing.run(() => sendBlob('sound.play', file));
					}}
				/>
			</div>
			{!isSecureContext && <p class="quiet">{t.value('remote.sound.insecure')}</p>}
			<Outcome of={doing} />
		</>
	);
}

function Saying() {
	const doing = useDoing();
	return (
		<>
			<LineForm
				label={t.value('remote.sound.say')}
				button={t.value('remote.send')}
				onLine={(text) => doing.run(() => ask('sound.say', { params: { text } }).ended)}
			/>
			<Outcome of={doing} />
		</>
	);
}
