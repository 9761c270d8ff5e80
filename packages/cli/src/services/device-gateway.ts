import { DeviceGateway } from '@pilotwire/device-gateway';
import { deviceGatewaySections } from '@pilotwire/device-gateway/config';
import { bus } from './bus.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf =
	(house, { accounts }) =>
	(context) => {
		const deviceGateway = deviceGatewaySections.deviceGateway.unwrap().parse(house.deviceGateway ?? {});
		const config = { deviceGateway, dataDir: house.dataDir };
		return new DeviceGateway(context, bus(context, house), config, () => accounts.lend(context.fail));
	};
