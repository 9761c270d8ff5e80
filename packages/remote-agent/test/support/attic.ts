// One agent, "attic", for each test of a suite, with a client of its own and programs that stand in for the machine's.
import { join } from 'node:path';
import type { RemoteCall, RemoteClient, RemoteWish } from '@pilotwire/contract';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { Meeting, RunningAgent } from './meeting.ts';
import { Programs } from './programs.ts';

class Attic {
	readonly #folder: { readonly path: string };
	#meeting = new Meeting();
	#agent: RunningAgent | undefined;
	#client: RemoteClient | undefined;
	#programs: Programs | undefined;

	constructor(folder: { readonly path: string }) {
		this.#folder = folder;
	}

	/** The broker without sockets that it meets its clients on. */
	get meeting(): Meeting {
		return this.#meeting;
	}

	/** The first client. */
	get client(): RemoteClient {
		if (this.#client === undefined) throw new Error('the agent was not started');
		return this.#client;
	}

	/** Programs found before those of the machine. */
	get programs(): Programs {
		this.#programs ??= new Programs(this.#folder.path);
		return this.#programs;
	}

	/** From now on no other programs are found than those put into this folder. */
	findOnly(folder = this.#folder.path): Programs {
		this.#programs?.restore();
		this.#programs = new Programs(folder, { alone: true });
		return this.#programs;
	}

	/** A path in the test's folder. */
	at(...names: string[]): string {
		return join(this.#folder.path, ...names);
	}

	/** Starts it with this section of the configuration. */
	async start(settings: Record<string, unknown>): Promise<void> {
		this.#agent = await RunningAgent.start(this.#meeting, settings, this.#folder.path);
		this.#client = this.#meeting.client();
	}

	/** Asks it for something. */
	call(op: string, options?: RemoteWish): RemoteCall {
		return this.client.call('attic', op, options);
	}

	async stop(): Promise<void> {
		const agent = this.#agent;
		this.#agent = undefined;
		await agent?.stop();
	}

	/** What a test has started is gone with it. */
	async end(): Promise<void> {
		await this.stop();
		this.#client = undefined;
		this.#meeting = new Meeting();
		this.#programs?.restore();
		this.#programs = undefined;
	}
}

/** Call it in the body of `describe`. */
export function anAttic(): Attic {
	const attic = new Attic(temporaryDirectory());
	afterEach(() => attic.end());
	return attic;
}
