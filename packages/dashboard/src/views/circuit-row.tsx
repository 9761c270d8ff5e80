// A circuit's line: what it does, why, what is wrong with it, and how far an order for it has come.
import type { CircuitState } from '@pilotwire/contract';
import { command, dismissCommand } from '../app/orders.ts';
import { commands, format, house, link, mayCommand, now, t } from '../app/store.ts';
import type { Pending } from '../core/commands.ts';
import { trueAtMs } from '../core/house.ts';
import { problemKey } from '../core/problems.ts';
import { explain } from '../core/reasons.ts';
import { isSwitched, orderWords } from '../core/words.ts';
import '../i18n/circuits.ts';
import { Icon } from './icons.tsx';
import { OrderChip } from './parts.tsx';
import { reasonText } from './reason.tsx';

/** What was asked for while something else is in force, and until when. */
function wantedText(circuit: CircuitState): string {
	const { wanted, override } = circuit;
	const order = t.value(orderWords(wanted, isSwitched(circuit)).name);
	if (override?.until === undefined) return t.value('radiators.wanted', { order });
	const until = format.value.moment(trueAtMs(house.value, override.until), now.value);
	return t.value('radiators.wanted.until', { order, until });
}

/** What the programme does next, where it is the programme that is followed. */
function Programmed({ id, circuit }: { readonly id: string; readonly circuit: CircuitState }) {
	const programme = house.value.programmes.get(id)?.value;
	if (programme === undefined || circuit.override !== undefined) return null;
	// Its word is renewed all the time: when this one ends says nothing.
	if (programme.why === 'thermostat') {
		const name = house.value.thermostats.get(programme.thermostat ?? '')?.value.name ?? programme.thermostat ?? '';
		return <span class="quiet">{t.value('radiators.thermostat', { name })}</span>;
	}
	if (programme.until === undefined) return null;
	const until = format.value.moment(trueAtMs(house.value, programme.until), now.value);
	const { next } = programme;
	if (next === undefined) return <span class="quiet">{t.value('radiators.until', { until })}</span>;
	const order = t.value(orderWords(next, isSwitched(circuit)).name);
	return <span class="quiet">{t.value('radiators.next', { until, order })}</span>;
}

interface RowProps {
	readonly id: string;
	readonly circuit: CircuitState;
	readonly onChange: (id: string) => void;
}

/** One circuit: what it does, why, and a way to another order. */
export function CircuitRow({ id, circuit, onChange }: RowProps) {
	const { name, wanted, inForce, problem, fault } = circuit;
	const pending = commands.value.get(id);
	const canChange = mayCommand.value && link.value.kind === 'up';
	// Whose programme it follows is said below.
	const isRun = circuit.reason === 'programme' && house.value.programmes.get(id)?.value.why === 'thermostat';
	const inside = (
		<>
			<span class="row-text">
				<span class="row-name">{name}</span>
				{!isRun && <span class="quiet">{reasonText(explain(house.value, id, circuit))}</span>}
				{wanted !== inForce && <span class="row-wanted">{wantedText(circuit)}</span>}
				<Programmed id={id} circuit={circuit} />
			</span>
			<OrderChip order={inForce} switched={isSwitched(circuit)} />
		</>
	);
	return (
		<li class="radiator" data-held={wanted !== inForce} data-live={circuit.reason !== 'unreachable'}>
			{canChange ? (
				<button
					type="button"
					class="row row-button"
					aria-haspopup="dialog"
					title={t.value('radiators.change', { name })}
					onClick={() => onChange(id)}
				>
					{inside}
				</button>
			) : (
				<div class="row">{inside}</div>
			)}
			{problem !== undefined && <Problem text={problem} word={t.value(problemKey(problem, fault))} />}
			{pending !== undefined && <Progress id={id} pending={pending} canRetry={canChange} />}
		</li>
	);
}

/** What is wrong in the reader's language; the service's own sentence, which is English, for whoever mends it. */
export function Problem({ text, word }: { readonly text: string; readonly word: string }) {
	return (
		<div class="problem">
			<p>
				<Icon name="alert" /> {word}
			</p>
			<details>
				<summary>{t.value('problem.detail')}</summary>
				<p lang="en">{text}</p>
			</details>
		</div>
	);
}

/** How far an order has come. */
export function Progress({
	id,
	pending,
	canRetry,
}: {
	readonly id: string;
	readonly pending: Pending;
	readonly canRetry: boolean;
}) {
	const { progress, command: given } = pending;
	const words = {
		sent: 'command.sent',
		confirmed: 'command.confirmed',
		unconfirmed: 'command.unconfirmed',
		lost: 'command.lost',
		refused: 'command.refused',
	} as const;
	const failed = progress !== 'sent' && progress !== 'confirmed';
	const order = t.value(orderWords(given.order, isSwitched(house.value.circuits.get(id)?.value)).name);
	return (
		<div class="progress" data-progress={failed ? 'failed' : progress}>
			<p>
				{progress === 'sent' ? <span class="spin" /> : <Icon name={failed ? 'alert' : 'check'} />}
				{t.value(words[progress], { order })}
			</p>
			{failed && (
				<div class="progress-actions">
					{canRetry && (
						<button type="button" class="small" onClick={() => void command(id, given)}>
							{t.value('command.retry')}
						</button>
					)}
					<button type="button" class="small" onClick={() => dismissCommand(id)}>
						{t.value('command.dismiss')}
					</button>
				</div>
			)}
		</div>
	);
}
