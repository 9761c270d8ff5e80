// The words of the black box's story.
import { addWords } from './words.ts';

const en = {
	'story.tell': 'What happened?',
	'story.telling': 'Reading the box…',
	'story.none': 'The black box has no story to tell yet.',
	'story.opened.breaker_open': 'The breaker opened by overload, the meter says.',
	'story.opened.load_gone': 'The load fell to nothing: the breaker opened.',
	'story.opened.meter_gone': 'The meter fell silent: a breaker before it opened.',
	'story.opened.power_lost': 'The power went: most probably the breaker opened.',
	'story.other_breaker': 'The breaker in the meter opened, but not for the load.',
	'story.power_lost': 'The power went, but not by overload.',
	'story.running': 'No opening of the breaker was seen.',
	'story.phase':
		'Phase {phase}: {load} of {limit}, at most {peak} at {time}. {used} of the breaker’s patience was used.',
	'story.over': 'Above its limit for {time}, {mean} on average.',
	'story.load': 'Load',
	'story.load.none': 'No load was heard.',
	'story.rises': 'Came on',
	'story.rises.none': 'Nothing large in the last 5 minutes.',
	'story.rise': 'phase {phase} rose by {load}',
	'story.rise.circuit': 'phase {phase} rose by {load}: {name} had just been told to heat',
	'story.decisions': 'Decided',
	'story.decisions.none': 'Nothing in the last 10 minutes.',
	'story.circuits': 'Circuits',
	'story.waited': '{count} of {all} had to wait: {names}.',
	'story.waited.none': 'None of {all} had to wait.',
	'story.disobeyed': '{name} was told to wait at {time}, and did not.',
	'story.offline': 'Not running: {names}.',
	'story.boards': 'Boards that did not answer: {names}.',
	'story.todo': 'To do',
	'story.advice.nothing': 'Nothing.',
	'story.advice.look_elsewhere':
		'No phase was near its breaker’s limit. Ask whether the street had a power cut, and look at the house’s other breakers.',
	'story.advice.ask_operator': 'Ask the network operator; the meter shows how to close it.',
	'story.advice.switch_on': 'Switch load shedding on (shedder.enabled).',
	'story.advice.start_shedder': 'Find out why load shedding did not run.',
	'story.advice.look_at_line': 'Look at the meter’s line: load shedding had no control.',
	'story.advice.look_at_board': 'Look at the cable and the supply of board {name}.',
	'story.advice.look_at_wire': 'Check the pilot wire of {name}: it did not do as it was told.',
	'story.advice.larger_subscription':
		'All that may wait was waiting. Costs says what another subscription would do; a plug or the water heater may take part too.',
	'story.advice.strict': 'The peak came faster than it could be shed: strict sheds within two frames (shedder.mode).',
} as const;

const fr: Readonly<Record<keyof typeof en, string>> = {
	'story.tell': 'Que s’est-il passé ?',
	'story.telling': 'Lecture de la boîte…',
	'story.none': 'La boîte noire n’a encore rien à raconter.',
	'story.opened.breaker_open': 'Le disjoncteur a coupé en surcharge, dit le compteur.',
	'story.opened.load_gone': 'La charge est tombée à rien : le disjoncteur a coupé.',
	'story.opened.meter_gone': 'Le compteur s’est tu : un disjoncteur en amont a coupé.',
	'story.opened.power_lost': 'Le courant a manqué : le disjoncteur a très probablement coupé.',
	'story.other_breaker': 'Le disjoncteur du compteur a coupé, mais pas à cause de la charge.',
	'story.power_lost': 'Le courant a manqué, mais pas par surcharge.',
	'story.running': 'Aucune coupure du disjoncteur n’a été vue.',
	'story.phase':
		'Phase {phase} : {load} sur {limit}, au plus {peak} à {time}. {used} de la patience du disjoncteur était épuisée.',
	'story.over': 'Au-dessus de sa limite pendant {time}, {mean} en moyenne.',
	'story.load': 'Charge',
	'story.load.none': 'Aucune charge n’a été entendue.',
	'story.rises': 'Mises en marche',
	'story.rises.none': 'Rien de grand dans les 5 dernières minutes.',
	'story.rise': 'la phase {phase} a monté de {load}',
	'story.rise.circuit': 'la phase {phase} a monté de {load} : {name} venait de recevoir l’ordre de chauffer',
	'story.decisions': 'Décisions',
	'story.decisions.none': 'Rien dans les 10 dernières minutes.',
	'story.circuits': 'Circuits',
	'story.waited': '{count} sur {all} devaient attendre : {names}.',
	'story.waited.none': 'Aucun des {all} ne devait attendre.',
	'story.disobeyed': '{name} devait attendre dès {time}, et ne l’a pas fait.',
	'story.offline': 'À l’arrêt : {names}.',
	'story.boards': 'Cartes qui ne répondaient pas : {names}.',
	'story.todo': 'À faire',
	'story.advice.nothing': 'Rien.',
	'story.advice.look_elsewhere':
		'Aucune phase n’approchait la limite de son disjoncteur. Demandez si la rue a eu une coupure, et regardez les autres disjoncteurs de la maison.',
	'story.advice.ask_operator': 'Demandez au gestionnaire du réseau ; le compteur montre comment le refermer.',
	'story.advice.switch_on': 'Activez le délestage (shedder.enabled).',
	'story.advice.start_shedder': 'Cherchez pourquoi le délestage ne marchait pas.',
	'story.advice.look_at_line': 'Regardez la ligne du compteur : le délestage n’avait plus la main.',
	'story.advice.look_at_board': 'Regardez le câble et l’alimentation de la carte {name}.',
	'story.advice.look_at_wire': 'Vérifiez le fil pilote de {name} : il n’a pas fait ce qu’on lui disait.',
	'story.advice.larger_subscription':
		'Tout ce qui peut attendre attendait. Coûts dit ce que ferait un autre abonnement ; une prise ou le chauffe-eau peuvent aussi y prendre part.',
	'story.advice.strict':
		'La pointe est venue plus vite que le délestage : strict déleste en deux trames (shedder.mode).',
};

export const storyWords = { en, fr };
addWords(storyWords);
