// Devices of the gateway: how each is, what it said last, and a command to one or to many.
import type { DeviceState } from '@pilotwire/contract';
import { useEffect, useState } from 'preact/hooks';
import { busy, command, devices, followDevices, last, pick, picked } from '../app/devices.ts';
import { format, house, link, mayCommand, now, t } from '../app/store.ts';
import { listed } from '../core/devices.ts';
import { trueAtMs } from '../core/house.ts';
import '../i18n/devices.ts';
import '../styles/forms.css';
import '../styles/machines.css';
import '../styles/devices.css';
import { Fact } from './fact.tsx';
import { TextField } from './forms.tsx';
import { There } from './machine-head.tsx';
import { NothingYet } from './typed.tsx';

/** What to type to have a first device. */
const EXAMPLE = `deviceGateway: { port: 8765 }

pilotwire account token cellar --type box`;

/** What a device is that was given no type. */
const ANY_TYPE = 'device';

/** The screen. */
export function DevicesScreen() {
	useEffect(followDevices, []);
	const all = listed(devices.value);
	const isAway = house.value.services.get('device-gateway')?.value === 'offline';
	return (
		<>
			<h1 class="screen-title">{t.value('screen.devices')}</h1>
			{isAway && <p class="quiet">{t.value('devices.away')}</p>}
			{all.length === 0 ? (
				<NothingYet
					id="no-device"
					title={t.value('devices.none')}
					hint={t.value('devices.none.hint')}
					example={EXAMPLE}
				/>
			) : (
				<div class="machine-cards">
					{all.map(([name, state]) => (
						<DeviceCard key={name} name={name} state={state} />
					))}
				</div>
			)}
			{all.length > 0 &&
				(mayCommand.value ? (
					<CommandCard names={all.map(([name]) => name)} />
				) : (
					<p class="quiet">{t.value('devices.viewer')}</p>
				))}
		</>
	);
}

function DeviceCard({ name, state }: { readonly name: string; readonly state: DeviceState }) {
	const { status, connected, since, telemetry } = state;
	const type = state.type === ANY_TYPE ? t.value('devices.type') : state.type;
	const when = (at: string): string => format.value.moment(trueAtMs(house.value, at), now.value);
	const title = `device-${name}`;
	const outcome = last.value?.shown.get(name);
	return (
		<section class="card" aria-labelledby={title}>
			<div class="card-head">
				<h2 id={title}>{name}</h2>
				<There
					isThere={connected}
					word={status === 'online' || status === 'offline' ? t.value(`devices.${status}`) : status}
				/>
			</div>
			<p class="quiet">
				{since === undefined
					? t.value('devices.never', { type })
					: t.value('devices.since', { type, when: when(since) })}
			</p>
			{telemetry === undefined ? (
				<p class="quiet">{t.value('devices.silent')}</p>
			) : (
				<>
					<dl class="facts facts-narrow">
						{Object.entries(telemetry.values).map(([figure, value]) => (
							<Fact key={figure} name={figure}>
								{shown(value)}
							</Fact>
						))}
					</dl>
					<p class="quiet">{t.value('devices.said', { when: when(telemetry.at) })}</p>
				</>
			)}
			{mayCommand.value && (
				<label class="check">
					<input
						type="checkbox"
						checked={picked.value.has(name)}
						onChange={(event) => pick(name, event.currentTarget.checked)}
					/>
					{t.value('devices.pick', { name })}
				</label>
			)}
			<p role="status" class="device-outcome">
				{outcome !== undefined && t.value(`devices.outcome.${outcome}`)}
			</p>
		</section>
	);
}

function shown(value: number | boolean | string): string {
	if (typeof value === 'boolean') return t.value(value ? 'devices.yes' : 'devices.no');
	return typeof value === 'number' ? value.toLocaleString(document.documentElement.lang) : value;
}

function CommandCard({ names }: { readonly names: readonly string[] }) {
	const [word, setWord] = useState('');
	const [value, setValue] = useState('');
	const count = picked.value.size;
	const isAll = names.every((name) => picked.value.has(name));
	const can = count > 0 && word.trim() !== '' && !busy.value && link.value.kind === 'up';
	return (
		<form
			class="card"
			aria-labelledby="device-command"
			onSubmit={(event) => {
				event.preventDefault();
				if (can) void command(word.trim(), value);
			}}
		>
			<h2 id="device-command">{t.value('devices.command')}</h2>
			<label class="check">
				<input
					type="checkbox"
					checked={isAll}
					onChange={() => {
						picked.value = new Set(isAll ? [] : names);
					}}
				/>
				{t.value('devices.pick.all')}
			</label>
			<div class="device-form">
				<TextField label={t.value('devices.word')} value={word} onInput={setWord} />
				<TextField
					label={t.value('devices.value')}
					value={value}
					onInput={setValue}
					hint={t.value('devices.value.hint')}
				/>
			</div>
			<button type="submit" class="primary" disabled={!can}>
				{count === 0
					? t.value('devices.send.none')
					: t.value(count === 1 ? 'devices.send.one' : 'devices.send.other', { count: String(count) })}
			</button>
		</form>
	);
}
