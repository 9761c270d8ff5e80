// The words of the first steps.
import { addWords } from './words.ts';

const en = {
	'guide.title': 'First steps',
	'guide.lead': 'From the meter to the home screen, in six steps that tick themselves.',
	'guide.count': '{done} of {total} done',
	'guide.all': 'All done: the house is yours.',
	'guide.done': 'done',
	'guide.todo': 'to do',
	'guide.leave': 'Leave this guide',
	'guide.leave.hint': 'It stays here, in the settings.',
	'guide.meter': 'The meter is heard',
	'guide.meter.hint':
		'Its load arrives every second or two. If not: the wires I1 and I2, the serial port, and what Health says of it.',
	'guide.boards': 'The boards answer',
	'guide.boards.hint':
		'Each board that drives pilot wires is read back. If one is silent: its power, its address jumpers, the I2C bus.',
	'guide.names': 'Radiators have their names',
	'guide.names.hint': 'A name, a room and the power of each, so that everybody knows what waits.',
	'guide.commissioning': 'Everything is wired as configured',
	'guide.commissioning.hint':
		'One run tells each radiator to heat in turn, and the meter says which phase and how much.',
	'guide.people': 'The others have an account',
	'guide.people.hint': 'Residents give orders, viewers look; each with a password of their own.',
	'guide.install': 'On the home screen',
	'guide.install.hint':
		'Your browser’s menu has “Add to home screen”. It then opens like an application, without a network too.',
	'guide.go.meter': 'To Health',
	'guide.go.boards': 'To Health',
	'guide.go.names': 'To the house’s parts',
	'guide.go.commissioning': 'To the commissioning',
	'guide.go.people': 'To people',
} as const;

const fr: Readonly<Record<keyof typeof en, string>> = {
	'guide.title': 'Premiers pas',
	'guide.lead': 'Du compteur à l’écran d’accueil, en six étapes qui se cochent d’elles-mêmes.',
	'guide.count': '{done} sur {total} faites',
	'guide.all': 'Tout est fait : la maison est à vous.',
	'guide.done': 'fait',
	'guide.todo': 'à faire',
	'guide.leave': 'Quitter ce guide',
	'guide.leave.hint': 'Il reste ici, dans les réglages.',
	'guide.meter': 'Le compteur est entendu',
	'guide.meter.hint':
		'Sa charge arrive toutes les secondes ou deux. Sinon : les fils I1 et I2, le port série, et ce qu’en dit l’écran État.',
	'guide.boards': 'Les cartes répondent',
	'guide.boards.hint':
		'Chaque carte qui conduit des fils pilotes est relue. Si l’une se tait : son alimentation, ses cavaliers d’adresse, le bus I2C.',
	'guide.names': 'Les radiateurs ont leurs noms',
	'guide.names.hint': 'Un nom, une pièce et la puissance de chacun, pour que tous sachent ce qui attend.',
	'guide.commissioning': 'Tout est câblé comme configuré',
	'guide.commissioning.hint':
		'Un essai dit à chaque radiateur de chauffer à son tour, et le compteur dit sur quelle phase et combien.',
	'guide.people': 'Les autres ont un compte',
	'guide.people.hint': 'Les occupants donnent des ordres, les lecteurs regardent ; chacun avec son mot de passe.',
	'guide.install': 'Sur l’écran d’accueil',
	'guide.install.hint':
		'Le menu du navigateur a « Ajouter à l’écran d’accueil ». La page s’ouvre alors comme une application, aussi sans réseau.',
	'guide.go.meter': 'Vers l’état',
	'guide.go.boards': 'Vers l’état',
	'guide.go.names': 'Vers les éléments de la maison',
	'guide.go.commissioning': 'Vers la mise en service',
	'guide.go.people': 'Vers les personnes',
};

export const guideWords = { en, fr };
addWords(guideWords);
