import type { Transport } from './brokers.ts';

/** MQTT 3.1.1 or 5, as CONNECT says it. */
export type Version = 4 | 5;

/** One load, by one kind of client. */
export interface Row {
	readonly kind: 'throughput' | 'latency' | 'connections';
	/** What is loaded; the same for all kinds of client. */
	readonly shape: string;
	readonly transport: Transport;
	readonly version: Version;
	/** Words for the generator. */
	readonly words: readonly string[];
	/** Only there to compare with. */
	readonly aside?: boolean;
}

interface Shape extends Pick<Row, 'kind' | 'shape' | 'words' | 'aside'> {
	readonly versions?: readonly Version[];
}

const shapes: readonly Shape[] = [
	{ kind: 'throughput', shape: 'QoS 0, 1 to 1', words: ['flow', '--window', '1000'] },
	{ kind: 'throughput', shape: 'QoS 0, 1 to 50', words: ['flow', '--subscribers', '50', '--window', '200'] },
	{ kind: 'throughput', shape: 'QoS 0, 50 to 1', words: ['flow', '--publishers', '50', '--window', '20'] },
	{ kind: 'throughput', shape: 'QoS 1, window 100', words: ['flow', '--qos', '1', '--window', '100'] },
	{
		...{ kind: 'throughput', shape: 'QoS 1, window 100, sessions that are kept', versions: [4], aside: true },
		words: ['flow', '--qos', '1', '--window', '100', '--kept'],
	},
	{ kind: 'latency', shape: 'QoS 1 at 1,000/s', words: ['flow', '--qos', '1', '--rate', '1000'] },
	{ kind: 'connections', shape: 'connections', words: ['connect', '--together', '16'] },
];

/** The rows whose names match. */
export function rowsLike(pattern: string): Row[] {
	const wanted = new RegExp(pattern);
	return shapes
		.flatMap(({ versions = [4, 5], ...shape }) =>
			versions.flatMap((version) =>
				(['TCP', 'WebSocket'] as const).map((transport) => ({ ...shape, transport, version })),
			),
		)
		.filter((row) => wanted.test(nameOf(row)));
}

/** As the table says it. */
export function nameOf({ shape, transport, version }: Row): string {
	return `${shape}, ${transport}, ${version === 4 ? '3.1.1' : '5'}`;
}
