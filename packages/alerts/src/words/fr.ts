import type { Alert } from '../core/alert.ts';
import type { Words } from './words.ts';

const degrees = ({ figure = 0 }: Alert): string => `${figure.toFixed(1).replace('.', ',')} °C`;
const meter = ({ name }: Alert): string => (name === undefined ? 'Le compteur' : `Le compteur ${name}`);
const board = ({ name }: Alert): string => (name === undefined ? 'La carte' : `La carte ${name}`);
const breaker = ({ name }: Alert): string =>
	name === undefined ? 'Le disjoncteur' : `Le disjoncteur du compteur ${name}`;
const phase = ({ name }: Alert): string => (name === undefined ? '' : ` sur la phase ${name}`);

const stores: Readonly<Record<string, string>> = {
	sqlite: 'L’historique',
	influxdb: 'InfluxDB',
	spool: 'Le disque de la file de l’historique',
	'black-box': 'La boîte noire',
};
const store = ({ subject }: Alert): string => stores[subject] ?? subject;

const services: Readonly<Record<string, string>> = {
	'meter-reader': 'Lecture du compteur',
	'radiator-actuator': 'Commande des radiateurs',
	'switch-actuator': 'Commande des prises et contacteurs',
	'load-shedder': 'Délestage',
	planner: 'Programmes',
	telemetry: 'Historique',
	thermostat: 'Thermostat',
	'home-assistant': 'Lien avec Home Assistant',
	'device-gateway': 'Passerelle des appareils',
	web: 'Tableau de bord',
};
const service = ({ subject }: Alert): string => services[subject] ?? subject;

const serviceAdvice: Readonly<Record<string, string>> = {
	'load-shedder': 'D’ici là, les radiateurs chauffent à tour de rôle, dans une part sûre de la limite.',
	'radiator-actuator': 'D’ici là, les radiateurs gardent leur dernier ordre.',
	'meter-reader': 'D’ici là, les radiateurs chauffent à tour de rôle, dans une part sûre de la limite.',
};

const openings: Readonly<Record<string, string>> = {
	breaker_open: 'Le compteur le dit.',
	load_gone: 'La limite était dépassée, puis plus rien n’a été consommé.',
	meter_gone: 'La limite était dépassée, puis le compteur s’est tu : un disjoncteur en amont a sauté.',
};

