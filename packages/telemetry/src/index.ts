export {
	type Advice,
	AdviceFailed,
	type AdviceHistoryQuestion,
	type AdviceQuestion,
	type Adviser,
} from './advice/adviser.ts';
export type { Storyteller } from './black-box/storyteller.ts';
export { blackBoxPath, historyFile, type TelemetryConfig, telemetryFaults, telemetrySections } from './config.ts';
export type { Point } from './core/point.ts';
export { type HistoryReader, keepFor } from './core/store.ts';
export { energyMethods } from './energy/methods.ts';
export { DiskBoxFolder } from './io/box-folder.ts';
export { migrations as historyMigrations } from './io/sqlite/schema.ts';
export { SqliteStore } from './io/sqlite-store.ts';
export { historyMethods } from './methods.ts';
export { Telemetry } from './service.ts';
