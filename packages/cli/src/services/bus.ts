import {
	Bus,
	ForeignTopics,
	MqttTransport,
	type ServiceContext,
	systemClock,
	type Transport,
} from '@pilotwire/runtime';
import { BusHealth } from '../bus-health.ts';
import { busAddress, type House } from '../config.ts';

/** How the connections of this process do. */
export const busHealth = new BusHealth(systemClock);

/** A service's own connection to the broker. */
export const transport = (context: ServiceContext, house: House): Transport =>
	busHealth.watch(new MqttTransport(busAddress(house, context.name), context.name, context.log));

/** The bus of a service. */
export const bus = (context: ServiceContext, house: House): Bus =>
	new Bus(context, house.site, transport(context, house));

/** The bus of a service that speaks with devices too, and their topics: one connection for both. */
export function busAndDevices(context: ServiceContext, house: House): { bus: Bus; foreign: ForeignTopics } {
	const foreign = new ForeignTopics(context, transport(context, house));
	return { bus: new Bus(context, house.site, foreign), foreign };
}

/** The bus of the one service that must hear what was said while it was away. */
export const historyBus = (context: ServiceContext, house: House): Bus =>
	new Bus(
		context,
		house.site,
		busHealth.watch(
			new MqttTransport(busAddress(house, context.name), context.name, context.log, {
				session: 'persistent',
				clientId: `${context.name}-${house.site}`,
			}),
		),
	);
