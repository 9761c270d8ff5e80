import { MeterReader } from '@pilotwire/meter-reader';
import { busAndDevices } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) => {
	const { bus, foreign } = busAndDevices(context, house);
	return new MeterReader(context, bus, house, undefined, foreign);
};
