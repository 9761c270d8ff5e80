import { Bridge, HouseSide, houseOutside, OutsideBroker } from '@pilotwire/bridge';
import { bridgeSections } from '@pilotwire/bridge/config';
import { Bus, readSecret } from '@pilotwire/runtime';
import { transport } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) => {
	const { site } = house;
	const bridge = bridgeSections.bridge.unwrap().parse(house.bridge ?? {});
	const name = houseOutside({ site, bridge });
	const { url, username = name, caFile } = bridge;
	const address = { url, username, password: readSecret(bridge), caFile };
	const side = new HouseSide(transport(context, house));
	const outside = new OutsideBroker(address, name, context.clock);
	return new Bridge(context, new Bus(context, site, side), { house: side, outside }, { site, bridge });
};
