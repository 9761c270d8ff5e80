import { randomUUID } from 'node:crypto';
import type { Limits } from '../options.ts';
import type { Connect, Version, Will } from './wire/packets.ts';
import type { Properties } from './wire/properties.ts';
import { type Reason, reasons } from './wire/reasons.ts';
import { isTooLong, topicFault } from './wire/topics.ts';

/** A session that never expires (MQTT 5 section 3.1.2.11.2); so are those of versions 3. */
const never = 0xffff_ffff;

/** Messages under way to a client of versions 3, which can't say how many it takes. */
const usualWindow = 1000;

/** What a client asked for in its CONNECT, as far as it is granted. */
export interface Terms {
	readonly version: Version;
	readonly clientId: string;
	/** Whether the id is the broker's own choice. */
	readonly assigned: boolean;
	readonly clean: boolean;
	/** How long the session outlives the connection, s. */
	readonly expiryS: number;
	/** 0: none. */
	readonly keepAliveS: number;
	readonly window: number;
	/** bytes */
	readonly maximumPacketSize: number;
	readonly topicAliasMaximum: number;
	readonly will: Will | undefined;
}

/** Why a CONNECT is refused. `silent`: it breaks the protocol, and the connection is closed without an answer. */
export interface Refusal {
	readonly reason: Reason;
	readonly why: string;
	readonly silent: boolean;
}

/** What a CONNECT comes to, before anybody has asked who it is. */
export function termsOf(connect: Connect, limits: Limits): Terms | Refusal {
	const { version, will, properties } = connect;
	if (connect.clientId === '' && (version === 3 || (version === 4 && !connect.clean))) {
		return { reason: reasons.idNotValid, why: 'no client id', silent: false };
	}
	if (properties.authenticationMethod !== undefined) {
		return { reason: reasons.badAuthenticationMethod, why: 'an authentication method', silent: false };
	}
	if (properties.authenticationData !== undefined) {
		return { reason: reasons.protocolError, why: 'authentication data without a method', silent: false };
	}
	const fault = will === undefined ? undefined : willFault(will);
	if (fault !== undefined) return { reason: reasons.topicInvalid, why: `last will: ${fault}`, silent: version < 5 };
	return granted(connect, limits);
}

function granted(connect: Connect, limits: Limits): Terms {
	const { version, clean, keepAlive, properties } = connect;
	const asked = askedExpiryS(connect);
	const bounded = version === 5 && (keepAlive === 0 || keepAlive > limits.keepAliveS);
	return {
		version,
		clientId: connect.clientId === '' ? `auto-${randomUUID()}` : connect.clientId,
		assigned: connect.clientId === '',
		clean,
		expiryS: limits.sessions === 0 ? 0 : asked,
		keepAliveS: bounded ? limits.keepAliveS : keepAlive,
		window: version === 5 ? (properties.receiveMaximum ?? 0xffff) : usualWindow,
		maximumPacketSize: properties.maximumPacketSize ?? Number.POSITIVE_INFINITY,
		topicAliasMaximum: Math.min(properties.topicAliasMaximum ?? 0, limits.topicAliases),
		will: connect.will,
	};
}

/** How long a client wants its session to outlive the connection, s. */
function askedExpiryS({ version, clean, properties }: Connect): number {
	return version === 5 ? (properties.sessionExpiryInterval ?? 0) : clean ? 0 : never;
}

function willFault({ topic, properties }: Will): string | undefined {
	const { responseTopic } = properties;
	if (responseTopic !== undefined && topicFault(responseTopic) !== undefined) return 'a response topic that is none';
	return isTooLong(topic) ? 'a topic that is too long or has too many levels' : topicFault(topic);
}

/** What version 5 is told at sign-in beside the result (section 3.2.2.3). */
export function connackProperties(connect: Connect, terms: Terms, limits: Limits): Properties {
	return {
		receiveMaximum: limits.receiveMaximum,
		maximumPacketSize: limits.packetBytes,
		topicAliasMaximum: limits.topicAliases,
		...(terms.assigned ? { assignedClientIdentifier: terms.clientId } : {}),
		...(terms.expiryS === askedExpiryS(connect) ? {} : { sessionExpiryInterval: terms.expiryS }),
		...(terms.keepAliveS === connect.keepAlive ? {} : { serverKeepAlive: terms.keepAliveS }),
	};
}

/** Return codes of versions 3 (MQTT 3.1.1 section 3.2.2.3), by the reason of version 5. */
const returnCodes: Readonly<Partial<Record<Reason, number>>> = {
	[reasons.success]: 0,
	[reasons.unsupportedVersion]: 1,
	[reasons.idNotValid]: 2,
	[reasons.serverUnavailable]: 3,
	[reasons.badNameOrPassword]: 4,
};
const notAuthorized = 5;

/** The code of a CONNACK. */
export function connackCode(version: Version, reason: Reason): number {
	return version === 5 ? reason : (returnCodes[reason] ?? notAuthorized);
}
