export { radiatorActuatorFaults, radiatorActuatorSections } from './config.ts';
export { RadiatorActuator } from './service.ts';
