import type { HistoryAnswer } from '@pilotwire/contract';
import type { House } from '../config.ts';
import { callTelemetry } from '../history/call-telemetry.ts';
import type { AskHistory } from './read-history.ts';

/** Lets `read` ask the telemetry of the running house. Rejects with `BROKER_AWAY`, `RPC_TIMEOUT` or `RPC_REFUSED`. */
export function askTelemetry<Answer>(house: House, read: (ask: AskHistory) => Promise<Answer>): Promise<Answer> {
	return callTelemetry(house, (call) =>
		read(async (question) => (await call('history.query', { ...question })) as HistoryAnswer),
	);
}
