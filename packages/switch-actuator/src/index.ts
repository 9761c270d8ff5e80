export { type SwitchTopics, switchActuatorSections, switchTopics } from './config.ts';
export { payloadOf } from './core/switched.ts';
export { switchActuatorFaults } from './faults.ts';
export { holdWithGpioset } from './io/gpio-relay.ts';
export { relayAsSwitch, relayFaults } from './relays.ts';
export { SwitchActuator } from './service.ts';
