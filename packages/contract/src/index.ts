export type { BoardState, CircuitSet, CircuitState, OrderReason, ProgrammeState } from './circuit.ts';
export type { Order, Phase } from './common.ts';
export {
	type HistoryAnswer,
	type HistoryLine,
	type HistorySeries,
	historyAnswer,
	type TelemetryState,
} from './history.ts';
export type { LinkState, LoadLog, LoadState, MeterTime, ReadingState } from './meter.ts';
export { type Decoded, decodePayload, encodePayload, MAX_PAYLOAD_BYTES } from './payload.ts';
export type { RpcRequest, RpcResponse, ServiceStatus } from './service.ts';
export type { ShedderEvent, ShedderState, ShedState } from './shedder.ts';
export {
	matchTopic,
	type Parameters,
	type ParametersOf,
	type PayloadOf,
	type Topic,
	topicFilter,
	topicName,
} from './topic.ts';
export { topics } from './topics.ts';
