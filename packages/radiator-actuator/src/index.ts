export { radiatorActuatorSections } from './config.ts';
export { I2cPort } from './io/i2c.ts';
export { RadiatorActuator } from './service.ts';
