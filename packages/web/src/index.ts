export { type WebConfig, webSections } from './config.ts';
export type { HouseAccounts } from './core/sign-in.ts';
export { Web } from './service.ts';
