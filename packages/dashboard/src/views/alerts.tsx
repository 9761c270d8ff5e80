// Alerts: what is wrong now, the ways to people and how they do, and this device among them.
import type { AlertsState } from '@pilotwire/contract';
import { useEffect } from 'preact/hooks';
import { alerts, followAlerts, here, joinAlerts, leaveAlerts, testAlerts, tested } from '../app/alerts.ts';
import { format, link, mayCommand, now, t } from '../app/store.ts';
import '../i18n/alerts.ts';

const when = (at: string): string => format.value.moment(Date.parse(at), now.value);

/** The card; nothing where the house alerts nobody. */
export function AlertsCard() {
	useEffect(followAlerts, []);
	const state = alerts.value;
	if (state === undefined) return null;
	const { on, channels, quietUntil } = state;
	return (
		<section class="card" aria-labelledby="alerts-title">
			<h2 id="alerts-title">{t.value('alerts.title')}</h2>
			{on.length === 0 && <p class="quiet">{t.value('alerts.none')}</p>}
			{on.length > 0 && (
				<ul class="rows">
					{on.map(({ kind, subject, title, text, since }) => (
						<li key={`${kind} ${subject}`}>
							<p class="row-name">{title}</p>
							<p class="quiet">{t.value('alerts.since', { when: when(since) })}</p>
							<p>{text}</p>
						</li>
					))}
				</ul>
			)}
			{quietUntil !== undefined && <p class="quiet">{t.value('alerts.quiet', { when: when(quietUntil) })}</p>}
			{channels.length > 0 && (
				<dl class="facts">
					{channels.map((channel) => (
						<Channel key={channel.channel} channel={channel} phones={state.push?.phones ?? 0} />
					))}
				</dl>
			)}
			{channels.length === 0 && <p class="quiet">{t.value('alerts.nobody')}</p>}
			{state.push !== undefined && mayCommand.value && <ThisDevice />}
			{channels.length > 0 && mayCommand.value && <Test />}
		</section>
	);
}

interface ChannelProps {
	readonly channel: AlertsState['channels'][number];
	readonly phones: number;
}

function Channel({ channel: { channel, kind, sentAt, waiting, failingSince, problem }, phones }: ChannelProps) {
	const how =
		failingSince !== undefined
			? t.value('alerts.fails', { when: when(failingSince) })
			: sentAt !== undefined
				? t.value('alerts.works', { when: when(sentAt) })
				: t.value('alerts.unused');
	return (
		<div>
			<dt>{t.value(`alerts.kind.${kind}`, { name: channel, count: phones })}</dt>
			<dd title={problem}>{waiting > 0 ? `${how}, ${t.value('alerts.waiting', { count: waiting })}` : how}</dd>
		</div>
	);
}

function ThisDevice() {
	const state = here.value;
	const isTold = state === 'told';
	return (
		<>
			{(isTold || state === 'untold' || state === 'failed') && (
				<button
					type="button"
					class="secondary"
					disabled={link.value.kind !== 'up'}
					onClick={() => void (isTold ? leaveAlerts() : joinAlerts())}
				>
					{t.value(isTold ? 'alerts.here.end' : 'alerts.here')}
				</button>
			)}
			<p class="quiet" role="status">
				{state !== 'untold' && t.value(isTold ? 'alerts.here.on' : `alerts.here.${state}`)}
			</p>
		</>
	);
}

function Test() {
	const result = tested.value;
	return (
		<>
			<button
				type="button"
				class="secondary"
				disabled={result === 'busy' || link.value.kind !== 'up'}
				onClick={() => void testAlerts()}
			>
				{t.value('alerts.test')}
			</button>
			<p role="status">
				{result === 'busy' && t.value('alerts.test.busy')}
				{result === 'failed' && t.value('alerts.here.failed')}
				{typeof result === 'object' &&
					(result.length === 0
						? t.value('alerts.test.sent')
						: t.value('alerts.test.some', { names: result.join(', ') }))}
			</p>
		</>
	);
}
