export { type HomeAssistantConfig, homeAssistantSections } from './config.ts';
export { HomeAssistant } from './service.ts';
