import type { House } from '@pilotwire/house';
import * as z from 'zod';
import type { Boards } from './boards.ts';
import { trueState } from './state.ts';

const address = z.int().min(0x08).max(0x77);
const byte = z.int().min(0).max(0xff);

/** What the control socket takes, one JSON object a line. */
export const command = z.discriminatedUnion('do', [
	z.object({ do: z.literal('state') }),
	/** Starts an appliance, for so long or for one run. */
	z.object({ do: z.literal('start'), appliance: z.string(), forS: z.number().positive().optional() }),
	z.object({ do: z.literal('stop'), appliance: z.string() }),
	/** Adds a constant load to a phase; 0 takes it away. */
	z.object({ do: z.literal('load'), phase: z.int().min(1).max(3), powerW: z.number() }),
	z.object({ do: z.literal('close-breaker') }),
	z.object({ do: z.literal('reset-board'), address }),
	z.object({ do: z.literal('board'), address, condition: z.enum(['working', 'mute', 'dead']) }),
	z.object({ do: z.literal('drift'), address, register: byte, value: byte }),
	/** Holds a pin at a level; without a level lets it go. */
	z.object({ do: z.literal('stick'), address, pin: z.int().min(0).max(15), level: z.literal([0, 1]).optional() }),
	/** The bus answers nobody, or answers again. */
	z.object({ do: z.literal('hang'), on: z.boolean() }),
	/** The line carries nothing, as a cable pulled out, or carries again. */
	z.object({ do: z.literal('silence'), on: z.boolean() }),
]);

export type Command = z.output<typeof command>;

/** What a command acts on. The house must have been brought to the present. */
export interface World {
	readonly house: House;
	readonly boards: Boards;
	setHang(on: boolean): void;
	setSilence(on: boolean): void;
}

/**
 * Carries a command out; what it answers can be written as JSON.
 * @throws HouseError for an unknown appliance, RangeError for a board or a phase that isn't there
 */
export function execute(world: World, given: Command): unknown {
	const { house, boards } = world;
	if ('address' in given && !boards.has(given.address)) {
		throw new RangeError(`expected the address of a board (${boards.addresses.join(', ')}), got ${given.address}`);
	}
	switch (given.do) {
		case 'state':
			return trueState(house, boards);
		case 'start':
			return house.start(given.appliance, given.forS);
		case 'stop':
			return house.stop(given.appliance);
		case 'load':
			if (given.phase > house.va.length) throw new RangeError(`expected a phase of this house, got ${given.phase}`);
			return house.setOtherLoad(given.phase, given.powerW);
		case 'close-breaker':
			return house.closeBreaker();
		case 'reset-board':
			return boards.reset(given.address);
		case 'board':
			return boards.setCondition(given.address, given.condition);
		case 'drift':
			return boards.drift(given.address, given.register, given.value);
		case 'stick':
			return boards.stick(given.address, given.pin, given.level);
		case 'hang':
			return world.setHang(given.on);
		case 'silence':
			return world.setSilence(given.on);
	}
}
