import { Telemetry } from '@pilotwire/telemetry';
import { blackBoxPath } from '@pilotwire/telemetry/config';
import { radiatorsOfHouse, shedderMeter } from '../config.ts';
import { adviseInProcess } from '../io/advice-process.ts';
import { tellInProcess } from '../io/story-process.ts';
import { historyBus } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) => {
	const asks = { meter: shedderMeter(house), radiators: radiatorsOfHouse(house), mode: house.shedder.mode };
	const adviser = adviseInProcess(asks, () => context.clock.wallMs());
	const box = { path: blackBoxPath(house), meter: asks.meter, branchA: house.shedder.branchBreakerA };
	const storyteller = tellInProcess(box);
	return new Telemetry(context, historyBus(context, house), { ...house, adviser, storyteller });
};