/** French. */
export const fr: Words = {
	kinds: {
		breaker_opened: {
			begin: (alert) => `${breaker(alert)} a sauté`,
			end: () => 'Le courant est revenu',
			past: (alert) => `${breaker(alert)} avait sauté`,
			advice: ({ detail = '' }) =>
				`${openings[detail] ?? ''} Éteignez quelque chose avant de le réenclencher ; « pilotwire why » raconte ce qui s’est passé.`,
		},
		power_lost: {
			begin: () => 'La maison n’avait plus de courant',
			end: () => 'Le courant est revenu',
			past: () => 'Le courant avait disparu, il est revenu',
			advice: () =>
				'La machine qui pilote le chauffage n’était plus alimentée : coupure du réseau, disjoncteur, ou sa prise. « pilotwire why » raconte ce qui a précédé.',
		},
		room_freezing: {
			begin: (alert) => `Gel proche : ${degrees(alert)} dans ${alert.name ?? alert.subject}`,
			end: ({ name, subject }) => `${name ?? subject} ne risque plus le gel`,
			past: ({ name, subject }) => `${name ?? subject} a frôlé le gel`,
			advice: () =>
				'Les canalisations peuvent geler. Vérifiez que le radiateur chauffe et que les fenêtres sont fermées.',
		},
		room_cold: {
			begin: (alert) => `Il fait froid dans ${alert.name ?? alert.subject} : ${degrees(alert)}`,
			end: ({ name, subject }) => `Il fait de nouveau assez chaud dans ${name ?? subject}`,
			past: ({ name, subject }) => `Il a fait froid dans ${name ?? subject}`,
			advice: () =>
				'La température est sous le seuil de hors-gel de la pièce. Vérifiez que son radiateur chauffe et que les fenêtres sont fermées.',
		},
		meter_silent: {
			begin: (alert) => `${meter(alert)} ne parle plus`,
			end: (alert) => `${meter(alert)} parle de nouveau`,
			past: (alert) => `${meter(alert)} s’était tu`,
			advice: ({ detail }) =>
				detail === 'unplugged'
					? 'Son câble ou son adaptateur n’est plus là. D’ici son retour, les radiateurs chauffent à tour de rôle, dans une part sûre de la limite.'
					: 'Vérifiez le câble entre le compteur et cette machine. D’ici son retour, les radiateurs chauffent à tour de rôle, dans une part sûre de la limite.',
		},
		margin_thin: {
			begin: (alert) => `Le disjoncteur est près de sauter${phase(alert)}`,
			end: (alert) => `Il y a de nouveau de la marge${phase(alert)}`,
			past: (alert) => `Le disjoncteur a failli sauter${phase(alert)}`,
			advice: ({ figure = 0 }) =>
				figure > 0
					? `${figure} VA de trop, et plus rien à délester. Éteignez quelque chose.`
					: 'Éteignez quelque chose, ou attendez avant d’en allumer d’autres.',
		},
		board_dead: {
			begin: (alert) => `${board(alert)} des radiateurs ne répond plus`,
			end: (alert) => `${board(alert)} des radiateurs répond de nouveau`,
			past: (alert) => `${board(alert)} des radiateurs n’a plus répondu`,
			advice: () => 'Ses radiateurs peuvent chauffer sans limite. Vérifiez son alimentation et son câble.',
		},
		output_faulty: {
			begin: ({ name, subject }) => `${name ?? subject} n’obéit plus`,
			end: ({ name, subject }) => `${name ?? subject} obéit de nouveau`,
			past: ({ name, subject }) => `${name ?? subject} n’obéissait plus`,
			advice: ({ detail }) =>
				detail === 'output_stuck'
					? 'Une broche de son fil est tenue de l’extérieur : vérifiez le câblage.'
					: 'Sa prise ou son relais ne répond pas : vérifiez qu’il est alimenté et à portée.',
		},
		service_away: {
			begin: (alert) => `${service(alert)} : arrêté`,
			end: (alert) => `${service(alert)} : de nouveau en marche`,
			past: (alert) => `${service(alert)} : s’était arrêté`,
			advice: ({ subject }) =>
				`${serviceAdvice[subject] ?? ''} Le redémarrage est automatique ; si rien ne revient, « pilotwire doctor » dit pourquoi.`,
		},
		bus_away: {
			begin: () => 'Les parties de la maison ne se joignent plus',
			end: () => 'Les parties de la maison se joignent de nouveau',
			past: () => 'Les parties de la maison ne se joignaient plus',
			advice: () =>
				'Le broker ne répond pas. Les radiateurs chauffent à tour de rôle, dans une part sûre de la limite ; « pilotwire doctor » dit ce qui ne va pas.',
		},
		store_away: {
			begin: (alert) => `${store(alert)} n’enregistre plus`,
			end: (alert) => `${store(alert)} enregistre de nouveau`,
			past: (alert) => `${store(alert)} n’enregistrait plus`,
			advice: ({ subject }) =>
				subject === 'influxdb' || subject === 'sqlite'
					? 'En attendant, les mesures restent sur le disque, et rien n’est perdu. Vérifiez le disque et la base de données.'
					: 'Vérifiez si le disque est plein ou usé : « pilotwire doctor ».',
		},
		probe_silent: {
			begin: ({ name, subject }) => `Le thermomètre ${name ?? subject} ne dit plus rien`,
			end: ({ name, subject }) => `Le thermomètre ${name ?? subject} parle de nouveau`,
			past: ({ name, subject }) => `Le thermomètre ${name ?? subject} ne disait plus rien`,
			advice: () => 'Vérifiez sa pile ou son câble. En attendant, personne ne garde sa pièce du gel.',
		},
	},
	since: (time) => `Depuis ${time}.`,
	span: (from, to, length) => `De ${from} à ${to} : ${length}.`,
	at: (time) => `À ${time}.`,
	unknown: (time) => `C’était le cas depuis ${time} ; plus rien ne dit si ça l’est encore.`,
	several: (count) => `${count} messages de la maison`,
	lost: (count) => (count === 1 ? 'Un autre n’avait plus de place.' : `${count} autres n’avaient plus de place.`),
	test: ['Essai de Pilotwire', 'Voilà comment la maison vous joint. Tout va bien.'],
	hours: (hours, minutes) => (minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`),
	minutes: (minutes) => (minutes <= 1 ? `${minutes} minute` : `${minutes} minutes`),
	seconds: (seconds) => (seconds <= 1 ? `${seconds} seconde` : `${seconds} secondes`),
	days: (days) => `${days} jours`,
};
