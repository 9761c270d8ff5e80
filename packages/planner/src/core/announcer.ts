import type { Parameters, Topic } from '@pilotwire/contract';
import { type Bus, instantOf } from '@pilotwire/runtime';

/** An instant that moves by less says nothing new: a meter's clock is read to the second. Milliseconds. */
const STEADY_MS = 30_000;

/** Publishes what is news, dated; what was said before is not said again. */
export class Announcer {
	readonly #bus: Pick<Bus, 'publish' | 'clear' | 'yield'>;
	readonly #wallMs: () => number;
	readonly #said = new Map<string, { readonly text: string; readonly untilMs: number | undefined }>();

	constructor(bus: Pick<Bus, 'publish' | 'clear' | 'yield'>, wallMs: () => number) {
		this.#bus = bus;
		this.#wallMs = wallMs;
	}

	/** Whether something stands there. */
	stands<Template extends string>(topic: Topic<Template, unknown>, parameters: Parameters<Template>): boolean {
		return this.#said.has(keyOf(topic, parameters));
	}

	/** @param payload without `at` and `until`, which are added */
	say<Template extends string, Payload extends { readonly at: string; readonly until?: string | undefined }>(
		topic: Topic<Template, Payload>,
		parameters: Parameters<Template>,
		payload: Omit<Payload, 'at' | 'until'>,
		untilMs?: number,
	): void {
		const key = keyOf(topic, parameters);
		const text = JSON.stringify(payload);
		const said = this.#said.get(key);
		const isSteady = said?.untilMs === untilMs || Math.abs((said?.untilMs ?? NaN) - (untilMs ?? NaN)) < STEADY_MS;
		if (said?.text === text && isSteady) return;
		this.#said.set(key, { text, untilMs });
		const until = untilMs === undefined ? {} : { until: instantOf(untilMs) };
		this.#bus.publish(topic, parameters, { at: instantOf(this.#wallMs()), ...payload, ...until } as Payload);
	}

	/** Clears what stands there. */
	clear<Template extends string>(topic: Topic<Template, unknown>, parameters: Parameters<Template>): void {
		if (this.#said.delete(keyOf(topic, parameters))) this.#bus.clear(topic, parameters);
	}

	/** Clears what stands on a topic for any other parameters than these. */
	clearOthers<Template extends string>(topic: Topic<Template, unknown>, kept: readonly Parameters<Template>[]): void {
		const keys = new Set(kept.map((parameters) => keyOf(topic, parameters)));
		for (const key of this.#said.keys()) {
			const [template = '', parameters = ''] = key.split('\n');
			if (template !== topic.template || keys.has(key)) continue;
			this.clear(topic, JSON.parse(parameters) as Parameters<Template>);
		}
	}

	/** A clock was set: everything is said again, dated anew, since who hears it counts from there. */
	forgetAll(): void {
		for (const key of this.#said.keys()) this.#said.set(key, { text: '', untilMs: undefined });
	}

	/** Somebody else says it from now on. */
	yield<Template extends string>(topic: Topic<Template, unknown>, parameters: Parameters<Template>): void {
		this.forget(topic, parameters);
		this.#bus.yield(topic, parameters);
	}

	/** Somebody else cleared it: it is said again. */
	forget<Template extends string>(topic: Topic<Template, unknown>, parameters: Parameters<Template>): void {
		this.#said.delete(keyOf(topic, parameters));
	}
}

function keyOf(topic: Topic<string, unknown>, parameters: Readonly<Record<string, string>>): string {
	return `${topic.template}\n${JSON.stringify(parameters)}`;
}
