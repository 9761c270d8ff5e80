import { LoadShedder } from '@pilotwire/load-shedder';
import { shedderMeter } from '../config.ts';
import { bus } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) =>
	new LoadShedder(context, bus(context, house), { ...house.shedder, meter: shedderMeter(house) });
