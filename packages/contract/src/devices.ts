import * as z from 'zod/mini';
import { instant, typedInstant } from './common.ts';

/** What a device is, such as `box` or `station`: a word of whoever runs the house. */
export const deviceType = z
	.string()
	.check(z.regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'expected a word of [a-z0-9_-], at most 32 letters'));

/** Longest name of a figure, and longest text, that a device may tell. Characters. */
export const DEVICE_NAME_LENGTH = 64;
export const DEVICE_TEXT_LENGTH = 256;
/** Figures and texts of one device; more are left out. */
export const MOST_DEVICE_VALUES = 64;

const deviceStatus = z.string().check(z.minLength(1), z.maxLength(64));
const figureName = z.string().check(z.minLength(1), z.maxLength(DEVICE_NAME_LENGTH));
const value = z.union([z.number(), z.boolean(), z.string().check(z.maxLength(DEVICE_TEXT_LENGTH))]);

const telemetry = z.object({
	/** When it arrived. */
	at: instant,
	/** What was in it, in the device's own names; what was nested has a dot between the levels. */
	values: z.record(figureName, value),
});

/** `devices/<name>/state`: a device, whether it is there, and what it said last. */
export const deviceState = z.object({
	at: instant,
	type: deviceType,
	/** `online`, `offline`, or what the device says of itself. */
	status: deviceStatus,
	connected: z.boolean(),
	/** The way it came the last time; absent where it never did. */
	via: z.optional(z.enum(['websocket', 'mqtt'])),
	/** Since when it is connected, or no longer; absent where it never was. */
	since: z.optional(instant),
	telemetry: z.optional(telemetry),
});
export type DeviceState = z.infer<typeof deviceState>;

/** `devices/<name>/status`: the status alone; the last will of a device that speaks MQTT is `offline`. */
export const deviceStatusWord = deviceStatus;

/** `devices/<name>/telemetry`: what a device that speaks MQTT says: the same JSON as over WebSocket, `type` needless. */
export const deviceTelemetry = z.record(z.string(), z.unknown());

/** A command's own mark: a second one with the same mark is not carried out. */
const commandId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, "_" and "-"'));
const commandWord = z.string().check(z.minLength(1), z.maxLength(64));

/** What a device is told. */
export const deviceCommand = z.strictObject({
	command: commandWord,
	/** Goes to the device as text; left out where there is none. */
	value: z.optional(z.union([z.string().check(z.maxLength(1024)), z.number(), z.boolean()])),
	id: z.optional(commandId),
	/** After this moment it is no longer carried out. */
	until: z.optional(typedInstant),
});
export type DeviceCommand = z.infer<typeof deviceCommand>;

/** `devices/<name>/set`: a command; a plain word where there is nothing but the word. */
export const deviceSet = z.union([
	z.string().check(z.regex(/^[^\s{]\S{0,63}$/, 'expected a word, or {command, value, id, until}')),
	deviceCommand,
]);
export type DeviceSet = z.infer<typeof deviceSet>;

/** What became of a command: the device has it; it has said something since; it is not there; it was not sent. */
export const commandOutcome = z.enum(['delivered', 'acknowledged', 'offline', 'refused']);
export type CommandOutcome = z.infer<typeof commandOutcome>;

/** What became of a command at one device. */
export const deviceOutcome = z.object({
	device: z.string(),
	outcome: commandOutcome,
	/** Where it was not delivered: why, as a code and in words. */
	code: z.optional(z.string()),
	why: z.optional(z.string()),
});
export type DeviceOutcome = z.infer<typeof deviceOutcome>;

/** Devices that one `device.command` may name: what became of each has room in one answer. */
export const MOST_COMMANDED = 1_000;

/**
 * The answer to `device.command` {devices: [names] | "all", command, value?, id?, once?, until?, waitS?}; `once`: the id is of
 * this call's making, and is not given again.
 */
export const deviceCommandAnswer = z.object({ id: commandId, outcomes: z.array(deviceOutcome) });
export type DeviceCommandAnswer = z.infer<typeof deviceCommandAnswer>;

/** `devices/<name>/event`: what became of a command. */
export const deviceEvent = z.extend(z.omit(deviceOutcome, { device: true }), {
	at: instant,
	kind: z.literal('command'),
	id: commandId,
	command: commandWord,
	value: z.optional(z.string()),
});
export type DeviceEvent = z.infer<typeof deviceEvent>;
