// The words of the devices' screen.
import { addWords } from './words.ts';

const en = {
	'devices.none': 'No device yet',
	'devices.none.hint':
		'Boxes and stations that speak JSON over WebSocket, or MQTT, appear here once they have an account:',
	'devices.online': 'Online',
	'devices.offline': 'Offline',
	'devices.type': 'Device',
	'devices.since': '{type}, since {when}',
	'devices.never': '{type}, never there yet',
	'devices.said': 'Said {when}',
	'devices.silent': 'It has said nothing yet.',
	'devices.yes': 'yes',
	'devices.no': 'no',
	'devices.pick': 'Command {name}',
	'devices.pick.all': 'All',
	'devices.command': 'Command',
	'devices.word': 'Word',
	'devices.value': 'Value',
	'devices.value.hint': 'Leave it empty where the device expects none.',
	'devices.send.one': 'Send to one device',
	'devices.send.other': 'Send to {count} devices',
	'devices.send.none': 'Choose devices above.',
	'devices.viewer': 'You can look; commanding devices is for residents.',
	'devices.away': 'The device gateway is not there: what stands here may be old, and commands do not arrive.',
	'devices.outcome.sent': 'On its way…',
	'devices.outcome.delivered': 'Delivered',
	'devices.outcome.acknowledged': 'Acknowledged',
	'devices.outcome.offline': 'Offline',
	'devices.outcome.refused': 'Refused',
	'devices.outcome.unknown': 'No answer',
} as const;

const fr: Readonly<Record<keyof typeof en, string>> = {
	'devices.none': 'Pas encore d’appareil',
	'devices.none.hint':
		'Les boîtiers et stations qui parlent JSON par WebSocket, ou MQTT, apparaissent ici dès qu’ils ont un compte :',
	'devices.online': 'En ligne',
	'devices.offline': 'Hors ligne',
	'devices.type': 'Appareil',
	'devices.since': '{type}, depuis {when}',
	'devices.never': '{type}, jamais venu',
	'devices.said': 'Dit {when}',
	'devices.silent': 'Il n’a encore rien dit.',
	'devices.yes': 'oui',
	'devices.no': 'non',
	'devices.pick': 'Commander {name}',
	'devices.pick.all': 'Tous',
	'devices.command': 'Commande',
	'devices.word': 'Mot',
	'devices.value': 'Valeur',
	'devices.value.hint': 'Laissez vide si l’appareil n’en attend pas.',
	'devices.send.one': 'Envoyer à un appareil',
	'devices.send.other': 'Envoyer à {count} appareils',
	'devices.send.none': 'Choisissez des appareils ci‑dessus.',
	'devices.viewer': 'Vous pouvez regarder ; commander les appareils revient aux occupants.',
	'devices.away':
		'La passerelle des appareils n’est pas là : ce qui est affiché peut être ancien, et les commandes n’arrivent pas.',
	'devices.outcome.sent': 'En route…',
	'devices.outcome.delivered': 'Remise',
	'devices.outcome.acknowledged': 'Confirmée',
	'devices.outcome.offline': 'Hors ligne',
	'devices.outcome.refused': 'Refusée',
	'devices.outcome.unknown': 'Pas de réponse',
};

export const deviceWords = { en, fr };
addWords(deviceWords);
