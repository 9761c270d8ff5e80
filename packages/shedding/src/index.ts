export type { Action, ActionKind, Figures, Reason } from './action.ts';
export { type Decision, decide } from './decide.ts';
export type { BreakerEvent, CircuitEvent, LoadEvent, SheddingEvent } from './event.ts';
export { type ConfiguredCircuit, type WaitFault, waitFaults } from './longest-wait.ts';
export { defaultSettings, type SheddingSettings } from './settings.ts';
export {
	type PhaseSnapshot,
	type RestoreState,
	type SheddingSnapshot,
	type ShedSet,
	shedSet,
	snapshot,
	type WaitReason,
	type WaitSnapshot,
} from './snapshot.ts';
export { emptyState, type SheddingState } from './state.ts';
