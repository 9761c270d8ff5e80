export { MemoryHub } from './memory-hub.ts';
export { VirtualClock } from './virtual-clock.ts';
