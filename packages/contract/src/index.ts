export type { BoardState, CircuitSet, CircuitState, OrderReason, ProgrammeState } from './circuit.ts';
export type { CommissioningOutcome, CommissioningState } from './commissioning.ts';
export type { Order, Phase } from './common.ts';
export {
	type HistoryAnswer,
	type HistoryLine,
	type HistorySeries,
	historyAnswer,
	type TelemetryState,
} from './history.ts';
export type { LineLog } from './line.ts';
export type { LinkState, LoadLog, LoadState, MeterTime, ReadingState } from './meter.ts';
export { type Decoded, decodePayload, encodePayload, MAX_PAYLOAD_BYTES } from './payload.ts';
export type { ProbeState } from './probe.ts';
export type { RpcRequest, RpcResponse, ServiceStatus } from './service.ts';
export type { ShedderEvent, ShedderState, ShedState } from './shedder.ts';
export {
	matchTopic,
	type Parameters,
	type ParametersOf,
	type PayloadOf,
	type Topic,
	topicFilter,
	topicMatcher,
	topicName,
} from './topic.ts';
export { topics } from './topics.ts';
