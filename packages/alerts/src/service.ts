import { Calendar } from '@pilotwire/calendar';
import { type AlertsState, alertTopics } from '@pilotwire/contract';
import {
	type Bus,
	instantOf,
	messageOf,
	remoteMethod,
	type Service,
	type ServiceContext,
	serveRpc,
} from '@pilotwire/runtime';
import * as z from 'zod';
import { Channels } from './channels.ts';
import { type AlertsConfig, quietOf, rulesOf } from './config.ts';
import { byGravity, type Moment } from './core/alert.ts';
import { Facts } from './core/facts.ts';
import { Keeper } from './core/keeper.ts';
import { Speaker } from './core/message.ts';
import { alertMetrics } from './core/metrics.ts';
import { subscriptionSchema } from './core/phones.ts';
import { QuietHours } from './core/quiet-hours.ts';
import { verdictsOf } from './core/verdicts.ts';
import type { Drawer } from './io/memory.ts';
import { listen } from './listen.ts';

/** How often everything is looked at. Milliseconds. */
const LOOK_MS = 2_000;
/** So many alerts are shown on the bus. */
const MOST_SHOWN = 100;

/** Which channel is tried, and how long its answer is waited for. */
const testSchema = z.strictObject({
	channel: z.string().max(64).optional(),
	withinS: z.number().min(1).max(120).default(5),
});

/** Watches over the house, and tells people what is wrong: each thing once, and once that it is over. */
export class Alerts implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: AlertsConfig;
	readonly #drawer: Drawer;
	readonly #hours: QuietHours;
	readonly #speaker: Speaker;
	readonly #end = new AbortController();
	#parts: { readonly facts: Facts; readonly keeper: Keeper; readonly channels: Channels } | undefined;
	/** What was said and remembered last, as text. */
	#said = '';
	#remembered = '';
	#phones = '';
	#writing: Promise<void> = Promise.resolve();
	#diskProblem: string | undefined;

	constructor(context: ServiceContext, bus: Bus, config: AlertsConfig, drawer: Drawer) {
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#drawer = drawer;
		this.#hours = new QuietHours(quietOf(config.alerts), new Calendar(config.timeZone));
		this.#speaker = new Speaker(config.alerts.language ?? config.language, config.timeZone);
	}

	async start(): Promise<void> {
		const { clock, guard } = this.#context;
		const [memory, phones] = await Promise.all([this.#drawer.memory(), this.#drawer.phones()]);
		const facts = new Facts(clock.monotonicMs(), memory.lastOpening);
		const keeper = new Keeper(rulesOf(this.#config.alerts), memory.alerts);
		const around = {
			...{ hours: this.#hours, speaker: this.#speaker, log: this.#context.log, signal: this.#end.signal },
			now: () => this.#now(),
			changed: guard(() => this.#settle()),
		};
		const channels = new Channels(this.#config, around, clock, { outboxes: memory.outboxes, phones });
		this.#parts = { facts, keeper, channels };
		this.#remembered = JSON.stringify(memory);
		this.#phones = JSON.stringify(phones);
		this.#context.measure(alertMetrics(keeper, channels));
		listen(this.#bus, facts, () => this.#now());
		this.#serve(channels);
		clock.every(LOOK_MS, () => this.#look());
		this.#bus.start();
		await this.#settle();
	}

	async stop(): Promise<void> {
		this.#end.abort();
		await this.#remember();
		await this.#bus.stop();
	}

	#now(): Moment {
		const { clock } = this.#context;
		return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
	}

	#look(): void {
		const parts = this.#parts;
		if (parts === undefined) return;
		const { facts, keeper, channels } = parts;
		const now = this.#now();
		const past = facts.takeHappened().flatMap((happening) => keeper.past(happening, now));
		const notices = [...past, ...keeper.step(verdictsOf(facts, this.#config.house, now), now)];
		channels.add(notices);
		for (const { alert, phase } of notices)
			this.#context.log[phase === 'begin' ? 'warn' : 'info'](
				{ alert: alert.id },
				`alert: ${alert.kind} ${alert.subject}: ${phase}`,
			);
		this.#context.guard(async () => {
			// What is to be told is on the disk before anybody is.
			await this.#settle();
			await channels.pump();
		})();
	}

	#serve(channels: Channels): void {
		const { clock } = this.#context;
		const changing = async <Answer>(act: () => Answer | Promise<Answer>): Promise<Answer> => {
			const answer = await act();
			await this.#settle();
			return answer;
		};
		serveRpc(this.#bus, {
			test: remoteMethod(testSchema, ({ channel, withinS }) => channels.test(channel, withinS * 1_000)),
			subscribe: remoteMethod(subscriptionSchema, (subscription) =>
				changing(() => channels.subscribe(subscription, clock.wallMs())),
			),
			forget: remoteMethod(z.strictObject({ phone: z.string().max(1_000) }), ({ phone }) =>
				changing(() => ({ forgotten: channels.forget(phone) })),
			),
			phones: remoteMethod(z.strictObject({}), () => ({
				phones: channels.phones.map(({ id, name, since }) => ({ phone: id, name, since })),
			})),
		});
	}

	/** Says on the bus and keeps on the disk what has changed. */
	async #settle(): Promise<void> {
		this.#publish();
		await this.#remember();
	}

	#publish(): void {
		const parts = this.#parts;
		if (parts === undefined) return;
		const { wallMs } = this.#now();
		const quietUntil = this.#hours.until(wallMs);
		const on = [...parts.keeper.on].sort(byGravity).slice(0, MOST_SHOWN);
		const state: Omit<AlertsState, 'at'> = {
			on: on.map((alert) => {
				const { kind, severity, subject, sinceMs } = alert;
				return { kind, severity, subject, since: instantOf(sinceMs), ...this.#speaker.alert(alert, sinceMs) };
			}),
			...(quietUntil === undefined ? {} : { quietUntil: instantOf(quietUntil) }),
			...parts.channels.state,
		};
		const text = JSON.stringify(state);
		if (text === this.#said) return;
		this.#said = text;
		this.#bus.publish(alertTopics.alerts, {}, { at: instantOf(wallMs), ...state });
	}

	/** One write after the other; resolves once the disk has what is true now. */
	#remember(): Promise<void> {
		this.#writing = this.#writing.then(() => this.#write());
		return this.#writing;
	}

	async #write(): Promise<void> {
		const parts = this.#parts;
		if (parts === undefined) return;
		const { facts, keeper, channels } = parts;
		const { lastOpening } = facts;
		const memory = {
			alerts: keeper.kept,
			outboxes: channels.outboxes,
			...(lastOpening === undefined ? {} : { lastOpening }),
		};
		const [text, phones] = [JSON.stringify(memory), JSON.stringify(channels.phones)];
		try {
			if (text !== this.#remembered) await this.#drawer.keepMemory(memory);
			this.#remembered = text;
			if (phones !== this.#phones) await this.#drawer.keepPhones(channels.phones);
			this.#phones = phones;
			this.#diskProblem = undefined;
		} catch (error) {
			// People are told all the same; after a restart perhaps twice.
			const problem = messageOf(error);
			if (problem !== this.#diskProblem)
				this.#context.log.warn({ err: error }, `what people were told could not be written down: ${problem}`);
			this.#diskProblem = problem;
		}
	}
}
