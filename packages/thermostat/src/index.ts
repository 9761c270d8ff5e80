export { probeTopics, type ThermostatConfig, thermostatFaults, thermostatSections } from './config.ts';
export { lookerOf } from './io/looker.ts';
export { settingsFile } from './io/settings-file.ts';
export { type Outside, ThermostatService } from './service.ts';
