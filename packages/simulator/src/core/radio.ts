import { topics } from '@pilotwire/contract';
import type { House } from '@pilotwire/house';
import { type Bus, type Clock, type ForeignTopics, instantOf } from '@pilotwire/runtime';
import { Probes } from './probes.ts';
import { WaterPlug } from './water-plug.ts';

/** Where wireless devices speak. */
export interface RadioEnds {
	readonly bus: Bus;
	readonly foreign: ForeignTopics;
}

/** The wireless devices of a house: probes in its rooms, and the plug of its water heater where it has one. */
export class Radio {
	readonly #clock: Pick<Clock, 'monotonicMs' | 'wallMs'>;
	readonly #ends: RadioEnds;
	readonly #probes: Probes;
	readonly #plug: WaterPlug | undefined;

	/** @param topic of the water heater's plug; `catchUp` brings the house to the present before it changes */
	constructor(
		house: House,
		ends: RadioEnds,
		clock: Pick<Clock, 'monotonicMs' | 'wallMs'>,
		{ topic, catchUp }: { readonly topic: string | undefined; catchUp(): void },
	) {
		this.#clock = clock;
		this.#ends = ends;
		this.#probes = new Probes(house, (probe, figure) =>
			ends.bus.publish(topics.probe, { probe }, { at: instantOf(clock.wallMs()), ...figure }),
		);
		if (topic === undefined || house.waterHeater === undefined) return;
		const plug = new WaterPlug(house, (state) => ends.foreign.say(topic, state));
		this.#plug = plug;
		ends.foreign.hear(`${topic}/set`, (text, { retained }) => {
			if (retained) return;
			catchUp();
			plug.told(text, clock.monotonicMs());
		});
		ends.foreign.hear(`${topic}/get`, () => plug.asked(clock.monotonicMs()));
	}

	start(): void {
		this.#ends.bus.start();
	}

	stop(): Promise<void> {
		return this.#ends.bus.stop();
	}

	/** Holds what the plug holds; before the house is brought to the present. */
	follow(): void {
		this.#plug?.follow();
	}

	/** Lets those speak that have something to say; after the house was brought to the present. */
	speak(): void {
		if (!this.#ends.bus.connected) return;
		const nowMs = this.#clock.monotonicMs();
		this.#probes.speak(nowMs);
		this.#plug?.speak(nowMs);
	}
}
