/** What can be set, and judged where it is read, without what decides by it. */
export { type ConfiguredCircuit, type WaitFault, waitFaults } from './longest-wait.ts';
export { defaultSettings, type SheddingSettings } from './settings.ts';
