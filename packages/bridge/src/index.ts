export { type BridgeConfig, type BridgeSection, bridgeSections, houseOutside } from './config.ts';
export { HouseSide } from './house-side.ts';
export { OutsideBroker } from './io/outside-broker.ts';
export { Bridge } from './service.ts';
