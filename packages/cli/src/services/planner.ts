import { Planner } from '@pilotwire/planner';
import { shedderMeter } from '../config.ts';
import { bus } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) =>
	new Planner(context, bus(context, house), { ...house, meter: shedderMeter(house) });
