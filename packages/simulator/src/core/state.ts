import { type House, OBEYED_ORDERS } from '@pilotwire/house';
import type { Boards } from './boards.ts';

/** What is true in the house now, which no meter says: for tests and for the curious. */
export function trueState(house: House, boards: Boards) {
	const { breaker, description, radiators, supply } = house;
	return {
		/** The house's time since its start. */
		elapsedS: house.elapsedMs / 1000,
		at: new Date(house.nowMs).toISOString(),
		/** Seconds after the start; null while it is closed. */
		breakerOpenAt: house.breakerOpenAt ?? null,
		openings: breaker.openings,
		phases: [...house.va].map((va, at) => ({
			phase: at + 1,
			apparentPowerVA: va,
			powerW: house.watts[at] as number,
			currentA: house.amps[at] as number,
			voltageV: supply.volts[at] as number,
			/** The breaker's filter; it opens at 1.69. */
			filter: breaker.filter[at] as number,
			filterMax: breaker.filterMax[at] as number,
		})),
		rooms: description.rooms.map(({ id }, at) => ({ id, temperatureC: house.roomC[at] as number })),
		radiators: description.radiators.map(({ id, board, wire }, at) => ({
			id,
			order: OBEYED_ORDERS[radiators.obeyed[at] as number],
			signal: boards.signalsOf(board)[wire - 1],
			powerW: radiators.watts[at] as number,
			energyWh: radiators.energyWh[at] as number,
		})),
		boards: boards.addresses.map((address) => ({ address, condition: boards.conditionOf(address) })),
		outsideC: house.weather.outsideC,
		waterC: house.waterHeater?.temperatureC ?? null,
	};
}

export type TrueState = ReturnType<typeof trueState>;
