/** A simulated house behind the real interfaces: the meter's bytes at line speed, an I2C bus of chip registers. */
export { type SimulatorConfig, simulatorConfig } from './config.ts';
export type { Command } from './core/command.ts';
export type { RadioEnds } from './core/radio.ts';
export type { TrueState } from './core/state.ts';
export { readHouse } from './io/house-file.ts';
export { Simulator, type SimulatorOptions } from './simulator.ts';
