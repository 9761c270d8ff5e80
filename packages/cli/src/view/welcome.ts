import { firstAccount } from '@pilotwire/accounts/first-account';
import { brokerHost, brokerUrl, type House, inUrl } from '../config.ts';

/** What a person needs to know at the start: where to look, and with which account. */
export function welcome(house: House, services: readonly string[]): string {
	const isEmbedded = house.mqtt.url === undefined && services.includes('broker');
	return `${[
		`Pilotwire: ${house.simulated !== undefined ? 'a simulated house' : `site ${house.site}`}`,
		...(services.includes('web') ? [`Open      ${pageAddress(house)}`] : []),
		...accountLines(house, services),
		`MQTT      ${brokerUrl(house)}${isEmbedded ? `, over WebSocket ws://${inUrl(brokerHost(house))}:${house.broker.wsPort}` : ''}`,
		...(isEmbedded ? [`Services  ${services.join(', ')}`] : []),
	].join('\n')}\n`;
}

function pageAddress({ web }: House): string {
	const everywhere = ['0.0.0.0', '::'].includes(web.host);
	const address = `http://${inUrl(everywhere ? '127.0.0.1' : web.host)}:${web.port}`;
	if (everywhere) return `${address}, and this machine's address on the network for phones`;
	return web.host === '127.0.0.1' ? `${address} (for phones on your network: web.host: 0.0.0.0)` : address;
}

function accountLines({ dataDir }: House, services: readonly string[]): string[] {
	if (!services.includes('web') && !services.includes('broker')) return [];
	const first = firstAccount(dataDir);
	if (first === undefined) return [];
	return [
		`Sign in   ${first.name}, password ${first.password} (change it: npx pilotwire account passwd ${first.name})`,
	];
}
