import { Bridge, HouseSide, houseOutside, OutsideBroker } from '@pilotwire/bridge';
import { Bus, readSecret } from '@pilotwire/runtime';
import { sectionMissing } from '../errors.ts';
import { transport } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => {
	const { site, bridge } = house;
	if (bridge === undefined) throw sectionMissing('bridge', 'reach-home.md');
	const name = houseOutside({ site, bridge });
	const { url, username = name, caFile } = bridge;
	return (context) => {
		const address = { url, username, password: readSecret(bridge), caFile };
		const side = new HouseSide(transport(context, house));
		const outside = new OutsideBroker(address, name, context.clock);
		return new Bridge(context, new Bus(context, site, side), { house: side, outside }, { site, bridge });
	};
};
