export { MemoryHub } from '../virtual/memory-hub.ts';
export { VirtualClock } from '../virtual/virtual-clock.ts';
