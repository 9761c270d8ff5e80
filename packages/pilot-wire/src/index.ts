/** The pilot wire: six orders, their signals and pulses, and the board that puts them on the wires. */
export { Board, type Outputs, type RegisterBus } from './board.ts';
export { Mcp23017Chip } from './chip.ts';
export { addressOf, type ChipRegister, type Port } from './chip-registers.ts';
export { decodeOrders, decodeSignals, encodeOrders, encodeSignals } from './encoding.ts';
export { PilotWireError, type PilotWireErrorCode } from './errors.ts';
export {
	type Halves,
	isOrder,
	ORDERS,
	type Order,
	type OrderCount,
	orderFor,
	SIGNAL_HALVES,
	type Signal,
	signalOf,
	steadyOrderOf,
} from './orders.ts';
export { DEFAULT_PIN_MAP, type PinMap, type Ports, pinMapFaults, type WirePins } from './pin-map.ts';
export { nextChange, PULSE_MS, PULSE_PERIOD_MS, pulseOffset, signalAt } from './pulses.ts';
export type { Drift, ReadBack, ReadBackName, StuckPin } from './read-back.ts';
