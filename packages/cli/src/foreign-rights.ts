import { tariffTopics } from '@pilotwire/runtime';
import { switchTopics } from '@pilotwire/switch-actuator/config';
import { probeTopics } from '@pilotwire/thermostat/config';
import type { House } from './config.ts';

/** The topics of devices that each service has a right to, besides those of the house. */
export function foreignRights({ simulator: { waterHeaterTopic: topic }, switches, tariff, probes }: House) {
	const plug =
		topic === undefined ? { publish: [], read: [] } : { publish: [topic], read: [`${topic}/set`, `${topic}/get`] };
	const meter = { publish: [], read: tariffTopics(tariff) };
	const thermostat = { publish: [], read: probeTopics(probes) };
	return { 'switch-actuator': switchTopics(switches), 'meter-reader': meter, simulator: plug, thermostat };
}
