export { type LoadShedderConfig, loadShedderFaults, loadShedderSections } from './config.ts';
export { LoadShedder } from './service.ts';
