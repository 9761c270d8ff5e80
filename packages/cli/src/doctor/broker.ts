import type { BrokerAnswer } from '@pilotwire/runtime';
import { type Finding, ok, unsure, wrong } from './finding.ts';

/** How the bus does. */
export interface BrokerFacts {
	readonly url: string;
	/** Whether the broker is Pilotwire's own. */
	readonly embedded: boolean;
	readonly answer: BrokerAnswer;
	/** The services that the house has, and those that say they are online; undefined where the bus says nothing. */
	readonly wanted: readonly string[];
	readonly online?: ReadonlySet<string> | undefined;
}

/** Whether the broker answers, lets us in, and who is on it. */
export function judgeBroker({ url, embedded, answer, wanted, online }: BrokerFacts): Finding[] {
	if (answer.kind === 'away') {
		const todo = embedded
			? 'start the house: sudo systemctl start pilotwire.target, or pilotwire up'
			: 'start that broker, or correct mqtt.url in the configuration';
		return [wrong('BROKER_AWAY', 'broker', `${url} doesn't answer: ${answer.problem}`, todo)];
	}
	if (answer.kind === 'refused') {
		const todo = embedded
			? 'run the doctor as the user of the house, "sudo -u pilotwire" before what you typed; check that --config names its file'
			: 'correct mqtt.username and mqtt.passwordFile in the configuration';
		return [wrong('BROKER_REFUSES', 'broker', `${url} refuses the account: ${answer.problem}`, todo)];
	}
	return [ok('broker', `${url} answers, and takes the account`), ...judgeServices(wanted, online)];
}

/** The broker has no status of its own, a machine's stands with the machines, and an agent's with the agents. */
const SILENT: readonly string[] = ['broker', 'host-monitor', 'remote-agent'];

function judgeServices(wanted: readonly string[], online: ReadonlySet<string> | undefined): Finding[] {
	if (online === undefined) return [];
	const expected = wanted.filter((service) => !SILENT.includes(service));
	const missing = expected.filter((service) => !online.has(service));
	if (missing.length === 0) return [ok('services', `${expected.length} online: ${expected.join(', ')}`)];
	if (missing.length === expected.length) {
		return [
			unsure('SERVICES_AWAY', 'services', 'none of the house is on the bus', 'sudo systemctl start pilotwire.target'),
		];
	}
	return missing.map((service) =>
		wrong(
			'SERVICE_MISSING',
			'services',
			`${service} is not on the bus`,
			`journalctl -u 'pilotwire*' -n 200 | grep ${service}`,
		),
	);
}
