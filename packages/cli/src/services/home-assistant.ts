import { hostname } from 'node:os';
import { HomeAssistant } from '@pilotwire/home-assistant';
import { version } from '../version.ts';
import { busAndDevices } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) => {
	const { bus, foreign } = busAndDevices(context, house);
	return new HomeAssistant(context, bus, foreign, {
		...house.homeAssistant,
		...{ dataDir: house.dataDir, version, rooms: house.rooms },
		meters: house.meters.map(({ id }) => id),
		url: house.homeAssistant.url ?? `http://${hostname()}.local:${house.web.port}`,
	});
};
