/** The pilot wire: six orders, their signals and pulses, and the board that puts them on the wires. */
export { Board, type Outputs, type RegisterBus } from './board.ts';
export { Mcp23017Chip } from './chip.ts';
export type { ChipRegister, Port } from './chip-registers.ts';
export { decodeOrders, decodeSignals, encodeOrders } from './encoding.ts';
export type { PilotWireError, PilotWireErrorCode } from './errors.ts';
export {
	type Halves,
	ORDERS,
	type Order,
	type OrderCount,
	orderFor,
	SIGNAL_HALVES,
	type Signal,
} from './orders.ts';
export { DEFAULT_PIN_MAP, type PinMap, type Ports, pinMapFaults, type WirePins } from './pin-map.ts';
export { nextChange, pulseOffset } from './pulses.ts';
export type { Drift, ReadBack, ReadBackName, StuckPin } from './read-back.ts';
