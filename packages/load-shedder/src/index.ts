export { type LoadShedderConfig, loadShedderSections } from './config.ts';
export { LoadShedder } from './service.ts';
