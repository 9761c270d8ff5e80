/** What needs no library: for whoever ends with an error, or computes apart, without a bus, a log or a configuration. */
export { instantOf } from './clock.ts';
export { exitCodes, messageOf, PilotwireError, systemCodeOf } from './errors.ts';
