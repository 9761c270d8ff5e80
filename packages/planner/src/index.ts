export { plannerSections } from './config.ts';
export { Planner } from './service.ts';
