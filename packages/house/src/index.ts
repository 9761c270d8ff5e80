/** A house as data and a deterministic model of it, step by step. */
export type { HouseDescription, HouseInput } from './description.ts';
export { HouseError, type HouseFault } from './errors.ts';
export { createHouse, type House, type HouseOptions } from './house.ts';
export { meterFrame } from './meter/frame.ts';
export type { MeterGroup } from './meter/group.ts';
export { type LinePart, MeterLine } from './meter/line.ts';
export { type ParsedHouse, parseHouse } from './parse.ts';
export { OBEYED_ORDERS } from './radiators.ts';
export { commonAppliances } from './ready/appliances.ts';
export { demoHouse } from './ready/demo-house.ts';
export { type PeakHouseOptions, peakHouse } from './ready/peak-house.ts';
export type { Opening } from './true-breaker.ts';
