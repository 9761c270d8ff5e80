// The words of the settings.
import { addWords } from './words.ts';

const en = {
	'settings.account': 'Account',
	'settings.house': 'Set up the house',
	'settings.site': 'House',
	'settings.device': 'On this device',
	'settings.install':
		'Your browser’s menu puts Pilotwire on the home screen. It then opens without a network too, and says how old what it shows is.',
	'settings.signout.hint': 'Ends the session in the house, and forgets on this device what the house said.',
	'settings.theme': 'Appearance',
	'settings.theme.auto': 'Device',
	'settings.theme.light': 'Light',
	'settings.theme.dark': 'Dark',
	'settings.signout': 'Sign out',
	'role.admin': 'Administrator',
	'role.resident': 'Resident',
	'role.viewer': 'Viewer: looks, changes nothing',
} as const;

const fr: Readonly<Record<keyof typeof en, string>> = {
	'settings.account': 'Compte',
	'settings.house': 'Installer la maison',
	'settings.site': 'Maison',
	'settings.device': 'Sur cet appareil',
	'settings.install':
		'Le menu du navigateur met Pilotwire sur l’écran d’accueil. Il s’ouvre alors aussi sans réseau, et dit de quand date ce qu’il montre.',
	'settings.signout.hint': 'Met fin à la session dans la maison, et oublie sur cet appareil ce que la maison a dit.',
	'settings.theme': 'Apparence',
	'settings.theme.auto': 'Appareil',
	'settings.theme.light': 'Clair',
	'settings.theme.dark': 'Sombre',
	'settings.signout': 'Se déconnecter',
	'role.admin': 'Administrateur',
	'role.resident': 'Occupant',
	'role.viewer': 'Lecteur : regarde sans rien changer',
};

export const settingsWords = { en, fr };
addWords(settingsWords);
