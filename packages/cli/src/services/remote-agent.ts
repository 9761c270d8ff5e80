import { RemoteAgent } from '@pilotwire/remote-agent';
import { busAddress } from '../config.ts';
import type { ServiceOf } from './service-of.ts';

export const serviceOf: ServiceOf = (house) => (context) =>
	new RemoteAgent(context, house, busAddress(house, context.name));
