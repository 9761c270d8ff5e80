import type { CallTelemetry } from './call-telemetry.ts';

/** A point as `history.import` takes it; `at` in ms since 1970 UTC. */
export interface ImportPoint {
	readonly series: string;
	readonly tags: Readonly<Record<string, string>>;
	readonly at: number;
	readonly value: number | string;
}

/** Points of one call: a call has to fit on the bus. */
const BATCH = 1_000;

/** Sends points in batches, each once the one before is on the disk. Gives how many were taken. */
export async function importPoints(
	call: CallTelemetry,
	points: AsyncIterable<readonly ImportPoint[]>,
	progress: (taken: number) => void,
): Promise<number> {
	let taken = 0;
	let batch: ImportPoint[] = [];
	const send = async (): Promise<void> => {
		if (batch.length === 0) return;
		const sent = batch;
		batch = [];
		await call('history.import', { points: sent }, 'telemetry-admin');
		taken += sent.length;
		progress(taken);
	};
	for await (const some of points) {
		for (const point of some) {
			batch.push(point);
			if (batch.length >= BATCH) await send();
		}
	}
	await send();
	return taken;
}
