import type { AgentLog } from '@pilotwire/contract';
import { instantOf, type ServiceContext } from '@pilotwire/runtime';
import type { Feature } from '../core/feature.ts';
import { Measures } from '../io/measures.ts';

/** Says what is measured, at a period. */
export function broadcastFeature(
	{ clock, guard }: ServiceContext,
	{ everyS, sensor }: { readonly everyS: number; readonly sensor?: string | undefined },
	dataDir: string,
	say: (log: AgentLog) => void,
): Feature {
	const measures = new Measures(dataDir, sensor);
	const measure = async (): Promise<void> => say({ at: instantOf(clock.wallMs()), ...(await measures.read()) });
	const timer = clock.every(everyS * 1_000, guard(measure));
	return { can: { broadcasts: { everyS } }, operations: {}, stop: async () => timer.cancel() };
}
