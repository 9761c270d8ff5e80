import { join } from 'node:path';
import { alertKinds, alertSeverities } from '@pilotwire/contract';
import { JsonFile } from '@pilotwire/runtime';
import * as z from 'zod';
import type { KeptAlerts } from '../core/keeper.ts';
import type { KeptOutbox } from '../core/outbox.ts';
import { type Phone, phoneSchema } from '../core/phones.ts';

/** What survives a restart, so that nothing is said twice and nothing is forgotten. */
export interface Memory {
	readonly alerts: KeptAlerts;
	/** By channel. */
	readonly outboxes: Readonly<Record<string, KeptOutbox>>;
	/** When the last opening of the breaker was that people were told of. */
	readonly lastOpening?: string;
}

/** Where it is kept. */
export interface Drawer {
	/** What it holds; nothing where there is none, or it is damaged. */
	memory(): Promise<Memory>;
	keepMemory(memory: Memory): Promise<void>;
	phones(): Promise<readonly Phone[]>;
	keepPhones(phones: readonly Phone[]): Promise<void>;
}

const alert = z.object({
	id: z.string(),
	kind: z.enum(alertKinds),
	subject: z.string(),
	name: z.string().optional(),
	detail: z.string().optional(),
	figure: z.number().optional(),
	severity: z.enum(alertSeverities),
	sinceMs: z.number(),
});
const notice = z.object({
	alert,
	phase: z.enum(['begin', 'end', 'past', 'unknown']),
	atMs: z.number(),
	untilMs: z.number().optional(),
});
const memorySchema = z.object({
	alerts: z.object({
		on: z.array(alert),
		returns: z.record(z.string(), z.object({ count: z.number(), overMs: z.number() })),
	}),
	outboxes: z.record(
		z.string(),
		z.object({ waiting: z.array(z.object({ notice, quiet: z.boolean() })), lost: z.number() }),
	),
	lastOpening: z.string().optional(),
});

/** Two small files below `dataDir`: subscriptions hold keys, and lie among the secrets. */
export function drawerIn(dataDir: string): Drawer {
	const memory = new JsonFile(join(dataDir, 'alerts.json'));
	const phones = new JsonFile(join(dataDir, 'secrets', 'alerts-phones'));
	return {
		memory: async () => {
			const { data } = memorySchema.safeParse(await memory.read());
			return (data as Memory | undefined) ?? { alerts: { on: [], returns: {} }, outboxes: {} };
		},
		keepMemory: (value) => memory.write(value),
		phones: async () => z.array(phoneSchema).safeParse(await phones.read()).data ?? [],
		keepPhones: (value) => phones.write(value),
	};
}
