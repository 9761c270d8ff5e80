// Devices that speak to the gateway, as the bus tells of them.
import { type DeviceEvent, type DeviceState, decodePayload, matchTopic, topics } from '@pilotwire/contract';

/** By name. */
export type Devices = ReadonlyMap<string, DeviceState>;

/** The devices after a message; the same where it is none of theirs, or malformed. */
export function hearDevice(devices: Devices, site: string, topic: string, payload: Uint8Array): Devices {
	const name = matchTopic(site, topics.device, topic)?.device;
	if (name === undefined) return devices;
	const decoded = payload.length === 0 ? undefined : decodePayload(topics.device, payload);
	if (decoded?.ok === false) return devices;
	const next = new Map(devices);
	if (decoded === undefined) next.delete(name);
	else next.set(name, decoded.payload);
	return next;
}

/** What a message says of a command's outcome. */
export function outcomeIn(
	site: string,
	topic: string,
	payload: Uint8Array,
): (Pick<DeviceEvent, 'id' | 'outcome'> & { readonly device: string }) | undefined {
	const device = matchTopic(site, topics.deviceEvent, topic)?.device;
	if (device === undefined) return undefined;
	const decoded = decodePayload(topics.deviceEvent, payload);
	return decoded.ok ? { device, id: decoded.payload.id, outcome: decoded.payload.outcome } : undefined;
}

/** In the order of the list: those that are there first, by name. */
export function listed(devices: Devices): [string, DeviceState][] {
	return [...devices].sort(
		([a, { connected: first }], [b, { connected: second }]) => Number(second) - Number(first) || a.localeCompare(b),
	);
}
