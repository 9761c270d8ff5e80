import { RadiatorActuator } from '@pilotwire/radiator-actuator';
import { blindShareOf } from '../blind-share.ts';
import { shedderMeter } from '../config.ts';
import { bus } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) =>
	new RadiatorActuator(context, bus(context, house), {
		...house,
		shedderEnabled: house.shedder.enabled,
		meter: shedderMeter(house),
		shareOf: blindShareOf(house, 'radiators'),
	});
