export { type HostMonitorConfig, hostMonitorSections } from './config.ts';
export { ThisMachine } from './io/machine.ts';
export { readActivity } from './io/processes.ts';
export { Sysfs } from './io/sysfs.ts';
export { HostMonitor, hostPresence, type Outside } from './service.ts';
