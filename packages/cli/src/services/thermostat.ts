import { lookerOf, settingsFile, ThermostatService } from '@pilotwire/thermostat';
import { busAndDevices } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) => {
	const { bus, foreign } = busAndDevices(context, house);
	const outside = { lookerOf, settings: settingsFile(house.dataDir) };
	return new ThermostatService(context, bus, foreign, house, outside);
};
