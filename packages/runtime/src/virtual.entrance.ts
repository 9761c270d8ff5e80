/** Time and a bus that exist in this process alone: what a house is replayed on, faster than time. */
export { type HubDelay, MemoryHub } from './virtual/memory-hub.ts';
export { VirtualClock } from './virtual/virtual-clock.ts';
