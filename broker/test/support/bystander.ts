import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BrokerProcess, brokerAccount } from '@pilotwire/test/broker-process';
import { expect } from 'chai';

/** What the issue is held to: how long a load on the broker may keep others waiting, ms. */
const answeredWithinMs = 100;

const script = fileURLToPath(new URL('bystander-process.ts', import.meta.url));

/**
 * A client that is none of a load's business, and how long its messages take meanwhile; beside them those through a broker
 * that has nothing to do, for what the machine itself keeps it waiting.
 */
export class Bystander {
	readonly #child: ChildProcess;
	#waits: readonly (readonly number[])[] | undefined;
	#began = 0;
	#onNews = (): void => {};

	private constructor(brokers: readonly BrokerProcess[]) {
		const { username, password } = brokerAccount;
		this.#child = fork(script, [username, password, ...brokers.map(({ pid, url }) => `${pid} ${url}`)], {
			execArgv: ['--import', '@pilotwire/test/typescript', '--conditions=pilotwire:source'],
			// It runs nothing of the broker, and its end would wait for a record of that.
			env: { ...process.env, NODE_V8_COVERAGE: '' },
		});
		this.#child.on('message', (news) => {
			if (news === 'began') this.#began += 1;
			else this.#waits = news as number[][];
			this.#onNews();
		});
		this.#child.on('exit', () => this.#onNews());
	}

	/** Resolves when messages have come back from both. */
	static async start(loaded: BrokerProcess, idle: BrokerProcess): Promise<Bystander> {
		const bystander = new Bystander([loaded, idle]);
		await bystander.#until(() => bystander.#began === 2);
		return bystander;
	}

	/** Ends it; throws where it was kept waiting, or not answered any more. */
	async check(): Promise<void> {
		this.#child.send('enough');
		await this.#until(() => this.#waits !== undefined);
		const [loaded = [], idle = []] = this.#waits ?? [];
		const worst = (sorted: readonly number[]): number => sorted.at(-1) ?? Number.POSITIVE_INFINITY;
		const median = (sorted: readonly number[]): number => sorted[sorted.length >> 1] ?? Number.POSITIVE_INFINITY;
		const said = `median ${median(loaded).toFixed(1)} ms of ${loaded.length}, idle worst ${worst(idle).toFixed(1)} ms`;
		expect(worst(loaded), said).to.be.lessThan(answeredWithinMs + worst(idle));
		expect(median(loaded), said).to.be.lessThan(answeredWithinMs);
	}

	kill(): void {
		this.#child.kill('SIGKILL');
	}

	async #until(condition: () => boolean): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.#onNews = () => {
				if (condition()) resolve();
				else if (this.#child.exitCode !== null) reject(new Error('the bystander was cut off'));
			};
			this.#onNews();
		});
	}
}
