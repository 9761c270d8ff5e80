/** Circuits: their orders, who wins over them, the shedder's lease, and the fallback when it is lost. */
export { blindBudgetVA } from './blind-budget.ts';
export {
	type FallbackOrder,
	type FallbackReason,
	type FallbackState,
	type FallbackStep,
	followControl,
	NO_FALLBACK,
	runFallback,
	staticFallback,
} from './fallback.ts';
export {
	type Lease,
	type LeaseVerdict,
	type LeaseView,
	NO_LEASE,
	receiveShedSet,
	type ShedSet,
	viewLease,
} from './lease.ts';
export { type Order, orderLevel, raises } from './order.ts';
export type { FallbackCircuit, Slot } from './rotation.ts';
export { UncontrolledLoad, type UncontrolledLoadJson } from './uncontrolled-load.ts';
export type { Waits } from './waits.ts';
export { type Claims, type Control, type Override, type Win, type WinReason, whoWins } from './who-wins.ts';
