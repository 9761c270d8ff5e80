import { join } from 'node:path';
import { blindBudgetVA, UncontrolledLoad } from '@pilotwire/circuit';
import type { LoadState } from '@pilotwire/contract';
import { ownLimitVA } from '@pilotwire/meter-reader/config';
import { JsonFile } from '@pilotwire/runtime';
import { type House, shedderMeter } from '../../config.ts';
import type { PhaseFacts, ProtectionFacts } from '../../doctor/protection.ts';

/** The part of the time that the load that isn't controlled stays below its figure: as the fallback counts it. */
const SHARE = 0.99;

/** What stands between a house and its breaker: as configured, as its actuators learned it, and as its meter says now. */
export async function protectionFacts(house: House, load: LoadState | undefined): Promise<ProtectionFacts> {
	const id = shedderMeter(house);
	const settings = house.meters.find((meter) => meter.id === id);
	const { branchBreakerA } = house.shedder;
	const nominalV = settings?.nominalV ?? 230;
	const learned = await learnedOf(house.dataDir);
	const own = settings === undefined ? undefined : ownLimitVA(settings);
	const branchVA = branchBreakerA === undefined ? undefined : branchBreakerA * nominalV;
	const circuits = circuitsOf(house);
	const phases = [...new Set(circuits.map(({ phase }) => phase))].sort();
	return {
		shedding: house.shedder.enabled,
		fallback: house.fallback.enabled,
		meter: { id, source: settings?.source ?? '' },
		...(load === undefined ? {} : { measured: load.phases.map(({ phase }) => phase) }),
		...(branchVA === undefined ? {} : { branchVA }),
		phases: phases.map((phase): PhaseFacts => {
			const said = load?.phases.find((one) => one.phase === phase)?.limitVA ?? learned.limitsVA[phase];
			const configured = own === undefined ? undefined : own[own.length === 1 ? 0 : phase - 1];
			const known = [said, configured, branchVA].filter((limit) => limit !== undefined);
			const rest = UncontrolledLoad.fromJSON(learned.uncontrolled[phase]);
			const limitVA = known.length === 0 ? undefined : Math.min(...known);
			return {
				phase,
				limitVA,
				uncontrolledVA: rest.learned ? rest.percentileVA(SHARE) : undefined,
				blindVA: limitVA === undefined ? undefined : blindBudgetVA(limitVA, rest),
				circuits: circuits.filter((circuit) => circuit.phase === phase),
			};
		}),
	};
}

/** Radiators heat where no signal comes; what a plug or a relay switches doesn't. */
function circuitsOf({ boards, radiators, switches }: House) {
	const phaseOf = new Map(boards.modules.map(({ address, phase }) => [address, phase]));
	return [
		...radiators.map(({ id, powerW, board }) => ({ id, powerW, phase: phaseOf.get(board) ?? 1, unheld: true })),
		...switches.map(({ id, powerW, phase }) => ({ id, powerW, phase, unheld: false })),
	];
}

interface Learned {
	readonly limitsVA: Readonly<Record<string, number | undefined>>;
	readonly uncontrolled: Readonly<Record<string, unknown>>;
}

/** What the actuator of the radiators, or else that of the switches, remembers of each phase. */
async function learnedOf(dataDir: string): Promise<Learned> {
	for (const actuator of ['radiator-actuator', 'switch-actuator']) {
		const memory = await new JsonFile(join(dataDir, `${actuator}.json`)).read();
		if (isLearned(memory)) return memory;
	}
	return { limitsVA: {}, uncontrolled: {} };
}

function isLearned(memory: unknown): memory is Learned {
	const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null;
	const { limitsVA, uncontrolled } = (memory ?? {}) as Partial<Learned>;
	return isRecord(limitsVA) && isRecord(uncontrolled);
}
