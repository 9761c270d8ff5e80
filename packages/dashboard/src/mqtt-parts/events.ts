// Stands in for Node's `events`, by both of its names.
export { Emitter as default, Emitter as EventEmitter } from './emitter.ts';
