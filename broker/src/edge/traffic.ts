/** What went over all connections since the start. Bytes are those of MQTT, without TLS, WebSocket or TCP around them. */
export class Traffic {
	bytesReceived = 0;
	bytesSent = 0;
	/** Packets of any type. */
	packetsReceived = 0;
	packetsSent = 0;
	/** PUBLISH packets of clients that have signed in. */
	publishesReceived = 0;
	/** Bytes of their payloads. */
	payloadReceived = 0;
	payloadSent = 0;
	/** Connections that were opened, whoever it was. */
	sockets = 0;
	/** CONNECT packets that could be read. */
	connects = 0;
	signIns = 0;
	/** Connections that were not let in. */
	turnedAway = 0;
	/** Publishes and subscriptions that were refused. */
	refused = 0;
}
