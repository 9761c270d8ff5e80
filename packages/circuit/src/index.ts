/** Circuits: their orders, who wins over them, the shedder's lease, the fallback when it is lost, and what is learned. */
export { blindBudgetVA } from './blind-budget.ts';
export type { Circuit } from './circuit.ts';
export { type CircuitOutputs, Circuits, type CircuitsSettings, warms } from './circuits.ts';
export type { ControlSettings, Decision } from './decider.ts';
export {
	type FallbackOrder,
	type FallbackReason,
	type FallbackState,
	type FallbackStep,
	followControl,
	NO_FALLBACK,
	runFallback,
} from './fallback.ts';
export type { GuardedRoom } from './frost-guard.ts';
export {
	type ForeignCircuit,
	Learning,
	type LearningMemory,
	type LearningSettings,
	type PhaseLoads,
} from './learning.ts';
export {
	type Lease,
	type LeaseVerdict,
	type LeaseView,
	NO_LEASE,
	receiveShedSet,
	type ShedSet,
	viewLease,
} from './lease.ts';
export type { Moment } from './moment.ts';
export { higherOrder, lowerOrder, type Order, orderLevel, raises } from './order.ts';
export { OwnPast } from './own-past.ts';
export type { CircuitReport } from './reports.ts';
export type { FallbackCircuit, Slot } from './rotation.ts';
export type { CircuitFault, Trouble } from './trouble.ts';
export { UncontrolledLoad, type UncontrolledLoadJson } from './uncontrolled-load.ts';
export type { Waits } from './waits.ts';
export { type Claims, type Control, type Override, type Win, type WinReason, whoWins } from './who-wins.ts';
export type { Command, DatedOrder, Wishes } from './wishes.ts';
