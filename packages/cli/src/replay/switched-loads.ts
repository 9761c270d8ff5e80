// What switched circuits draw in a modelled house: a tank that cools by what is tapped, a car that comes home in the
// evening, and a plug that draws its power while it is on.
import { Calendar } from '@pilotwire/calendar';
import type { Order } from '@pilotwire/contract';
import type { House } from '../config.ts';

type Switch = House['switches'][number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A tank without a minimum needs so many hours of its power a day. */
const TANK_HOURS = 2;
/** Hot water is tapped in the morning and in the evening: from and to, hours of the day, and the share of the day's. */
const TAPPED = [
	{ fromH: 7, toH: 8, share: 0.4 },
	{ fromH: 19, toH: 20, share: 0.6 },
] as const;
/** A car is at home from and to these hours, and comes home with so much missing. */
const CAR_FROM_H = 18;
const CAR_TO_H = 8;
const CAR_WH = 10_000;

/** What is assumed, for people. */
export const SWITCHED_ASSUMPTIONS = `A water heater is tapped from 7 to 8 and from 19 to 20 for what it needs a day (its minimum, or ${TANK_HOURS} hours of its power); a car stands at its charger from ${CAR_FROM_H} to ${CAR_TO_H} and comes home with ${CAR_WH / 1000} kWh missing; any other circuit draws its power while it is on.`;

/** What a circuit does at a local time, ms since 1970. */
type OrderOf = (circuit: Switch, localMs: number) => Order;

/** The switched circuits of one modelled house. */
export class SwitchedLoads {
	readonly #circuits: readonly Switched[];
	readonly #orderOf: OrderOf;
	readonly #localMs: (elapsedMs: number) => number;
	#elapsedMs = 0;

	/** @param startMs when the house begins, ms since 1970 UTC */
	constructor({ switches, timeZone }: Pick<House, 'switches' | 'timeZone'>, startMs: number, orderOf: OrderOf) {
		const calendar = new Calendar(timeZone);
		this.#localMs = (elapsedMs) => startMs + elapsedMs + calendar.offsetMs(startMs + elapsedMs);
		this.#circuits = switches.map((config) => new Switched(config, this.#localMs(0)));
		this.#orderOf = orderOf;
	}

	/** Lets time pass up to so many ms after the house began; `isDark`: nobody has had any power since the last call. */
	advanceTo(elapsedMs: number, isDark: boolean): void {
		if (this.#circuits.length === 0) return;
		const passedMs = elapsedMs - this.#elapsedMs;
		this.#elapsedMs = elapsedMs;
		const localMs = this.#localMs(elapsedMs);
		for (const circuit of this.#circuits) {
			circuit.advance(localMs, passedMs, isDark ? 'off' : this.#orderOf(circuit.config, localMs));
		}
	}

	/** W on a phase. */
	onPhase(phase: number): number {
		return this.#circuits.reduce((sum, { config, watts }) => sum + (config.phase === phase ? watts : 0), 0);
	}

	/** What one draws, W. */
	wattsOf(id: string): number {
		return this.#circuits.find(({ config }) => config.id === id)?.watts ?? 0;
	}

	/** What one has had, Wh. */
	energyWh(id: string): number {
		return this.#circuits.find(({ config }) => config.id === id)?.energyWh ?? 0;
	}
}

class Switched {
	readonly config: Switch;
	watts = 0;
	energyWh = 0;
	/** What it would still take, Wh; undefined where it takes whatever it gets. */
	#missingWh: number | undefined;

	constructor(config: Switch, localMs: number) {
		this.config = config;
		if (config.kind === 'water_heater') this.#missingWh = 0;
		if (config.kind === 'charger') this.#missingWh = isHome(localMs) ? CAR_WH : 0;
	}

	advance(localMs: number, passedMs: number, order: Order): void {
		const hadWh = (this.watts * passedMs) / HOUR_MS;
		this.energyWh += hadWh;
		if (this.#missingWh !== undefined)
			this.#missingWh = Math.max(0, this.#missingWh - hadWh + this.#needed(localMs, passedMs));
		if (this.config.kind === 'charger' && !isHome(localMs)) this.#missingWh = 0;
		this.watts = order === 'off' || this.#missingWh === 0 ? 0 : this.#powerW(order);
	}

	/** What it came to need in the time that passed, Wh. */
	#needed(localMs: number, passedMs: number): number {
		const { kind, powerW, hotWater } = this.config;
		if (kind === 'charger') return isHome(localMs) && !isHome(localMs - passedMs) ? CAR_WH : 0;
		const dayWh = hotWater !== undefined && hotWater.minimumKWh > 0 ? hotWater.minimumKWh * 1000 : TANK_HOURS * powerW;
		const hour = hourOf(localMs);
		const tap = TAPPED.find(({ fromH, toH }) => hour >= fromH && hour < toH);
		return tap === undefined ? 0 : (dayWh * tap.share * passedMs) / ((tap.toH - tap.fromH) * HOUR_MS);
	}

	#powerW(order: Order): number {
		const { powerW, output } = this.config;
		if (order !== 'eco' || output.current === undefined) return powerW;
		return (powerW * output.current.minA) / output.current.maxA;
	}
}

const hourOf = (localMs: number): number => (((localMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS;

function isHome(localMs: number): boolean {
	const hour = hourOf(localMs);
	return hour >= CAR_FROM_H || hour < CAR_TO_H;
}

/** The order of a circuit while nobody sheds: its programme; a water heater's in the cheap hours that are configured. */
export const standingOrder: OrderOf = ({ programme, hotWater }, localMs) => {
	if (hotWater === undefined) return programme;
	const minutes = hourOf(localMs) * 60;
	const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
	const isCheap = hotWater.cheapHours.some(({ from, to }) => {
		const [begin, end] = [minutesOf(from), minutesOf(to)];
		return begin <= end ? minutes >= begin && minutes < end : minutes >= begin || minutes < end;
	});
	return isCheap ? programme : 'off';
};
