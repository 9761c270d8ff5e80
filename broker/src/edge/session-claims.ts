/** How a client wants its session, and whose it is. */
export interface ClaimTerms {
	readonly clean: boolean;
	/** How long it outlives its connection, s; 0: not at all. */
	readonly expiryS: number;
	/** See `ownerOf`. */
	readonly owner: string;
}

/** A client that asks for its session. */
export interface Claimant {
	readonly clientId: string;
	readonly terms: ClaimTerms;
	/** Whether its connection still stands. */
	readonly isOpen: () => boolean;
	/** The session is this broker's: it comes in. */
	readonly enter: () => void;
	/** Another account has the session, or nobody can say who has it. */
	readonly refuse: (why: 'others' | 'away') => void;
}

/** Sees to it that a client id has one connection and one session, however many brokers there are. */
export interface SessionClaims {
	/** Makes the session of a client this broker's, then it comes in. Rejects with what went wrong as it did. */
	claim(claimant: Claimant): Promise<void>;
	/** Whether others have ended what this broker had open, and say the wills. */
	readonly isLost: boolean;
	/** Whether so much waits for what the brokers share that there is no room for more. */
	readonly isFull: boolean;
}
