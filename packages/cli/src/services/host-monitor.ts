import { HostMonitor, hostPresence, readActivity, Sysfs, ThisMachine } from '@pilotwire/host-monitor';
import { Bus } from '@pilotwire/runtime';
import { transport } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) => {
	const presence = hostPresence(house.site, house);
	const outside = { machine: new ThisMachine(new Sysfs()), readActivity };
	return new HostMonitor(context, new Bus(context, house.site, transport(context, house), presence), house, outside);
};
