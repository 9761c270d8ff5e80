// The words of the part about alerts.
import { addWords } from './words.ts';

const en = {
	'alerts.title': 'Alerts',
	'alerts.none': 'Nothing is wrong.',
	'alerts.since': 'Since {when}',
	'alerts.quiet': 'Quiet until {when}: only what is urgent is told.',
	'alerts.nobody': 'Nobody is told yet: this device can be, or ntfy, e-mail and programs in the configuration.',
	'alerts.kind.ntfy': 'ntfy',
	'alerts.kind.email': 'E-mail',
	'alerts.kind.webhook': 'Program {name}',
	'alerts.kind.push': 'Devices: {count}',
	'alerts.works': 'Works, last used {when}',
	'alerts.unused': 'Not used yet',
	'alerts.fails': 'Not getting through since {when}',
	'alerts.waiting': '{count} waiting',
	'alerts.here': 'Tell this device',
	'alerts.here.end': 'Stop telling this device',
	'alerts.here.on': 'This device is told. Signing out ends that.',
	'alerts.here.insecure': 'This device can be told only over HTTPS (or at the machine itself, on localhost).',
	'alerts.here.unable':
		'This browser takes no messages here. On an iPhone, first put Pilotwire on the home screen and open it there.',
	'alerts.here.denied': 'Notifications are blocked for this page: allow them in the browser’s settings.',
	'alerts.here.failed': 'It did not work: the house, or the browser’s push service, does not answer.',
	'alerts.test': 'Send a test',
	'alerts.test.busy': 'Sending…',
	'alerts.test.sent': 'Sent by all.',
	'alerts.test.some': 'Not sent by: {names}.',
} as const;

const fr: Readonly<Record<keyof typeof en, string>> = {
	'alerts.title': 'Alertes',
	'alerts.none': 'Tout va bien.',
	'alerts.since': 'Depuis {when}',
	'alerts.quiet': 'Silence jusqu’à {when} : seul l’urgent est annoncé.',
	'alerts.nobody':
		'Personne n’est encore prévenu : cet appareil peut l’être, ou ntfy, l’e-mail et des programmes dans la configuration.',
	'alerts.kind.ntfy': 'ntfy',
	'alerts.kind.email': 'E-mail',
	'alerts.kind.webhook': 'Programme {name}',
	'alerts.kind.push': 'Appareils : {count}',
	'alerts.works': 'Fonctionne, dernier envoi {when}',
	'alerts.unused': 'Pas encore servi',
	'alerts.fails': 'N’aboutit plus depuis {when}',
	'alerts.waiting': '{count} en attente',
	'alerts.here': 'Prévenir cet appareil',
	'alerts.here.end': 'Ne plus prévenir cet appareil',
	'alerts.here.on': 'Cet appareil est prévenu. La déconnexion y met fin.',
	'alerts.here.insecure': 'Cet appareil ne peut être prévenu qu’en HTTPS (ou sur la machine même, par localhost).',
	'alerts.here.unable':
		'Ce navigateur ne reçoit pas de messages ici. Sur un iPhone, mettez d’abord Pilotwire sur l’écran d’accueil et ouvrez-le là.',
	'alerts.here.denied': 'Les notifications sont bloquées pour cette page : autorisez-les dans le navigateur.',
	'alerts.here.failed': 'Cela n’a pas marché : la maison, ou le service du navigateur, ne répond pas.',
	'alerts.test': 'Envoyer un essai',
	'alerts.test.busy': 'Envoi…',
	'alerts.test.sent': 'Envoyé partout.',
	'alerts.test.some': 'Pas envoyé par : {names}.',
};

export const alertWords = { en, fr };
addWords(alertWords);
