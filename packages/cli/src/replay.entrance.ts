/** The parts of a house on virtual time, for stories that are longer than a replay. */
export { HouseLine } from './replay/house-line.ts';
export { MemoryBoards } from './replay/memory-boards.ts';
export { type ServiceMaker, VirtualServices } from './replay/virtual-services.ts';
