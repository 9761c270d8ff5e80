import { branchEarliestTripS, linkyTimeToTripS } from '@pilotwire/breaker';
import type { FindingCode } from './codes.ts';
import { type Finding, ok, unsure, wrong } from './finding.ts';

/** What is known of a phase. */
export interface PhaseFacts {
	readonly phase: number;
	/** What may be drawn, VA; undefined while neither the configuration nor the meter has said it. */
	readonly limitVA?: number | undefined;
	/** The 99th percentile of what Pilotwire doesn't control, VA; undefined until a day of it was seen. */
	readonly uncontrolledVA?: number | undefined;
	/** What may be given away without a meter, VA; undefined without a limit. */
	readonly blindVA?: number | undefined;
	/** Circuits that wait when asked to. `unheld`: those that heat where no signal comes. Rated power, W. */
	readonly circuits: readonly { readonly id: string; readonly powerW: number; readonly unheld: boolean }[];
}

/** What stands between the house and its breaker, as configured and learned. */
export interface ProtectionFacts {
	readonly shedding: boolean;
	readonly fallback: boolean;
	/** The meter whose load decides, and where it comes from. */
	readonly meter: { readonly id: string; readonly source: string };
	/** Phases that this meter measures; undefined while it wasn't heard. */
	readonly measured?: readonly number[] | undefined;
	/** A branch breaker stands before the house. Its rating, VA per phase, where known. */
	readonly branchVA?: number | undefined;
	readonly phases: readonly PhaseFacts[];
}

const CHECK = 'protection';

/** Whether anything configured could let the breaker open. */
export function judgeProtection(facts: ProtectionFacts): Finding[] {
	const findings = [
		...judgeSwitches(facts),
		...judgeMeter(facts),
		...facts.phases.flatMap((one) => judgePhase(facts, one)),
	];
	if (findings.length > 0) return findings;
	return [ok(CHECK, 'shedding and fallback on; every phase with circuits is measured, and fits its limit')];
}

function judgeSwitches({ shedding, fallback, phases }: ProtectionFacts): Finding[] {
	const off = (code: FindingCode, what: string, setting: string): Finding =>
		wrong(
			code,
			CHECK,
			`${what} is switched off: nothing keeps the breaker closed`,
			`write ${setting}: { enabled: true }`,
		);
	const none = wrong(
		'NOTHING_CAN_WAIT',
		CHECK,
		'there is nothing that could wait',
		'name the radiators, or switches, in the configuration',
	);
	return [
		...(shedding ? [] : [off('SHEDDING_OFF', 'load shedding', 'shedder')]),
		...(fallback ? [] : [off('FALLBACK_OFF', 'the fallback', 'fallback')]),
		...(phases.some(({ circuits }) => circuits.length > 0) ? [] : [none]),
	];
}

function judgeMeter({ meter, measured, phases }: ProtectionFacts): Finding[] {
	if (meter.source.startsWith('file:')) {
		const todo = 'write where the meter is: source: "serial:/dev/ttyAMA0"';
		return [wrong('LOAD_RECORDED', CHECK, `the load of meter ${meter.id} is a recording`, todo)];
	}
	return phases
		.filter(({ phase, circuits }) => circuits.length > 0 && measured !== undefined && !measured.includes(phase))
		.map(({ phase, circuits }) => {
			const found = `${circuits.map(({ id }) => id).join(', ')} on phase ${phase}, which meter ${meter.id} doesn't measure`;
			return wrong(
				'PHASE_NOT_MEASURED',
				CHECK,
				found,
				'correct the phase of their boards (boards.modules) or switches; pilotwire commission tells it',
			);
		});
}

function judgePhase({ branchVA }: ProtectionFacts, facts: PhaseFacts): Finding[] {
	const { phase, limitVA, uncontrolledVA, circuits } = facts;
	if (circuits.length === 0) return [];
	if (limitVA === undefined) {
		const todo = 'start the house once, or write limitVA at the meter';
		return [unsure('LIMIT_UNKNOWN', CHECK, `phase ${phase}: its limit isn't known yet`, todo)];
	}
	if (uncontrolledVA !== undefined && uncontrolledVA >= limitVA) {
		const found = `phase ${phase}: what Pilotwire doesn't control draws ${whole(uncontrolledVA)} VA alone, of ${whole(limitVA)}`;
		return [
			wrong(
				'REST_ABOVE_LIMIT',
				CHECK,
				found,
				'shedding everything would not be enough: pilotwire advise --history names a subscription that is',
			),
		];
	}
	return [...judgeFallback(facts, limitVA), ...judgeNoSignal(facts, limitVA, branchVA)];
}

/** A circuit that never fits what is left without a meter gets no turn, in a house that waits for one. */
function judgeFallback({ phase, blindVA, circuits }: PhaseFacts, limitVA: number): Finding[] {
	const tooBig = circuits.filter(({ powerW }) => powerW > limitVA);
	if (tooBig.length > 0) {
		const names = tooBig.map(({ id, powerW }) => `${id} (${powerW} W)`).join(', ');
		return [
			wrong(
				'CIRCUIT_ABOVE_LIMIT',
				CHECK,
				`phase ${phase}: ${names} alone is more than its limit of ${whole(limitVA)} VA`,
				'correct powerW, or the phase',
			),
		];
	}
	const never = circuits.filter(({ powerW }) => blindVA !== undefined && powerW > blindVA);
	if (never.length === 0 || blindVA === undefined) return [];
	const found = `phase ${phase}: without a meter ${whole(blindVA)} VA are given away, less than ${never.map(({ id }) => id).join(', ')} needs`;
	const todo = 'these wait for as long as the meter is silent, but for frost; a bigger subscription alone changes it';
	return [unsure('CIRCUIT_NEVER_FITS', CHECK, found, todo)];
}

/**
 * On a pilot wire no signal means comfort: boards without power heat everything at once, whatever anybody decided. Judged
 * from a cold filter, with what isn't controlled besides where it is known.
 */
function judgeNoSignal(
	{ phase, uncontrolledVA = 0, circuits }: PhaseFacts,
	limitVA: number,
	branchVA: number | undefined,
): Finding[] {
	const heating = circuits.filter(({ unheld }) => unheld).reduce((sum, { powerW }) => sum + powerW, 0);
	const load = heating + uncontrolledVA;
	const tripS = Math.min(
		linkyTimeToTripS({ y: 0 }, load / limitVA),
		branchVA === undefined ? Number.POSITIVE_INFINITY : branchEarliestTripS(load / branchVA),
	);
	if (tripS === Number.POSITIVE_INFINITY) return [];
	const found = `phase ${phase}: without power on the boards all radiators heat, ${whole(load)} VA of ${whole(limitVA)}: the breaker opens within ${Math.ceil(tripS)} s`;
	const todo =
		'feed the Pi and the boards from the circuit of the radiators, or these through a contactor that falls off without the Pi';
	return [unsure('NO_SIGNAL_TRIPS', 'no signal', found, todo)];
}

const whole = (value: number): string => String(Math.round(value));
