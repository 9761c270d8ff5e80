import { join } from 'node:path';
import { JsonFile, type Logger, messageOf } from '@pilotwire/runtime';
import * as z from 'zod';
import type { Sessions, StoredSession } from '../core/sessions.ts';

const storedSession = z.object({
	key: z.string().min(1),
	tag: z.string().regex(/^[0-9a-f]{8}$/),
	name: z.string().min(1),
	role: z.enum(['admin', 'resident', 'viewer']),
	stamp: z.string(),
	openedAt: z.number(),
	seenAt: z.number(),
});

/**
 * The sessions on disk, so that a restart signs nobody out. The file holds hashes of the ids: who reads it can't use
 * them. Written when sessions begin and end; many at once share one write.
 */
export class SessionFile {
	readonly #file: JsonFile;
	readonly #sessions: Sessions;
	readonly #log: Logger;
	#writing: Promise<void> | undefined;
	#next: Promise<void> | undefined;

	constructor(dataDir: string, sessions: Sessions, log: Logger) {
		this.#file = new JsonFile(join(dataDir, 'sessions.json'));
		this.#sessions = sessions;
		this.#log = log;
	}

	/** What the file keeps; what isn't a session in it is left out. */
	async read(): Promise<StoredSession[]> {
		const stored = await this.#file.read();
		if (!Array.isArray(stored)) return [];
		return stored.flatMap((entry) => {
			const { success, data } = storedSession.safeParse(entry);
			return success ? [data] : [];
		});
	}

	/** Resolves when the sessions as they are now, or newer, are on the disk; or when the disk said no, which the log tells. */
	save(): Promise<void> {
		if (this.#writing === undefined) return this.#write();
		this.#next ??= this.#writing.then(() => this.#write());
		return this.#next;
	}

	#write(): Promise<void> {
		this.#next = undefined;
		this.#writing = this.#file
			.write(this.#sessions.stored())
			.catch((error: unknown) => {
				this.#log.error({ err: error }, `Sessions can't be saved (${messageOf(error)}): a restart signs people out`);
			})
			.then(() => {
				this.#writing = undefined;
			});
		return this.#writing;
	}
}
