export { type DeviceGatewayConfig, type DeviceGatewaySection, deviceGatewaySections } from './config.ts';
export { type DeviceAccounts, DeviceGateway } from './service.ts';
