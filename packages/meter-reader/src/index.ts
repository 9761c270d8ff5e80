export { checkMeters, meterSections } from './config.ts';
export type { Line, LineEvents } from './line.ts';
export { MeterReader } from './service.ts';
