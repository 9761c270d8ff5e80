// The words of the commissioning run.
import { addWords } from './words.ts';

const en = {
	'commissioning.title': 'Commissioning',
	'commissioning.hint': 'Tries each circuit in turn, and says what is not as configured.',
	'commissioning.about':
		'Each radiator and plug is told to draw in its turn while the others are held, and the meter says how much, and on which phase. Load shedding goes on meanwhile. It is best done when rooms are cold and little else is on.',
	'commissioning.long':
		'About two minutes for each circuit. It goes on in the house when you leave this page; come back any time.',
	'commissioning.only': 'Only some circuits',
	'commissioning.start': 'Begin the run',
	'commissioning.again': 'Run again',
	'commissioning.starting': 'Asking the house…',
	'commissioning.stop': 'Stop the run',
	'commissioning.refused':
		'The run could not begin. It needs a meter that is heard, load shedding switched on, and no other run.',
	'commissioning.refused.said': 'What the house said',
	'commissioning.nocircuits': 'No radiator or plug is there yet: name them first.',
	'commissioning.running': 'Under way: {settled} of {total} settled',
	'commissioning.expected': 'Ends about {when}, at the latest {latest}.',
	'commissioning.round': 'Once more, for what was not clear',
	'commissioning.step.waits': '{name}: waits for room under the limit',
	'commissioning.step.comfort': '{name}: told to heat, the meter is watched',
	'commissioning.step.off': '{name}: told to stop, the meter is watched',
	'commissioning.step.rests': '{name}: a pause, so that it is asked no more than it should be',
	'commissioning.done': 'The run is over',
	'commissioning.done.fine': 'Everything is as configured',
	'commissioning.stopped': 'The run was stopped',
	'commissioning.stopped.lost': 'The run stopped: load shedding no longer heard the meter, or started anew',
	'commissioning.ended': 'Ended {when}. {fine} of {total} are as configured.',
	'commissioning.findings': 'What is not as configured',
	'commissioning.circuits': 'Circuit by circuit',
	'commissioning.unsure': 'not settled yet',
	'commissioning.wire': 'wire {wire}, board {board}',
	'commissioning.colon': ':',
	'commissioning.outcome.fine': 'as configured, {va} VA on phase {phase}',
	'commissioning.outcome.power': 'draws {va} VA, where {watts} W are configured',
	'commissioning.outcome.phase': 'draws {va} VA on phase {phase}, configured on phase {wanted}',
	'commissioning.outcome.several_phases': 'draws {va} VA on phase {phase}, and as much on another one',
	'commissioning.outcome.silent': 'the load stays the same, whatever it is told',
	'commissioning.outcome.off_heats': 'draws {va} VA also when it is told to stop',
	'commissioning.outcome.frost_heats': 'draws {va} VA at frost protection, and stops only at off',
	'commissioning.outcome.inverted': 'draws {va} VA when told not to, and stops when told to',
	'commissioning.outcome.unsettled': 'showed something else each time; seems to draw {va} VA',
	'commissioning.outcome.not_tested': 'was not tried',
	'commissioning.unseen.off_heats': 'draws also when it is told to stop',
	'commissioning.unseen.unsettled': 'nothing could be told apart',
	'commissioning.swapped': '{name} and {other} could be swapped: each draws what the other should.',
	'commissioning.todo.swapped':
		'Give one of them comfort and see which radiator warms. If it is the other’s, swap the wires at the board, or take over the exchange below.',
	'commissioning.together': '{name} and {other} could hang on one wire: one draws what both should, the other nothing.',
	'commissioning.todo.together':
		'Give {name} comfort and see whether both warm; if so, connect {other} to its own wire.',
	'commissioning.board_phase':
		'All {count} radiators of board {board} draw on phase {phase}; it is configured on phase {wanted}.',
	'commissioning.todo.board_phase': 'Correct the board’s phase.',
	'commissioning.todo.power':
		'Take over the power that was seen. If it is not its rating: a second appliance on its line, or an element that has failed.',
	'commissioning.todo.frost_heats':
		'The negative half wave does not reach it: look at its opto-triac, the terminal, or the pin map of the board. Or its room is under 8 °C.',
	'commissioning.todo.unsettled':
		'Try it alone when little else is on. Warm although it was held: it hears no signal, look for a broken wire.',
	'commissioning.todo.not_tested': 'Try it alone later.',
	'commissioning.radiator.phase':
		'Connect its pilot wire to a board of phase {phase} and correct board and wire, or feed it from phase {wanted}.',
	'commissioning.radiator.several_phases':
		'Two radiators may hang on its wire, fed by different phases: connect each to a board of its phase.',
	'commissioning.radiator.silent':
		'Touch it. Warm although it was held: no signal reaches it, look for a broken wire or a wrong terminal. Cold: its thermostat is satisfied, or it has no power.',
	'commissioning.radiator.off_heats':
		'The positive half wave does not reach it: look at its opto-triac, the terminal, or the pin map of the board. Until then it can’t be shed.',
	'commissioning.radiator.inverted': 'Its wire works the wrong way round: look at the pin map of the board.',
	'commissioning.switch.phase': 'Correct its phase.',
	'commissioning.switch.several_phases':
		'It counts on one phase only: configure the one that carries most, and leave room on the others.',
	'commissioning.switch.silent':
		'See whether its plug or contactor obeys, whether it has power, and whether it wants any now.',
	'commissioning.switch.off_heats': 'See whether its plug or contactor obeys.',
	'commissioning.switch.inverted': 'Exchange its payloads for on and off.',
	'commissioning.use': 'Take over into the configuration',
	'commissioning.use.power': '{name}: {from} W becomes {to} W',
	'commissioning.use.phase': '{name}: phase {from} becomes phase {to}',
	'commissioning.use.board': 'Board {board}: phase {from} becomes phase {to}',
	'commissioning.use.swap': '{name} and {other} exchange board and wire',
	'commissioning.use.do': 'Use these values',
	'commissioning.use.none': 'This house has no file that a page may change: write it into the configuration yourself.',
} as const;

