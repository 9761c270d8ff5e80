import { createInterface } from 'node:readline';
import type { Clock } from '@pilotwire/runtime';
import * as z from 'zod/mini';
import type { PinConfig } from '../config.ts';
import type { Call } from '../core/call.ts';
import { type Operations, operation } from '../core/calls.ts';
import type { Feature } from '../core/feature.ts';
import { getLine, holdLine, pulseLines, type ToolVersion, versionOf, watchLine } from '../core/gpio-lines.ts';
import { Turns } from '../core/turns.ts';
import { argumentInvalid, nameUnknown, programFailed } from '../errors.ts';
import { outputOf, Program } from '../io/program.ts';

const LONGEST_PULSE_MS = 60_000;
/** A line that the tool still holds after this long was taken. Milliseconds. */
const TAKEN_MS = 300;
/** A tool that pulses is ended so long after its time. Milliseconds. */
const LATE_MS = 10_000;
/** Edges of a watched pin that are said in a second; a loose contact makes thousands. */
const MOST_EDGES_PER_S = 20;

const pin = z.string().check(z.maxLength(64));

/** What an agent does with pins, through libgpiod's tools. */
export function gpioFeature(clock: Clock, pins: Readonly<Record<string, PinConfig>>): Feature {
	const held = new Pins(clock, pins);
	const can = { gpio: Object.entries(pins).map(([name, { direction }]) => ({ pin: name, direction })) };
	const operations: Operations = {
		'gpio.read': operation(
			z.strictObject({ pin }),
			async (call, { pin: name }) => ({ on: await held.read(name, call.signal) }),
			{ audited: false },
		),
		'gpio.write': operation(z.strictObject({ pin, on: z.boolean() }), async (call, { pin: name, on }) => {
			await held.write(name, on, call.signal);
			return { on };
		}),
		'gpio.pulse': operation(
			z.strictObject({ pin, ms: z.int().check(z.gte(1), z.lte(LONGEST_PULSE_MS)) }),
			async (call, { pin: name, ms }) => {
				await held.pulse(name, ms, call.signal);
				return {};
			},
		),
		'gpio.watch': operation(z.strictObject({ pin }), (call, { pin: name }) => held.watch(name, call), {
			audited: false,
		}),
	};
	return { can, operations, stop: () => held.stop() };
}

/** The pins: an output is held by a process of its own from its first write on. */
class Pins {
	readonly #clock: Clock;
	readonly #pins: ReadonlyMap<string, PinConfig>;
	readonly #holds = new Map<string, { readonly on: boolean; readonly program: Program }>();
	readonly #turns = new Turns();
	#version: ToolVersion | undefined;

	constructor(clock: Clock, pins: Readonly<Record<string, PinConfig>>) {
		this.#clock = clock;
		this.#pins = new Map(Object.entries(pins));
	}

	/** An output that is held has the level that it was given: nobody else can read the line meanwhile. */
	async read(name: string, signal: AbortSignal): Promise<boolean> {
		const found = this.#pin(name);
		const known = this.#holds.get(name);
		if (known !== undefined) return known.on;
		const line = getLine(found, await this.#tools(signal));
		return (await outputOf(line, signal)).toString().trim() === '1';
	}

	async write(name: string, on: boolean, signal: AbortSignal): Promise<void> {
		const found = this.#output(name);
		const version = await this.#tools(signal);
		await this.#turns.take(async () => {
			await this.#release(name);
			const program = await Program.start(holdLine(found, version, on ? 1 : 0), { isTied: true });
			let isTaken = false;
			const taken = new Promise<void>((resolve) => this.#clock.after(TAKEN_MS, resolve)).then(() => {
				isTaken = true;
			});
			await Promise.race([taken, program.ended]);
			if (!isTaken) throw program.fault;
			const hold = { on, program };
			this.#holds.set(name, hold);
			void program.ended.then(() => {
				if (this.#holds.get(name) === hold) this.#holds.delete(name);
			});
		}, signal);
	}

	async pulse(name: string, ms: number, signal: AbortSignal): Promise<void> {
		const found = this.#output(name);
		const lines = pulseLines(found, await this.#tools(signal), ms);
		await this.#turns.take(async () => {
			await this.#release(name);
			// Not ended half-way: what is on would stay on. But a tool that hangs must not hold all pins for good.
			const late = new AbortController();
			const timer = this.#clock.after(ms + LATE_MS, () =>
				late.abort(programFailed('gpioset', `no end ${LATE_MS / 1_000} s after the pulse`)),
			);
			try {
				for (const line of lines) await outputOf(line, late.signal);
			} finally {
				timer.cancel();
			}
		}, signal);
	}

	async watch(name: string, call: Call): Promise<object> {
		const found = this.#pin(name);
		const version = await this.#tools(call.signal);
		const program = await Program.start(watchLine(found, version), { isTied: true });
		const free = program.stopWith(call.signal);
		let [sinceMs, edges, leftOut] = [this.#clock.monotonicMs(), 0, 0];
		try {
			for await (const text of createInterface({ input: program.output })) {
				const nowMs = this.#clock.monotonicMs();
				if (nowMs - sinceMs >= 1_000) [sinceMs, edges] = [nowMs, 0];
				edges += 1;
				if (edges > MOST_EDGES_PER_S) leftOut += 1;
				else call.info({ on: text.trim() === '1', ...(leftOut === 0 ? {} : { leftOut }) });
			}
			const { code, signal } = await program.ended;
			call.signal.throwIfAborted();
			if (code !== 0 && signal === null) throw program.fault;
			return {};
		} finally {
			free();
			program.stop();
			await program.ended;
		}
	}

	async stop(): Promise<void> {
		await this.#turns.ended();
		await Promise.all([...this.#holds.keys()].map((name) => this.#release(name)));
	}

	async #release(name: string): Promise<void> {
		const hold = this.#holds.get(name);
		if (hold === undefined) return;
		hold.program.stop();
		await hold.program.ended;
		this.#holds.delete(name);
	}

	#pin(name: string): PinConfig {
		const found = this.#pins.get(name);
		if (found === undefined) throw nameUnknown('a pin', name, [...this.#pins.keys()]);
		return found;
	}

	#output(name: string): PinConfig {
		const found = this.#pin(name);
		if (found.direction !== 'out') throw argumentInvalid('pin', 'one with direction: out', name);
		return found;
	}

	async #tools(signal: AbortSignal): Promise<ToolVersion> {
		this.#version ??= versionOf((await outputOf(['gpioget', '--version'], signal)).toString());
		return this.#version;
	}
}
