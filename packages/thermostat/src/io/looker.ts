import type { ProbeConfig } from '../config.ts';
import { iioLooker } from './iio.ts';
import { type Looker, oneWireLooker } from './one-wire.ts';

/** What reads a probe of this machine; undefined for one that speaks on a topic. */
export function lookerOf({ source }: ProbeConfig): Looker | undefined {
	if ('oneWire' in source) return oneWireLooker(source.oneWire);
	return 'iio' in source ? iioLooker(source.iio) : undefined;
}
