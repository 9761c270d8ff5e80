export { type SwitchTopics, switchActuatorSections, switchTopics } from './config.ts';
export { payloadOf } from './core/switched.ts';
export { holdWithGpioset } from './io/gpio-relay.ts';
export { SwitchActuator } from './service.ts';
