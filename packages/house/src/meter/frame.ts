import type { House } from '../house.ts';
import type { MeterGroup } from './group.ts';
import { historicFrame, historicShortFrame } from './historic.ts';
import { standardFrame } from './standard.ts';

/** The whole frame that the house's meter would compose now. */
export function meterFrame(house: House): MeterGroup[] {
	const { meter, description, breaker } = house;
	if (meter.description.mode === 'historic') return historicFrame(meter);
	return standardFrame(meter, description.panels !== undefined, breaker.open);
}

/** The short frame of a three-phase meter in historic mode that is over. */
export function shortFrame(house: House): MeterGroup[] {
	return historicShortFrame(house.meter);
}
