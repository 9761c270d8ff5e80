import type { Period, WaterHeaterDescription } from './description.ts';
import type { Random } from './random.ts';

/** Heat of a litre of water, J/K. */
const LITRE_JK = 4186;
const COLD_WATER_C = 12;
const ROOM_C = 18;
/** Litres a minute out of an open tap. */
const TAP_LITRES = 8;
const HYSTERESIS_K = 5;
/** Share of a day's hot water used in each hour. */
const DAILY_RHYTHM = [0, 0, 0, 0, 0, 2, 8, 12, 10, 5, 4, 4, 5, 4, 2, 2, 3, 5, 8, 9, 8, 5, 3, 1].map(
	(part) => part / 100,
);

const NIGHT: readonly Period[] = [{ from: '23:00', to: '07:00' }];

/** A tank whose contactor closes in the cheap hours, or when somebody forces it on. */
export class WaterHeater {
	readonly phase: number;
	/** What it draws, W. */
	watts = 0;
	temperatureC: number;
	energyWh = 0;
	readonly #tank: WaterHeaterDescription;
	readonly #hours: readonly Period[];
	readonly #random: Random;
	#closed = false;
	#heating = true;
	#forcedS = 0;

	constructor(tank: WaterHeaterDescription, offPeak: readonly Period[], random: Random) {
		this.#tank = tank;
		this.#random = random;
		this.#hours = tank.hours ?? (offPeak.length > 0 ? offPeak : NIGHT);
		this.phase = tank.phase;
		this.temperatureC = tank.startC;
	}

	/** The contactor is held closed for a time, s. */
	force(forS: number): void {
		this.#forcedS = forS;
	}

	/** The supply is cut. */
	cut(): void {
		this.watts = 0;
		this.#forcedS = 0;
	}

	minute(minuteOfDay: number): void {
		const { litres, litresPerDay } = this.#tank;
		this.#closed = isWithin(this.#hours, minuteOfDay);
		const wanted = (litresPerDay * (DAILY_RHYTHM[Math.floor(minuteOfDay / 60)] ?? 0)) / 60;
		if (this.#random() >= wanted / TAP_LITRES) return;
		this.temperatureC -= (this.temperatureC - COLD_WATER_C) * Math.min(1, TAP_LITRES / litres);
	}

	/** @returns what it draws, W */
	step(dtS: number, voltage: Float64Array): number {
		const { setPointC, powerW, litres, lossWK } = this.#tank;
		if (this.temperatureC >= setPointC) this.#heating = false;
		else if (this.temperatureC < setPointC - HYSTERESIS_K) this.#heating = true;
		const isOn = this.#heating && (this.#closed || this.#forcedS > 0);
		if (this.#forcedS > 0) this.#forcedS -= dtS;
		this.watts = isOn ? powerW * (voltage[this.phase - 1] as number) : 0;
		this.temperatureC += ((this.watts - lossWK * (this.temperatureC - ROOM_C)) * dtS) / (litres * LITRE_JK);
		this.energyWh += (this.watts * dtS) / 3600;
		return this.watts;
	}
}

/** Whether a minute of the day lies in one of the periods; one that ends before it begins runs over midnight. */
export function isWithin(periods: readonly Period[], minuteOfDay: number): boolean {
	return periods.some(({ from, to }) => {
		const begin = minutes(from);
		const end = minutes(to);
		return begin <= end ? minuteOfDay >= begin && minuteOfDay < end : minuteOfDay >= begin || minuteOfDay < end;
	});
}

/** Minutes since midnight of a time such as 22:30. */
export function minutes(time: string): number {
	return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
