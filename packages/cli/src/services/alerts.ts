import { Alerts, drawerIn, watchedServices } from '@pilotwire/alerts';
import { bus } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf =
	(house, { services }) =>
	(context) => {
		const { dataDir, meters, rooms } = house;
		const watched = {
			...{ meters: meters.map(({ id }) => id), rooms },
			services: watchedServices.filter((name) => services.includes(name)),
		};
		const config = { ...house, language: house.web.language ?? 'en', house: watched };
		return new Alerts(context, bus(context, house), config, drawerIn(dataDir));
	};
