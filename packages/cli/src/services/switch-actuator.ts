import { holdWithGpioset, SwitchActuator } from '@pilotwire/switch-actuator';
import { blindShareOf } from '../blind-share.ts';
import { shedderMeter } from '../config.ts';
import { busAndDevices } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) => {
	const { bus, foreign } = busAndDevices(context, house);
	return new SwitchActuator(context, bus, foreign, {
		...house,
		hold: holdWithGpioset(),
		shedderEnabled: house.shedder.enabled,
		meter: shedderMeter(house),
		shareOf: blindShareOf(house, 'switches'),
	});
};
