import { Simulator } from '@pilotwire/simulator';
import { simulatorSockets } from '../config.ts';
import { busAndDevices } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) =>
	new Simulator(context, {
		config: { ...house.simulator, ...simulatorSockets(house) },
		...(house.simulated === undefined ? {} : { house: house.simulated }),
		radio: busAndDevices(context, house),
	});