const fr: Readonly<Record<keyof typeof en, string>> = {
	'commissioning.title': 'Mise en service',
	'commissioning.hint': 'Essaie chaque circuit tour à tour, et dit ce qui n’est pas comme configuré.',
	'commissioning.about':
		'Chaque radiateur et chaque prise reçoit à son tour l’ordre de consommer pendant que les autres attendent, et le compteur dit combien, et sur quelle phase. Le délestage continue. Le mieux : quand les pièces sont froides et que peu d’autres appareils marchent.',
	'commissioning.long':
		'Environ deux minutes par circuit. L’essai continue dans la maison si vous quittez cette page ; revenez quand vous voulez.',
	'commissioning.only': 'Seulement certains circuits',
	'commissioning.start': 'Commencer l’essai',
	'commissioning.again': 'Recommencer',
	'commissioning.starting': 'Demande à la maison…',
	'commissioning.stop': 'Arrêter l’essai',
	'commissioning.refused':
		'L’essai n’a pas pu commencer. Il faut un compteur entendu, le délestage en service, et pas d’autre essai en cours.',
	'commissioning.refused.said': 'Ce que la maison a répondu',
	'commissioning.nocircuits': 'Il n’y a encore ni radiateur ni prise : nommez-les d’abord.',
	'commissioning.running': 'En cours : {settled} sur {total} établis',
	'commissioning.expected': 'Fin vers {when}, au plus tard {latest}.',
	'commissioning.round': 'Encore une fois, pour ce qui n’était pas clair',
	'commissioning.step.waits': '{name} : attend de la place sous la limite',
	'commissioning.step.comfort': '{name} : doit chauffer, le compteur est observé',
	'commissioning.step.off': '{name} : doit s’arrêter, le compteur est observé',
	'commissioning.step.rests': '{name} : une pause, pour ne pas trop lui demander',
	'commissioning.done': 'L’essai est terminé',
	'commissioning.done.fine': 'Tout est comme configuré',
	'commissioning.stopped': 'L’essai a été arrêté',
	'commissioning.stopped.lost': 'L’essai s’est arrêté : le délestage n’entendait plus le compteur, ou a redémarré',
	'commissioning.ended': 'Terminé {when}. {fine} sur {total} sont comme configurés.',
	'commissioning.findings': 'Ce qui n’est pas comme configuré',
	'commissioning.circuits': 'Circuit par circuit',
	'commissioning.unsure': 'pas encore établi',
	'commissioning.wire': 'fil {wire}, carte {board}',
	'commissioning.colon': ' :',
	'commissioning.outcome.fine': 'comme configuré, {va} VA sur la phase {phase}',
	'commissioning.outcome.power': 'consomme {va} VA, {watts} W configurés',
	'commissioning.outcome.phase': 'consomme {va} VA sur la phase {phase}, configuré sur la phase {wanted}',
	'commissioning.outcome.several_phases': 'consomme {va} VA sur la phase {phase}, et autant sur une autre',
	'commissioning.outcome.silent': 'la charge reste la même, quoi qu’on lui dise',
	'commissioning.outcome.off_heats': 'consomme {va} VA même quand il doit s’arrêter',
	'commissioning.outcome.frost_heats': 'consomme {va} VA en hors-gel, et ne s’arrête qu’à l’ordre d’arrêt',
	'commissioning.outcome.inverted': 'consomme {va} VA quand il ne doit pas, et s’arrête quand il doit chauffer',
	'commissioning.outcome.unsettled': 'a montré autre chose chaque fois ; semble consommer {va} VA',
	'commissioning.outcome.not_tested': 'n’a pas été essayé',
	'commissioning.unseen.off_heats': 'consomme même quand il doit s’arrêter',
	'commissioning.unseen.unsettled': 'rien n’a pu être distingué',
	'commissioning.swapped': '{name} et {other} pourraient être intervertis : chacun consomme ce que l’autre devrait.',
	'commissioning.todo.swapped':
		'Mettez l’un des deux en confort et voyez quel radiateur chauffe. Si c’est l’autre, échangez les fils sur la carte, ou reprenez l’échange ci-dessous.',
	'commissioning.together':
		'{name} et {other} pourraient être sur le même fil : l’un consomme pour deux, l’autre rien.',
	'commissioning.todo.together':
		'Mettez {name} en confort et voyez si les deux chauffent ; si oui, raccordez {other} à son propre fil.',
	'commissioning.board_phase':
		'Les {count} radiateurs de la carte {board} consomment sur la phase {phase} ; elle est configurée sur la phase {wanted}.',
	'commissioning.todo.board_phase': 'Corrigez la phase de la carte.',
	'commissioning.todo.power':
		'Reprenez la puissance observée. Si ce n’est pas sa puissance nominale : un second appareil sur sa ligne, ou une résistance en panne.',
	'commissioning.todo.frost_heats':
		'L’alternance négative ne lui parvient pas : voyez son opto-triac, la borne, ou le brochage de la carte. Ou sa pièce est sous 8 °C.',
	'commissioning.todo.unsettled':
		'Essayez-le seul quand peu d’appareils marchent. Chaud alors qu’il devait attendre : il n’entend aucun signal, cherchez un fil coupé.',
	'commissioning.todo.not_tested': 'Essayez-le seul plus tard.',
	'commissioning.radiator.phase':
		'Raccordez son fil pilote à une carte de la phase {phase} et corrigez carte et fil, ou alimentez-le par la phase {wanted}.',
	'commissioning.radiator.several_phases':
		'Deux radiateurs sont peut-être sur son fil, alimentés par des phases différentes : raccordez chacun à une carte de sa phase.',
	'commissioning.radiator.silent':
		'Touchez-le. Chaud alors qu’il devait attendre : aucun signal ne lui parvient, cherchez un fil coupé ou une mauvaise borne. Froid : son thermostat est satisfait, ou il n’est pas alimenté.',
	'commissioning.radiator.off_heats':
		'L’alternance positive ne lui parvient pas : voyez son opto-triac, la borne, ou le brochage de la carte. D’ici là, il ne peut pas être délesté.',
	'commissioning.radiator.inverted': 'Son fil marche à l’envers : voyez le brochage de la carte.',
	'commissioning.switch.phase': 'Corrigez sa phase.',
	'commissioning.switch.several_phases':
		'Il ne compte que sur une phase : configurez la plus chargée, et laissez de la place sur les autres.',
	'commissioning.switch.silent':
		'Voyez si sa prise ou son contacteur obéit, s’il est alimenté, et s’il a besoin de courant en ce moment.',
	'commissioning.switch.off_heats': 'Voyez si sa prise ou son contacteur obéit.',
	'commissioning.switch.inverted': 'Échangez ses messages de marche et d’arrêt.',
	'commissioning.use': 'Reprendre dans la configuration',
	'commissioning.use.power': '{name} : {from} W devient {to} W',
	'commissioning.use.phase': '{name} : la phase {from} devient la phase {to}',
	'commissioning.use.board': 'Carte {board} : la phase {from} devient la phase {to}',
	'commissioning.use.swap': '{name} et {other} échangent carte et fil',
	'commissioning.use.do': 'Utiliser ces valeurs',
	'commissioning.use.none':
		'Cette maison n’a pas de fichier qu’une page puisse changer : inscrivez-le vous-même dans la configuration.',
};

export const commissioningWords = { en, fr };
addWords(commissioningWords);
