// Which subscription would do: what the house says of it, and the question. It comes with the costs screen.
import {
	type AdviceSet,
	type AdviceState,
	decodePayload,
	historyAnswer,
	topicFilter,
	topics,
} from '@pilotwire/contract';
import { effect, signal } from '@preact/signals';
import { outsideProbe } from '../core/glance.ts';
import { ask, listen, send } from './bus.ts';
import { house, link, session } from './store.ts';

/** What the house says; undefined until it has said something. */
export const advice = signal<AdviceState | undefined>(undefined);
/** How far the question has come: on its way, or not taken. */
export const asking = signal<'no' | 'sent' | 'failed'>('no');
/** Mean outside of the last two weeks as a probe measured it, °C. */
export const measuredOutsideC = signal<number | undefined>(undefined);

const EXPIRES_AFTER_MS = 10_000;
/** The house says that it has begun within this. Milliseconds. */
const BEGINS_WITHIN_MS = 8_000;
const LEARNED_FROM_MS = 14 * 86_400_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Hears what the house says while the screen is open; the result ends that. */
export function followAdvice(): () => void {
	const who = session.peek();
	if (who.kind !== 'in') return () => undefined;
	const filter = topicFilter(who.account.site, topics.advice);
	const stopHearing = listen([filter], ({ topic, payload }) => {
		if (topic !== filter || payload.length === 0) return;
		const decoded = decodePayload(topics.advice, payload);
		if (!decoded.ok) return;
		if (decoded.payload.startedAt !== advice.peek()?.startedAt) settle('no');
		advice.value = decoded.payload;
	});
	const stopMeasuring = effect(() => {
		if (link.value.kind === 'up') void measureOutside();
	});
	return () => {
		stopHearing();
		stopMeasuring();
		settle('no');
	};
}

/** Asks the house, which answers all who look. */
export async function findOut(outsideC: number): Promise<void> {
	settle('sent');
	timer = setTimeout(() => settle('failed'), BEGINS_WITHIN_MS);
	const expiresMs = Date.now() - (house.peek().clockAheadMs ?? 0) + EXPIRES_AFTER_MS;
	await tell({ outsideC, expiresAt: new Date(expiresMs).toISOString() });
}

/** Ends what is being found out. */
export function stopFinding(): Promise<void> {
	return tell('stop');
}

async function tell(command: AdviceSet): Promise<void> {
	try {
		await send(topics.adviceSet, command);
	} catch {
		settle('failed');
	}
}

function settle(state: typeof asking.value): void {
	clearTimeout(timer);
	asking.value = state;
}

async function measureOutside(): Promise<void> {
	const probe = outsideProbe(house.peek());
	if (probe === undefined) return;
	const toMs = Date.now() - (house.peek().clockAheadMs ?? 0);
	const [from, to] = [toMs - LEARNED_FROM_MS, toMs].map((ms) => new Date(ms).toISOString());
	const question = { series: 'probe.temperatureC', tags: { probe }, from, to, points: 1 };
	try {
		const { lines } = historyAnswer.parse(await ask('telemetry', 'history.query', question));
		const [line] = lines;
		measuredOutsideC.value = line?.kind === 'number' ? line.mean.at(-1) : undefined;
	} catch {
		// It is typed, then.
	}
}
