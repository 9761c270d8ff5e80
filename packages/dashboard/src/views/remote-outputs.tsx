// A machine's television and pins.
import { useState } from 'preact/hooks';
import { agent, ask, sendBlob } from '../app/remote.ts';
import { t } from '../app/store.ts';
import { FaultText, FileButton, LineForm, Outcome, useDoing, useStream } from './remote-parts.tsx';

export function TelevisionPart() {
	const can = agent.value?.state?.can.television ?? [];
	const doing = useDoing();
	return (
		<section class="card" aria-labelledby="television-title">
			<h2 id="television-title">{t.value('remote.television')}</h2>
			<div class="remote-tools">
				{(['on', 'off', 'source'] as const)
					.filter((what) => can.includes(what))
					.map((what) => (
						<button
							key={what}
							type="button"
							class="secondary"
							onClick={() => doing.run(() => ask(`television.${what}`).ended)}
						>
							{t.value(`remote.television.${what}`)}
						</button>
					))}
				{can.includes('picture') && (
					<FileButton
						label={t.value('remote.television.picture')}
						accept="image/*"
						onFiles={([file]) => {
							if (file !== undefined) doing.run(() => sendBlob('television.picture', file));
						}}
					/>
				)}
			</div>
			{can.includes('text') && (
				<LineForm
					label={t.value('remote.television.text')}
					button={t.value('remote.send')}
					onLine={(text) => doing.run(() => ask('television.text', { params: { text } }).ended)}
				/>
			)}
			<Outcome of={doing} />
		</section>
	);
}

export function GpioPart() {
	const pins = agent.value?.state?.can.gpio ?? [];
	return (
		<section class="card" aria-labelledby="gpio-title">
			<h2 id="gpio-title">{t.value('remote.gpio')}</h2>
			<ul class="machine-list">
				{pins.map(({ pin, direction }) => (
					<li key={pin}>
						<Pin name={pin} isOutput={direction === 'out'} />
					</li>
				))}
			</ul>
		</section>
	);
}

function Pin({ name, isOutput }: { readonly name: string; readonly isOutput: boolean }) {
	const [on, setOn] = useState<boolean>();
	const doing = useDoing();
	const watching = useStream();
	const act = (op: string, params: Record<string, unknown> = {}): void =>
		doing.run(async () => {
			const { on: said } = await ask(`gpio.${op}`, { params: { pin: name, ...params } }).ended;
			if (typeof said === 'boolean') setOn(said);
		});
	const watch = (): void =>
		watching.start(() =>
			ask('gpio.watch', {
				params: { pin: name },
				onInfo: ({ on: said }) => {
					if (typeof said === 'boolean') setOn(said);
				},
			}),
		);
	const actions = isOutput
		? ([
				['on', () => act('write', { on: true })],
				['off', () => act('write', { on: false })],
				['pulse', () => act('pulse', { ms: 1_000 })],
			] as const)
		: ([['read', () => act('read')]] as const);
	return (
		<fieldset class="remote-pin">
			<legend>
				{name}: {t.value(on === undefined ? 'remote.gpio.unknown' : on ? 'remote.gpio.on' : 'remote.gpio.off')}
			</legend>
			<div class="remote-tools">
				{actions.map(([what, run]) => (
					<button
						key={what}
						type="button"
						class="small"
						onClick={run}
						aria-label={`${name}: ${t.value(`remote.gpio.${what}`)}`}
					>
						{t.value(`remote.gpio.${what}`)}
					</button>
				))}
				{!isOutput && (
					<button
						type="button"
						class="small"
						aria-pressed={watching.runs}
						onClick={watching.runs ? watching.stop : watch}
					>
						{t.value(watching.runs ? 'remote.stop' : 'remote.gpio.watch')}
					</button>
				)}
			</div>
			<Outcome of={doing} />
			{watching.fault !== undefined && <FaultText fault={watching.fault} />}
		</fieldset>
	);
}
