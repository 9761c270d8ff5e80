// The devices of switched circuits as messages show them: each does what it is told, and says so.
import type { Order } from '@pilotwire/contract';
import type { Clock } from '@pilotwire/runtime';
import type { MemoryHub } from '@pilotwire/runtime/virtual';
import { payloadOf } from '@pilotwire/switch-actuator';
import type { House } from '../config.ts';

type Switch = House['switches'][number];

/** A device says what it draws when that has changed by this, W, and at least this often, ms. */
const STEP_W = 20;
const AGAIN_MS = 60_000;
const VOLTS = 230;

/** Every device that a configuration names in `switches`. */
export class MemoryPlugs {
	readonly #hub: MemoryHub;
	readonly #devices: readonly Device[];

	/** @param wattsOf what a circuit draws now; undefined counts with its power while it is on */
	constructor(switches: readonly Switch[], hub: MemoryHub, wattsOf: (id: string) => number | undefined) {
		this.#hub = hub;
		this.#devices = switches.map((config) => new Device(config, hub, wattsOf));
	}

	/** From now on they hear what they are told, and say what they draw each second. */
	start(clock: Clock): void {
		const transport = this.#hub.transport();
		const topics = [...new Set(this.#devices.map(({ config }) => config.output.topic))];
		const events = {
			connected: () => transport.subscribe(topics),
			disconnected: () => undefined,
			message: (name: string, payload: Uint8Array) => this.#told(name, new TextDecoder().decode(payload), clock),
		};
		transport.start(events, { name: 'replay/devices', payload: '', qos: 0, retain: false });
		clock.every(1_000, () => {
			for (const device of this.#devices) device.follow(clock.monotonicMs());
		});
	}

	/** What a device does. */
	orderOf(id: string): Order {
		return this.#devices.find(({ config }) => config.id === id)?.order ?? 'off';
	}

	#told(topic: string, text: string, clock: Clock): void {
		for (const device of this.#devices)
			if (device.config.output.topic === topic) device.told(text, clock.monotonicMs());
	}
}

class Device {
	readonly config: Switch;
	order: Order = 'off';
	readonly #hub: MemoryHub;
	readonly #wattsOf: (id: string) => number | undefined;
	#said = { watts: 0, atMs: Number.NEGATIVE_INFINITY };

	constructor(config: Switch, hub: MemoryHub, wattsOf: (id: string) => number | undefined) {
		this.config = config;
		this.#hub = hub;
		this.#wattsOf = wattsOf;
	}

	/** What it is not meant by, such as the other payloads of a shared topic, changes nothing. */
	told(text: string, nowMs: number): void {
		const order = (['off', 'eco', 'comfort'] as const).find((one) => payloadOf(this, one) === text);
		if (order === undefined) return;
		this.order = order;
		this.#say(nowMs);
	}

	follow(nowMs: number): void {
		const { watts, atMs } = this.#said;
		if (Math.abs(this.#watts - watts) >= STEP_W || nowMs - atMs >= AGAIN_MS) this.#say(nowMs);
	}

	get #watts(): number {
		if (this.order === 'off') return 0;
		return Math.round(this.#wattsOf(this.config.id) ?? this.config.powerW);
	}

	#say(nowMs: number): void {
		const { feedback, power, output } = this.config;
		this.#said = { watts: this.#watts, atMs: nowMs };
		const amperes = this.order === 'eco' ? output.current?.minA : (output.current?.maxA ?? this.#watts / VOLTS);
		const isOn = this.order !== 'off';
		const figures: Figure[] = [
			{ topic: feedback?.topic, path: feedback?.path, value: isOn ? feedback?.on : feedback?.off },
			{ topic: power?.topic, path: power?.path, value: this.#watts },
		];
		if (feedback?.currentPath !== undefined) {
			figures.push({ topic: feedback.topic, path: feedback.currentPath, value: isOn ? amperes : 0 });
		}
		for (const [topic, payload] of messagesOf(figures))
			this.#hub.publish({ name: topic, payload, qos: 0, retain: false });
	}
}

interface Figure {
	readonly topic: string | undefined;
	/** Names separated by dots; without it the whole payload is the figure. */
	readonly path: string | undefined;
	readonly value: string | number | boolean | undefined;
}

/** Figures of one topic that have their place in a JSON payload go together, others alone. */
function messagesOf(figures: readonly Figure[]): [topic: string, payload: string][] {
	const messages: [string, string][] = [];
	const objects = new Map<string, Record<string, unknown>>();
	for (const { topic, path, value } of figures) {
		if (topic === undefined || value === undefined) continue;
		if (path === undefined) messages.push([topic, String(value)]);
		else {
			const whole = objects.get(topic) ?? {};
			objects.set(topic, whole);
			put(whole, path.split('.'), value);
		}
	}
	return [...messages, ...[...objects].map(([topic, whole]): [string, string] => [topic, JSON.stringify(whole)])];
}

function put(
	whole: Record<string, unknown>,
	[name = '', ...rest]: readonly string[],
	value: string | number | boolean,
): void {
	if (rest.length === 0) {
		whole[name] = value;
		return;
	}
	const known = whole[name];
	const inner = typeof known === 'object' && known !== null ? (known as Record<string, unknown>) : {};
	whole[name] = inner;
	put(inner, rest, value);
}
