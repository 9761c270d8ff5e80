import type { ApplianceDescription } from '../description.ts';

type Phase = ApplianceDescription['phase'];

/** Appliances found in most homes, with the stages and the daily rhythm that people give them. */
export const commonAppliances = {
	standingLoad: (phase: Phase, powerW = 150): ApplianceDescription => ({
		...plain('standing-load', 'Veilles', phase),
		stages: [{ powerW, forS: 3600 }],
		powerFactor: 0.8,
		always: true,
	}),
	fridge: (phase: Phase): ApplianceDescription => ({
		...plain('fridge', 'Réfrigérateur', phase),
		stages: [{ powerW: 110, forS: 3600, onS: 900, offS: 1500 }],
		powerFactor: 0.75,
		always: true,
	}),
	lights: (phase: Phase): ApplianceDescription => ({
		...plain('lights', 'Éclairage', phase),
		stages: [{ powerW: 160, forS: 3600 }],
		powerFactor: 0.9,
		uses: {
			perDay: 9,
			hours: [
				{ from: 6, to: 8, weight: 2 },
				{ from: 17, to: 23, weight: 3 },
			],
		},
	}),
	oven: (phase: Phase, powerW = 2500): ApplianceDescription => ({
		...plain('oven', 'Four', phase),
		stages: [
			{ powerW, forS: 480 },
			{ powerW, forS: 2400, onS: 40, offS: 60 },
		],
		uses: {
			perDay: 0.7,
			hours: [
				{ from: 11, to: 13, weight: 1 },
				{ from: 18, to: 20, weight: 3 },
			],
		},
	}),
	kettle: (phase: Phase): ApplianceDescription => ({
		...plain('kettle', 'Bouilloire', phase),
		stages: [{ powerW: 2200, forS: 170 }],
		uses: {
			perDay: 3,
			hours: [
				{ from: 6, to: 9, weight: 3 },
				{ from: 16, to: 21, weight: 1 },
			],
		},
	}),
	hob: (phase: Phase): ApplianceDescription => ({
		...plain('hob', 'Plaque de cuisson', phase),
		stages: [
			{ powerW: 1800, forS: 240 },
			{ powerW: 1800, forS: 1200, onS: 12, offS: 18 },
		],
		uses: {
			perDay: 1.6,
			hours: [
				{ from: 11, to: 13, weight: 2 },
				{ from: 18, to: 21, weight: 3 },
			],
		},
	}),
	washingMachine: (phase: Phase): ApplianceDescription => ({
		...plain('washing-machine', 'Lave-linge', phase),
		stages: [
			{ powerW: 120, forS: 300 },
			{ powerW: 2000, forS: 900 },
			{ powerW: 180, forS: 2700, onS: 20, offS: 10 },
			{ powerW: 450, forS: 480 },
		],
		powerFactor: 0.92,
		uses: { perDay: 0.6, hours: [{ from: 8, to: 21, weight: 1 }] },
	}),
	dishwasher: (phase: Phase): ApplianceDescription => ({
		...plain('dishwasher', 'Lave-vaisselle', phase),
		stages: [
			{ powerW: 70, forS: 600 },
			{ powerW: 1900, forS: 840 },
			{ powerW: 70, forS: 2400 },
			{ powerW: 1900, forS: 600 },
			{ powerW: 20, forS: 900 },
		],
		powerFactor: 0.95,
		uses: {
			perDay: 0.8,
			hours: [
				{ from: 13, to: 15, weight: 1 },
				{ from: 20, to: 23, weight: 2 },
			],
		},
	}),
};

function plain(id: string, name: string, phase: Phase) {
	return { id, name, phase, powerFactor: 1, always: false };
}
