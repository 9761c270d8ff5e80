import { randomBytes } from 'node:crypto';
import type { Accounts } from '@pilotwire/accounts';
import { type DeviceCommandAnswer, type DeviceState, deviceType, MOST_COMMANDED } from '@pilotwire/contract';
import { type RemoteMethod, remoteMethod } from '@pilotwire/runtime';
import * as z from 'zod';
import type { Order, Outcome } from './core/commands.ts';
import { deviceUnknown, tooManyDevices } from './errors.ts';

/** How long new telemetry is waited for unless a command says otherwise, s. */
export const WAIT_S = 3;
const LONGEST_WAIT_S = 30;

/** What the methods need of the service. */
export interface MethodParts {
	readonly accounts: Pick<Accounts, 'addMachine' | 'rotateSecret' | 'remove'>;
	names(): readonly string[];
	stateOf(name: string): DeviceState | undefined;
	carryOut(device: string, order: Order): Promise<Outcome>;
}

const name = z.string().max(200);
const named = z.strictObject({ name });
const command = z.strictObject({
	devices: z.union([z.literal('all'), z.array(name).min(1).max(MOST_COMMANDED)]),
	command: z.string().min(1).max(64),
	value: z
		.union([z.string().max(1024), z.number(), z.boolean()])
		.transform(String)
		.optional(),
	id: z
		.string()
		.regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, "_" and "-"')
		.optional(),
	until: z.iso.datetime({ offset: true }).optional(),
	waitS: z.number().min(0).max(LONGEST_WAIT_S).default(WAIT_S),
	/** Then the id need not be remembered over a restart. */
	once: z.boolean().default(false),
});

/** A mark for a command that came without one. */
export function newCommandId(): string {
	return randomBytes(9).toString('base64url');
}

/** What those may call who may command devices: `device.list`, `device.command`. */
export function deviceMethods(parts: MethodParts): Record<string, RemoteMethod> {
	return {
		'device.list': remoteMethod(z.strictObject({}), () => ({
			devices: parts.names().map((name) => ({ name, ...parts.stateOf(name) })),
		})),
		'device.command': remoteMethod(
			command,
			async ({ devices, id: given, once, ...order }): Promise<DeviceCommandAnswer> => {
				const id = given ?? newCommandId();
				const names = devices === 'all' ? parts.names() : [...new Set(devices)];
				if (names.length > MOST_COMMANDED) throw tooManyDevices(names.length, MOST_COMMANDED);
				const carried = names.map(async (device) => {
					const outcome = await parts.carryOut(device, {
						id,
						repeatable: given !== undefined && !once,
						overheard: false,
						command: order.command,
						value: order.value,
						untilMs: order.until === undefined ? undefined : Date.parse(order.until),
						waitMs: order.waitS * 1_000,
					});
					return { device, ...outcome };
				});
				return { id, outcomes: await Promise.all(carried) };
			},
		),
	};
}

/** What administrators may call: `device.add`, `device.rotate`, `device.remove`. */
export function adminMethods({ accounts, stateOf }: MethodParts): Record<string, RemoteMethod> {
	const only = (name: string): void => {
		if (stateOf(name) === undefined) throw deviceUnknown(name);
	};
	return {
		'device.add': remoteMethod(z.strictObject({ name, type: z.optional(deviceType) }), ({ name, type }) =>
			accounts.addMachine('device', name, type),
		),
		'device.rotate': remoteMethod(named, ({ name }) => {
			only(name);
			return accounts.rotateSecret(name);
		}),
		'device.remove': remoteMethod(named, async ({ name }) => {
			only(name);
			await accounts.remove(name);
			return {};
		}),
	};
}
