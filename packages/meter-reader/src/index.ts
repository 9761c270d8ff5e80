export { checkMeters, type MeterSettings, meterSections } from './config.ts';
export { lineOf } from './io/line-of.ts';
export { readRecording } from './io/recording.ts';
export type { Line, LineEvents } from './line.ts';
export { lineSpeedOf, travelMs } from './line-speed.ts';
export { MeterReader } from './service.ts';
export { parseSource } from './source.ts';
