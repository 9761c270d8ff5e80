// The commissioning run: what the house says of it, its beginning and its end. It comes with the settings.
import { type CommissioningState, decodePayload, matchTopic, topicFilter, topics } from '@pilotwire/contract';
import { signal } from '@preact/signals';
import { ask, listen } from './bus.ts';
import { session } from './store.ts';

const SERVICE = 'load-shedder';

/** The run under way, or the last one; undefined where there never was one. */
export const run = signal<CommissioningState | undefined>(undefined);
/** What is being asked of the house. */
export const asking = signal(false);
/** Why the house would not, in its own words. */
export const refused = signal<string | undefined>(undefined);

/** Hears the run while the screen is open; the result ends that. */
export function followRun(): () => void {
	const { value } = session;
	if (value.kind !== 'in') return () => undefined;
	const { site } = value.account;
	refused.value = undefined;
	return listen([topicFilter(site, topics.commissioning)], ({ topic, payload }) => {
		if (matchTopic(site, topics.commissioning, topic) === undefined) return;
		if (payload.length === 0) {
			run.value = undefined;
			return;
		}
		const decoded = decodePayload(topics.commissioning, payload);
		if (decoded.ok) run.value = decoded.payload;
	});
}

async function call(method: string, params: Record<string, unknown>): Promise<void> {
	asking.value = true;
	refused.value = undefined;
	try {
		await ask(SERVICE, method, params);
	} catch (error) {
		refused.value = error instanceof Error ? error.message : String(error);
	}
	asking.value = false;
}

/** Begins a run over these circuits, or all. It goes on in the house whether or not a page is open: phones fall asleep. */
export const beginRun = (circuits: readonly string[] | undefined): Promise<void> =>
	call('commission', circuits === undefined ? {} : { circuits });

/** Ends the run. */
export const stopRun = (id: string): Promise<void> => call('stopCommissioning', { run: id });
