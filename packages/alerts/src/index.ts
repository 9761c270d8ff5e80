export { type AlertsConfig, alertsSections } from './config.ts';
export { watchedServices } from './core/verdicts.ts';
export { drawerIn } from './io/memory.ts';
export { Alerts } from './service.ts';
