import { type AdviceSet, type AdviceState, topics } from '@pilotwire/contract';
import { type Bus, instantOf, messageOf, type ServiceContext, type Timer } from '@pilotwire/runtime';
import { adviceTooSlow } from '../errors.ts';
import { AdviceFailed, type AdviceParts, type AdviceRun, type Adviser } from './adviser.ts';

/** Days of history that are tried unless asked otherwise. */
const DAYS = 14;
/** A Raspberry Pi takes some minutes; what takes longer hangs. Milliseconds. */
const WITHIN_MS = 45 * 60_000;

/** Where the last advice outlives the service. */
interface AdviceFile {
	read(): Promise<unknown>;
	write(value: unknown): Promise<void>;
}

type Said = Omit<AdviceState, 'at'>;

interface Running {
	readonly run: AdviceRun;
	readonly late: Timer;
}

/** Answers which subscription would do: one question at a time, its progress on the bus, its answer kept. */
export class AdviceDesk {
	readonly #context: Pick<ServiceContext, 'clock' | 'log' | 'guard'>;
	readonly #file: AdviceFile;
	readonly #adviser: Adviser;
	readonly #ask: AdviceParts['ask'];
	#bus: Bus | undefined;
	#running: Running | undefined;

	/** `ask`: asks the history. */
	constructor(
		context: Pick<ServiceContext, 'clock' | 'log' | 'guard'>,
		file: AdviceFile,
		adviser: Adviser,
		ask: AdviceParts['ask'],
	) {
		this.#context = context;
		this.#file = file;
		this.#adviser = adviser;
		this.#ask = ask;
	}

	/** Says what was found out in an earlier life, and hears questions from now on. The bus is started afterwards. */
	async start(bus: Bus): Promise<void> {
		this.#bus = bus;
		bus.on(topics.adviceSet, {}, (command) => this.#hear(command));
		const kept = topics.advice.schema.safeParse(await this.#file.read());
		bus.publish(topics.advice, {}, kept.success ? kept.data : { at: this.#now(), state: 'never' });
	}

	/** What runs ends with it. */
	stop(): void {
		this.#end();
	}

	#hear(command: AdviceSet): void {
		if (command === 'stop') {
			if (this.#running === undefined) return;
			this.#end();
			this.#say({ state: 'stopped' });
			return;
		}
		const { clock, log } = this.#context;
		const { expiresAt, outsideC, days = DAYS } = command;
		if (expiresAt !== undefined && Date.parse(expiresAt) <= clock.wallMs()) {
			log.warn({}, `a question for advice came too late: it was good until ${expiresAt}`);
			return;
		}
		// Who asks while it is being found out, hears it with the others.
		if (this.#running !== undefined) return;
		void this.#find({ outsideC, days });
	}

	async #find(question: { readonly outsideC: number; readonly days: number }): Promise<void> {
		const { clock, log } = this.#context;
		const asked = { ...question, startedAt: this.#now() };
		this.#say({ state: 'running', ...asked, progress: { step: 'reading', done: 0, of: question.days } });
		const run = this.#adviser.begin(question, {
			ask: this.#ask,
			told: (progress) => {
				if (this.#running?.run === run) this.#say({ state: 'running', ...asked, progress });
			},
		});
		let isLate = false;
		const late = clock.after(WITHIN_MS, () => {
			isLate = true;
			run.stop();
		});
		this.#running = { run, late };
		try {
			const advice = await run.advice;
			if (!this.#finish(run)) return;
			this.#say({ state: 'done', ...asked, ...advice });
			await this.#keep({ at: this.#now(), state: 'done', ...asked, ...advice });
		} catch (error) {
			if (!this.#finish(run)) return;
			const problem = problemOf(isLate ? adviceTooSlow(WITHIN_MS) : error);
			log.warn({}, `which subscription would do was not found out: ${problem.text}`);
			this.#say({ state: 'failed', ...asked, problem });
		}
	}

	/** Whether it is this one that ended, and not one that was stopped before. */
	#finish(run: AdviceRun): boolean {
		if (this.#running?.run !== run) return false;
		this.#running.late.cancel();
		this.#running = undefined;
		return true;
	}

	#end(): void {
		const running = this.#running;
		this.#running = undefined;
		running?.late.cancel();
		running?.run.stop();
	}

	async #keep(state: AdviceState): Promise<void> {
		try {
			await this.#file.write(state);
		} catch (error) {
			this.#context.log.error({ err: error }, `the advice holds until the next restart only: ${messageOf(error)}`);
		}
	}

	#say(said: Said): void {
		this.#bus?.publish(topics.advice, {}, { at: this.#now(), ...said });
	}

	#now(): string {
		return instantOf(this.#context.clock.wallMs());
	}
}

function problemOf(error: unknown): NonNullable<AdviceState['problem']> {
	if (error instanceof AdviceFailed) return error.problem;
	const code = (error as { code?: unknown } | undefined)?.code;
	return { code: typeof code === 'string' ? code : 'ADVICE_FAILED', text: messageOf(error) };
}
