/** What SQLite holds; whole numbers are kept exactly up to 2^53, beyond that they must be passed as text. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** One row, by column name. A blob arrives as a `Uint8Array`. */
export type SqlRow = Record<string, SqlValue>;

/** One statement with the values of its `?` marks, in order. */
export interface SqlStatement {
	readonly sql: string;
	readonly params?: readonly SqlValue[];
}

/** What a statement that returns no rows did. */
export interface RunResult {
	/** Rows inserted, changed or deleted. */
	readonly changes: number;
	readonly lastInsertRowid: number;
}

/** How the worker opens its file. */
export interface OpenRequest {
	readonly path: string;
	/** Absent: the file is taken as it is, whatever its version. */
	readonly migrations?: readonly string[];
	readonly synchronous: 'normal' | 'full';
	readonly integrityCheck: boolean;
	/** Other processes open the file too. */
	readonly shared: boolean;
	/** How long to wait for a process that is just ending to let go of the file, in ms. */
	readonly busyTimeoutMs: number;
}

/** What the main thread asks about the database that it gave a number; `id` comes back in the reply. */
export type WorkerRequest = { readonly id: number; readonly database: number } & (
	| { readonly kind: 'open'; readonly open: OpenRequest }
	| { readonly kind: 'run' | 'all'; readonly statement: SqlStatement }
	| { readonly kind: 'batch'; readonly statements: readonly SqlStatement[] }
	| { readonly kind: 'close' }
);

/** A failure as it crosses the thread boundary, where an error's own fields would be lost. */
export interface SqlFault {
	/** SQLite's name (`SQLITE_FULL`), the system's (`EACCES`) or one of the driver's own. */
	readonly code: string;
	readonly message: string;
}

/** What the worker answers. */
export type WorkerReply = { readonly id: number } & (
	| { readonly result: RunResult | readonly SqlRow[] | null }
	| { readonly fault: SqlFault }
);

/** The driver's own fault: the file was written by a later version. */
export const tooNewFault = 'SCHEMA_TOO_NEW';
