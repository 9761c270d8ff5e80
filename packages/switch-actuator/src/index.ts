export { type SwitchTopics, switchActuatorFaults, switchActuatorSections, switchTopics } from './config.ts';
export { SwitchActuator } from './service.ts';
