// A machine's figures: processor by core, memory, heat and supply, disks, network.
import type { HostFigures, HostLog } from '@pilotwire/contract';
import type { ComponentChildren } from 'preact';
import { format, t } from '../app/store.ts';
import '../i18n/machines.ts';
import { Icon } from './icons.tsx';

/** From here on a share is nearly all. Percent. */
const NEAR = 80;
const FULL = 95;

interface Props {
	readonly figures: HostFigures | HostLog;
	readonly cores: number | undefined;
}

/** All cards; what only live samples say is left out where there is none. */
export function MachineFigures({ figures, cores }: Props) {
	const { cpuPercent, load, memory, swap, temperatureC, throttling, disks } = figures;
	const live = 'processes' in figures ? figures : undefined;
	return (
		<div class="machine-cards">
			<Card name="cpu" title={t.value('machines.cpu')}>
				<p class="machine-figure">{format.value.percent(cpuPercent / 100)}</p>
				{live === undefined ? (
					<Bar label={t.value('machines.cpu')} percent={cpuPercent} />
				) : (
					<ul class="cores" aria-label={t.value('machines.cores')}>
						{live.coresPercent.map((percent, core) => (
							<li key={core}>
								<Bar label={t.value('machines.core', { core: core + 1 })} percent={percent} upright />
								<span class="quiet" aria-hidden="true">
									{core + 1}
								</span>
							</li>
						))}
					</ul>
				)}
				<p class="quiet">
					{t.value('machines.load')} <b>{format.value.upTo1(load)}</b>
					{cores !== undefined && ` · ${t.value('machines.load.hint', { cores })}`}
				</p>
			</Card>
			<Card name="memory" title={t.value('machines.memory')}>
				<p class="machine-figure">{share(memory)}</p>
				<Used name={t.value('machines.memory')} of={memory} />
				{swap !== undefined && swap.totalBytes > 0 && (
					<>
						<p class="quiet">{t.value('machines.swap')}</p>
						<Used name={t.value('machines.swap')} of={swap} />
					</>
				)}
			</Card>
			{(temperatureC !== undefined || throttling !== undefined) && (
				<Card name="heat" title={t.value(temperatureC === undefined ? 'machines.supply' : 'machines.temperature')}>
					{temperatureC !== undefined && <p class="machine-figure">{format.value.celsius(temperatureC)}</p>}
					{throttling !== undefined && <Supply of={throttling} />}
				</Card>
			)}
			{disks.length > 0 && (
				<Card name="disks" title={t.value('machines.disks')}>
					<ul class="machine-list">
						{disks.map((disk) => (
							<li key={disk.mount}>
								<p class="mono">{disk.mount}</p>
								<Used name={disk.mount} of={disk} />
								{disk.wearPercent !== undefined && <Wear percent={disk.wearPercent} />}
							</li>
						))}
					</ul>
				</Card>
			)}
			{live !== undefined && live.network.length > 0 && (
				<Card name="network" title={t.value('machines.network')}>
					<ul class="machine-list">
						{live.network.map(({ interface: name, receivedBytesPerS, sentBytesPerS }) => (
							<li key={name}>
								<p class="mono">{name}</p>
								<p class="quiet">
									{t.value('machines.network.in', { rate: rate(receivedBytesPerS) })} ·{' '}
									{t.value('machines.network.out', { rate: rate(sentBytesPerS) })}
								</p>
							</li>
						))}
					</ul>
				</Card>
			)}
			{live?.problem !== undefined && (
				<section class="card" aria-labelledby="machine-problem">
					<h2 id="machine-problem">{t.value('machines.problem')}</h2>
					<p lang="en" class="quiet">
						{live.problem}
					</p>
				</section>
			)}
		</div>
	);
}

interface CardProps {
	readonly name: string;
	readonly title: string;
	readonly children: ComponentChildren;
}

function Card({ name, title, children }: CardProps) {
	return (
		<section class="card" aria-labelledby={`machine-${name}`}>
			<h2 id={`machine-${name}`}>{title}</h2>
			{children}
		</section>
	);
}

interface Amount {
	readonly usedBytes: number;
	readonly totalBytes: number;
}

const percentOf = ({ usedBytes, totalBytes }: Amount): number =>
	totalBytes === 0 ? 0 : (usedBytes / totalBytes) * 100;
const share = (of: Amount): string => format.value.percent(percentOf(of) / 100);
const rate = (bytesPerS: number): string => t.value('machines.rate', { amount: size(bytesPerS) });

/** 512 kB, 7.8 GB: in the unit in which it is a short number. */
export function size(bytes: number): string {
	const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
	const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
	return format.value.unit(bytes / 1000 ** power, units[power] ?? 'byte');
}

function Used({ name, of }: { readonly name: string; readonly of: Amount }) {
	const text = t.value('machines.of', { used: size(of.usedBytes), total: size(of.totalBytes) });
	return (
		<>
			<Bar label={`${name}: ${text}`} percent={percentOf(of)} />
			<p class="quiet">{text}</p>
		</>
	);
}

interface BarProps {
	readonly label: string;
	readonly percent: number;
	readonly upright?: boolean;
}

function Bar({ label, percent, upright = false }: BarProps) {
	const severity = percent >= FULL ? 'over' : percent >= NEAR ? 'near' : 'calm';
	const value = Math.round(percent);
	return (
		// biome-ignore lint/a11y/useSemanticElements: its element takes no look of its own in all browsers
		<div
			class={upright ? 'meter meter-upright' : 'meter'}
			role="meter"
			aria-label={label}
			aria-valuenow={value}
			aria-valuemin={0}
			aria-valuemax={100}
			aria-valuetext={format.value.percent(percent / 100)}
			data-severity={severity}
			style={{ '--level': `${Math.min(100, percent)}%` }}
		>
			<i />
		</div>
	);
}

function Supply({ of }: { readonly of: NonNullable<HostFigures['throttling']> }) {
	const { underVoltage, throttled, underVoltageSeen, throttledSeen } = of;
	if (!underVoltage && !throttled && !underVoltageSeen && !throttledSeen) {
		return (
			<p class="machine-fine">
				<Icon name="check" /> {t.value('machines.supply.fine')}
			</p>
		);
	}
	return (
		<>
			{underVoltage && <p class="fault">{t.value('machines.supply.under')}</p>}
			{throttled && <p class="fault">{t.value('machines.supply.throttled')}</p>}
			{underVoltageSeen && !underVoltage && <p class="notice">{t.value('machines.supply.underseen')}</p>}
			{throttledSeen && !throttled && <p class="notice">{t.value('machines.supply.throttledseen')}</p>}
		</>
	);
}

function Wear({ percent }: { readonly percent: number }) {
	if (percent > 100) return <p class="fault">{t.value('machines.wear.over')}</p>;
	return <p class="quiet">{t.value('machines.wear', { wear: format.value.percent(percent / 100) })}</p>;
}
