export { demoPlan } from './demo-plan.ts';
