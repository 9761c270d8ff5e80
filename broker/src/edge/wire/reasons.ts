/** Reason codes of MQTT 5 (section 2.4) that this broker says or reads. */
export const reasons = {
	success: 0x00,
	disconnectWithWill: 0x04,
	noMatchingSubscribers: 0x10,
	noSubscriptionExisted: 0x11,
	unspecified: 0x80,
	malformedPacket: 0x81,
	protocolError: 0x82,
	implementationSpecific: 0x83,
	unsupportedVersion: 0x84,
	idNotValid: 0x85,
	badNameOrPassword: 0x86,
	notAuthorized: 0x87,
	serverUnavailable: 0x88,
	serverShuttingDown: 0x8b,
	badAuthenticationMethod: 0x8c,
	keepAliveTimeout: 0x8d,
	sessionTakenOver: 0x8e,
	filterInvalid: 0x8f,
	topicInvalid: 0x90,
	packetIdNotFound: 0x92,
	receiveMaximumExceeded: 0x93,
	topicAliasInvalid: 0x94,
	packetTooLarge: 0x95,
	quotaExceeded: 0x97,
	administrative: 0x98,
	payloadInvalid: 0x99,
} as const;

/** One of them, as it stands in a packet. */
export type Reason = (typeof reasons)[keyof typeof reasons];
