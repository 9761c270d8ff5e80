export { type WebConfig, webSections } from './config.ts';
export type { HouseFile } from './core/house-file.ts';
export type { HouseAccounts } from './core/sign-in.ts';
export { apiDocument } from './io/api-document.ts';
export { Web } from './service.ts';
