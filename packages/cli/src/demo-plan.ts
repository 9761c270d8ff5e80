import type { HouseFile } from './schema.ts';

type Plan = HouseFile['planner'];
type Change = Plan['programmes'][number]['changes'][number];

const everyDay: Change['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const weekdays: Change['days'] = ['mon', 'tue', 'wed', 'thu', 'fri'];

const change = (days: Change['days'], at: string, order: Change['order']): Change => ({ days, at, order });

/**
 * The week of the demonstration's house, as its people would write it. At every hour each phase still heats enough that
 * oven, kettle and water heater make somebody wait: what the demonstration is to show.
 */
export const demoPlan: Pick<Plan, 'zones' | 'programmes' | 'rules'> = {
	zones: [
		{
			...{ id: 'living', name: 'Pièces de vie', circuits: [] },
			rooms: ['salon', 'cuisine', 'sejour', 'salle-de-jeux'],
		},
		{ id: 'bedrooms', name: 'Chambres', rooms: ['chambre-parents', 'chambre-enfants'], circuits: [] },
		{ id: 'passages', name: 'Passages', rooms: ['entree', 'couloir', 'buanderie'], circuits: [] },
	],
	programmes: [
		{
			...{ id: 'living', name: 'Pièces de vie', for: { zone: 'living' } },
			changes: [change(everyDay, '06:00', 'comfort'), change(everyDay, '23:00', 'comfort_-1')],
		},
		{
			...{ id: 'bedrooms', name: 'Chambres', for: { zone: 'bedrooms' } },
			changes: [
				change(everyDay, '06:00', 'comfort'),
				change(weekdays, '09:00', 'comfort_-1'),
				change(weekdays, '17:00', 'comfort'),
				change(everyDay, '22:30', 'comfort_-2'),
			],
		},
		{
			...{ id: 'passages', name: 'Passages', for: { zone: 'passages' } },
			changes: [
				change(everyDay, '06:00', 'comfort'),
				change(weekdays, '09:00', 'eco'),
				change(weekdays, '17:00', 'comfort'),
				change(everyDay, '22:00', 'eco'),
			],
		},
		{
			...{ id: 'office', name: 'Bureau', for: { room: 'bureau' } },
			changes: [change(weekdays, '08:00', 'comfort'), change(everyDay, '18:00', 'eco')],
		},
		{
			...{ id: 'guests', name: "Chambre d'amis", for: { room: 'chambre-amis' } },
			changes: [change(everyDay, '06:00', 'eco')],
		},
	],
	rules: [
		{
			...{ id: 'red-days', name: 'Heures pleines des jours rouges', for: 'house', order: 'eco' },
			when: { period: ['peak'], today: ['red'] },
			preheat: { minutes: 60 },
		},
	],
};
