import type { HouseDescription, HouseInput } from '../description.ts';
import { commonAppliances as common } from './appliances.ts';
import { described } from './described.ts';

/** Name, phase, power, orders: four radiators a phase, on wires 1 to 4 of the phase's board. */
const RADIATORS = [
	['salon', 'Salon', 1, 1000, 6],
	['cuisine', 'Cuisine', 1, 750, 6],
	['entree', 'Entrée', 1, 750, 4],
	['bureau', 'Bureau', 1, 1000, 6],
	['sejour', 'Séjour', 2, 1250, 6],
	['chambre-parents', 'Chambre des parents', 2, 1000, 6],
	['salle-de-bain', 'Salle de bain', 2, 750, 4],
	['couloir', 'Couloir', 2, 500, 4],
	['chambre-enfants', 'Chambre des enfants', 3, 1000, 6],
	['chambre-amis', "Chambre d'amis", 3, 750, 6],
	['salle-de-jeux', 'Salle de jeux', 3, 1000, 6],
	['buanderie', 'Buanderie', 3, 750, 4],
] as const;

/** The evening: once every radiator heats, oven, kettle and water heater together, again and again. */
const EVENING = { atS: 120, forS: 240, everyS: 600 };

/**
 * A three-phase house of 12 kVA on a cold evening, with twelve radiators on three boards. Its radiators alone stay
 * within the subscription; with oven, kettle and water heater on top and nothing shed, its breaker opens within minutes.
 */
export function demoHouse(): HouseDescription {
	const input: HouseInput = {
		name: 'Maison de démonstration',
		rooms: RADIATORS.map(([id, name, , powerW]) => ({
			id,
			name,
			// It takes three fifths of the radiator's power to keep it warm: what an evening sheds can be caught up between.
			lossWK: powerW / 40,
			heatCapacityJK: powerW * 1200,
			comfortC: id === 'salle-de-bain' ? 21 : 19.5,
			startC: 17,
		})),
		radiators: RADIATORS.map(([id, name, phase, powerW, orders], at) => ({
			id,
			name,
			room: id,
			phase,
			powerW,
			orders,
			board: 0x1f + phase,
			wire: (at % 4) + 1,
			responseS: 2 + (at % 4),
		})),
		appliances: [
			common.oven(1, 3000),
			common.kettle(2),
			common.standingLoad(1, 120),
			common.fridge(1),
			common.lights(2),
			common.standingLoad(3, 60),
		].map((appliance, at) => ({ ...withoutUses(appliance), id: at === 5 ? 'box' : appliance.id })),
		waterHeater: { phase: 3, powerW: 3000, litres: 300, startC: 35, hours: [] },
		weather: { meanC: -5, swingK: 2, noiseK: 0.5 },
		meter: {
			phases: 3,
			prefKVA: 12,
			tariff: { kind: 'peak', offPeak: [{ from: '22:30', to: '06:30' }] },
		},
		events: ['oven', 'kettle', 'water-heater'].map((appliance) => ({ ...EVENING, appliance })),
	};
	return described(input);
}

/** In the demonstration nobody starts anything but by the script. */
function withoutUses<Appliance extends { uses?: unknown }>({ uses: _, ...rest }: Appliance): Omit<Appliance, 'uses'> {
	return rest;
}
