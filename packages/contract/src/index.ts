export type { AdviceLearned, AdviceSet, AdviceState, AdviceTrial } from './advice.ts';
export { alertTopics } from './alert-topics.ts';
export {
	type AlertKind,
	type AlertSeverity,
	type AlertsState,
	type AlertsTested,
	alertKinds,
	alertSeverities,
	alertsTested,
} from './alerts.ts';
export { type BoxAdvice, type BoxStory, boxStory } from './box-story.ts';
export { type BridgeEvent, type BridgeState, bridgeTopics } from './bridge.ts';
export {
	type ChannelJoin,
	type ChannelLeaving,
	type ChannelMembers,
	type ChannelNotice,
	type ChannelRefusal,
	type ChannelTopic,
	channelFilter,
	channelJoin,
	channelMembers,
	channelNotice,
	channelTopicName,
	channelTopics,
	isChannelName,
	membersAfter,
	readChannelTopic,
} from './channels.ts';
export type { BoardState, CircuitFault, CircuitSet, CircuitState, OrderReason, ProgrammeState } from './circuit.ts';
export type { CommissioningOutcome, CommissioningState } from './commissioning.ts';
export type { Order, Phase } from './common.ts';
export {
	type CommandOutcome,
	DEVICE_NAME_LENGTH,
	DEVICE_TEXT_LENGTH,
	type DeviceCommand,
	type DeviceCommandAnswer,
	type DeviceEvent,
	type DeviceOutcome,
	type DeviceSet,
	type DeviceState,
	deviceCommandAnswer,
	deviceType,
	MOST_COMMANDED,
	MOST_DEVICE_VALUES,
} from './devices.ts';
export {
	type Cost,
	type CostAnswer,
	type CostPeriod,
	costAnswer,
	type EnergyAnswer,
	type EnergyPeriod,
	type ExportPage,
	energyAnswer,
	exportPage,
	type HistoryAnswer,
	type HistoryLine,
	type HistorySeries,
	historyAnswer,
	type TelemetryState,
} from './history.ts';
export type { HomeAssistantMeter, HomeAssistantShedder, HomeAssistantState } from './home-assistant.ts';
export {
	type HostFigures,
	type HostLog,
	type HostSet,
	type HostState,
	WATCH_LEASE_S,
} from './host.ts';
export type { LineLog } from './line.ts';
export type { LinkState, LoadLog, LoadState, MeterTime, ReadingState } from './meter.ts';
export { type Decoded, decodePayload, encodePayload, MAX_PAYLOAD_BYTES } from './payload.ts';
export {
	type Absence,
	type AbsenceSet,
	type AbsenceState,
	absence,
	type PlanTarget,
	type Programme,
	type ProgrammeChange,
	type ProgrammePreview,
	type ProgrammesSet,
	type ProgrammesState,
	type ProgrammeWhy,
	programme,
	type TargetState,
	type TariffRule,
	tariffRule,
	type WeekDay,
} from './planner.ts';
export type { ProbeState } from './probe.ts';
export {
	type AgentLog,
	type AgentState,
	REMOTE_CHUNK_BYTES,
	REMOTE_LEASE_S,
	REMOTE_LEVEL,
	REMOTE_WINDOW,
	type RemoteAsk,
	type RemoteFault,
	type RemoteRequest,
	type RemoteSay,
	remoteAsk,
} from './remote.ts';
export {
	RemoteCall,
	RemoteCallError,
	RemoteClient,
	type RemoteSurroundings,
	type RemoteWish,
} from './remote-client.ts';
export { decodeFrame, encodeFrame, type RemoteFrame } from './remote-frame.ts';
export { remoteTopics } from './remote-topics.ts';
export type { RpcRequest, RpcResponse, ServiceStatus } from './service.ts';
export {
	type AccountsAnswer,
	accountsAnswer,
	type FileFault,
	type HouseFileAnswer,
	type HouseSections,
	houseFileAnswer,
	houseFileRefusal,
	houseSections,
} from './settings.ts';
export {
	pauseOf,
	type ShedderEvent,
	type ShedderReason,
	type ShedderSet,
	type ShedderState,
	type ShedState,
} from './shedder.ts';
export {
	type PriceEntry,
	priceEntry,
	type TariffColour,
	type TariffPeriodName,
	type TariffPrices,
	type TariffPricesSet,
	type TariffState,
} from './tariff.ts';
export type { ThermostatSet, ThermostatState } from './thermostat.ts';
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
