import { ConnectRefused, PacketRefused } from '../../errors.ts';
import type { Connect, Qos, Version, Will } from './packets.ts';
import { type Properties, readProperties } from './properties.ts';
import type { Reader } from './reader.ts';
import { reasons } from './reasons.ts';

/** A map: the name comes from outside, and objects know names of their own (`constructor`). */
const versions: ReadonlyMap<string, readonly number[]> = new Map([
	['MQIsdp', [3]],
	['MQTT', [4, 5]],
]);
const known = [3, 4, 5];

/**
 * Reads a CONNECT (MQTT 3.1.1 and 5 section 3.1). Throws `PacketRefused`, or `ConnectRefused` which is answered: faults of
 * version 5 are (section 4.13), those of versions 3 are not.
 */
export function readConnect(reader: Reader, flags: number): Connect {
	const version = readVersion(reader);
	if (flags !== 0 && version !== 3) throw new PacketRefused('CONNECT with reserved flags');
	const bits = readBits(reader, version);
	const keepAlive = reader.uint16();
	if (version < 5) return readRest(reader, version, bits, keepAlive);
	try {
		return readRest(reader, version, bits, keepAlive);
	} catch (error) {
		if (error instanceof PacketRefused) throw new ConnectRefused(error.message, error.reason, 5);
		throw error;
	}
}

function readRest(reader: Reader, version: Version, bits: ConnectBits, keepAlive: number): Connect {
	const properties = version === 5 ? readProperties(reader, 'connect') : {};
	const clientId = reader.name();
	const will = bits.will === undefined ? undefined : readWill(reader, version, bits.will);
	const name = bits.name ? reader.name() : undefined;
	const secret = bits.secret ? Buffer.from(reader.binary()) : undefined;
	reader.finish();
	return { type: 'connect', version, clientId, clean: bits.clean, keepAlive, properties, will, name, secret };
}

function readVersion(reader: Reader): Version {
	const protocol = reader.name();
	const fitting = versions.get(protocol);
	if (fitting === undefined) throw new PacketRefused('a CONNECT of another protocol');
	const version = reader.byte();
	if (fitting.includes(version)) return version as Version;
	// An unknown version is answered in words of version 5, a known one under a wrong name in those of versions 3.
	const words = known.includes(version) ? 4 : 5;
	throw new ConnectRefused(`MQTT version ${version} as ${protocol}`, reasons.unsupportedVersion, words);
}

interface ConnectBits {
	readonly clean: boolean;
	readonly will: { readonly qos: Qos; readonly retain: boolean } | undefined;
	readonly name: boolean;
	readonly secret: boolean;
}

function readBits(reader: Reader, version: Version): ConnectBits {
	const bits = reader.byte();
	const qos = (bits >> 3) & 3;
	const [clean, willed, retain, secret, name] = [0x02, 0x04, 0x20, 0x40, 0x80].map((bit) => (bits & bit) !== 0) as [
		boolean,
		boolean,
		boolean,
		boolean,
		boolean,
	];
	if ((bits & 1) !== 0 && version !== 3) throw new PacketRefused('CONNECT with its reserved flag set');
	if (qos > 2 || (!willed && (qos > 0 || retain)))
		throw new PacketRefused('flags of a will that contradict each other');
	if (secret && !name && version !== 5) throw new PacketRefused('a password without a name');
	return { clean, will: willed ? { qos: qos as Qos, retain } : undefined, name, secret };
}

function readWill(reader: Reader, version: Version, bits: { qos: Qos; retain: boolean }): Will {
	const properties: Properties = version === 5 ? readProperties(reader, 'will') : {};
	const topic = reader.name();
	const payload = Buffer.from(reader.binary());
	return { topic, payload, properties, ...bits };
}
