import { busAddress, type House, homeAccount } from '../config.ts';

/** What a person needs to know at the start: which house this is and how to look into its bus. */
export function welcome(house: House, services: readonly string[]): string {
	const lines = [
		`Pilotwire: ${house.simulated !== undefined ? 'a simulated house' : `site ${house.site}`}`,
		`Services: ${services.join(', ')}`,
	];
	if (house.mqtt.url === undefined && services.includes('broker')) {
		const { name, password } = homeAccount(house);
		lines.push(
			`MQTT:     ${busAddress(house).url}, over WebSocket ws://${house.broker.host}:${house.broker.wsPort}`,
			`Account:  ${name}, password ${password}`,
			`Try:      mosquitto_sub -p ${house.broker.port} -u ${name} -P ${password} -v -t 'pilotwire/${house.site}/#'`,
		);
	} else lines.push(`MQTT:     ${busAddress(house).url}`);
	return `${lines.join('\n')}\n`;
}
