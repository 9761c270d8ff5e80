export { type TelemetryConfig, telemetryFaults, telemetrySections } from './config.ts';
export { Telemetry } from './service.ts';
