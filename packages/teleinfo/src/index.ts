export { checksum } from './checksum.ts';
export type { TicDate } from './date.ts';
export { TicDecoder, type TicDecoderOptions, type TicEvent } from './decoder.ts';
export {
	encodeFrame,
	encodeGroup,
	encodeInterruptedFrame,
	encodeInterruption,
	type GroupToEncode,
	withParity,
} from './encoder.ts';
export { type Refusal, TicEncodeError, type TicErrorCode } from './errors.ts';
export type { TicFrame } from './frame.ts';
export type { TicGroup, TicMode } from './group.ts';
export { checkGroup } from './group-check.ts';
export type { DataForm, LabelRule } from './label-rule.ts';
export { historicLabels } from './labels-historic.ts';
export { standardLabels } from './labels-standard.ts';
export { type LoadFact, loadFact, type PhaseNumber, saysLoad } from './load.ts';
export type { ProfileEntry } from './profile.ts';
export type * from './reading.ts';
export { type BreakerState, decodeStatus, type MeterStatus, missingPhases } from './status.ts';
export type { Contract, ContractKind, LoadProgrammes, TariffColour, TariffPeriod, TariffPeriodName } from './tariff.ts';
export { periodOfLtarf, periodOfPtec } from './tariff.ts';
export { toReading } from './to-reading.ts';
