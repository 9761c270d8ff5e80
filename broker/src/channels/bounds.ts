/** What channels may take of the machine. */
export interface ChannelBounds {
	/** Channels at once. */
	readonly maxChannels: number;
	/** Members of one channel. */
	readonly maxMembers: number;
	/** Memberships, of all channels, that one other machine's address has. */
	readonly maxPerAddress: number;
	/** Bytes of one payload. */
	readonly maxPayloadBytes: number;
	/** Bytes that one member's messages may have under way before its acknowledgements wait. */
	readonly maxBytesInFlight: number;
	/** The same for all members of all channels together. */
	readonly maxBytesInFlightInAll: number;
	/** Messages a second of one source: another machine's address, or an account on this one. */
	readonly messagesPerS: number;
	/** Bytes a second of their payloads. */
	readonly bytesPerS: number;
}
