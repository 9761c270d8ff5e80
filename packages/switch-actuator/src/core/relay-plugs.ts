import type { Clock } from '@pilotwire/runtime';
import { GpioRelay, type Hold } from '../io/gpio-relay.ts';
import { isRelayTopic, type RelayConfig, relayTopic } from '../relays.ts';
import type { Plug } from './plug.ts';

/** What relays need of the service. */
interface Surroundings {
	readonly clock: Clock;
	readonly relays: readonly RelayConfig[];
	readonly hold: Hold;
	/** A relay has answered. */
	answered(): void;
}

/** The pins behind the plugs whose topic is a pin. */
export class RelayPlugs {
	readonly #relays: ReadonlyMap<string, GpioRelay>;
	readonly #plugs = new Map<string, Plug>();

	constructor({ clock, relays, hold, answered }: Surroundings) {
		this.#relays = new Map(
			relays.map((config) => {
				const topic = relayTopic(config);
				const hear = (on: boolean, complaint?: string): void => {
					const plug = this.#plugs.get(topic);
					plug?.complain(complaint === undefined ? undefined : problemOf(config, complaint));
					plug?.heard(topic, on ? 'ON' : 'OFF', false, clock.monotonicMs());
					answered();
				};
				// What nothing holds is off.
				const events = { held: (on: boolean) => hear(on), lost: (why: string) => hear(false, why) };
				return [topic, new GpioRelay(config, hold, events, clock)];
			}),
		);
	}

	/** Knows the plugs to tell. */
	attend(plugs: Iterable<Plug>): void {
		for (const plug of plugs) {
			const { topic } = plug.circuit.config.output;
			if (isRelayTopic(topic)) this.#plugs.set(topic, plug);
		}
	}

	/** Switches a pin; false where the topic is none. */
	say(topic: string, payload: string): boolean {
		const relay = this.#relays.get(topic);
		relay?.set(payload === 'ON');
		return relay !== undefined;
	}

	/** Lets all go. */
	async stop(): Promise<void> {
		await Promise.all([...this.#relays.values()].map((relay) => relay.stop()));
	}
}

/** What the tool or the system says, and what to do about it; the first that fits. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
	[/spawn .*ENOENT/, 'install the package util-linux'],
	[/failed to execute|not found/, 'install the package gpiod'],
	[/No such file|cannot (open|find)/i, 'check chip: gpiodetect names those that there are'],
	[/EACCES|EPERM|Permission denied|not permitted/i, 'let this program into the group gpio, or own the chip in /dev'],
	[/EBUSY|busy/i, 'another program or overlay holds the line: gpioinfo names it'],
	[/EINVAL|Invalid argument|offset|out of range/i, 'check line: gpioinfo lists those of the chip'],
];

function problemOf({ chip, line }: RelayConfig, why: string): string {
	const [, todo] = REMEDIES.find(([said]) => said.test(why)) ?? ['', 'check chip and line (gpioinfo)'];
	return `expected to hold line ${line} of ${chip}, got: ${why}; ${todo}. It is tried again`;
}
