import { roles } from '@pilotwire/accounts/rules';
import { type Fault, idSetting } from '@pilotwire/runtime';
import * as z from 'zod';
import { allowWords, shareWords } from './core/groups.ts';

/** The configuration section that the bridge owns: the service is there where the section is. */
export const bridgeSections = {
	bridge: z
		.strictObject({
			url: z
				.url({ protocol: /^(mqtts?|wss?)$/, error: 'an address such as mqtts://broker.example.org:8883' })
				.describe('The outside broker. mqtts and wss are encrypted; mqtt and ws suit a network of your own alone.'),
			house: idSetting
				.optional()
				.describe("The house's name there, second level of every topic. Default: that of `site`."),
			username: z.string().min(1).optional().describe("Its account there. Default: the house's name there."),
			password: z.string().min(1).optional().describe('The password; better in passwordFile.'),
			passwordFile: z.string().min(1).optional().describe('File that holds the password.'),
			caFile: z
				.string()
				.min(1)
				.optional()
				.describe(
					"PEM file of the authority that signed the broker's certificate, where it is none of the known ones.",
				),
			share: z
				.array(z.enum(shareWords))
				.min(1)
				.default(['states'])
				.describe(
					'What goes out: `states` (how everything is now), `events` (what happened, and samples of the load), `hosts` (the machines), `lines` (what the meter says, byte by byte, with its number).',
				),
			allow: z
				.array(z.enum(allowWords))
				.default([])
				.describe(
					'What may come in: `orders` to circuits, `programmes` and absence, `thermostats` and probes, commands to `devices`, `shedding` to pause and resume, `prices` and advice, questions to the `history` and the `meter`. By default nothing.',
				),
			role: z
				.enum(roles)
				.default('resident')
				.describe('Whose rights bound what comes in; a `viewer` asks questions to the history alone.'),
			stateEveryS: z
				.int()
				.min(1)
				.max(3600)
				.default(1)
				.describe('States that are said again and again go out once in this time, the newest, s.'),
		})
		.optional()
		.describe('Takes the house to an outside broker. Without this section it stays on its own.'),
};

/** The section as its schema reads it. */
export type BridgeSection = NonNullable<z.output<typeof bridgeSections.bridge>>;

/** What the bridge is given. */
export interface BridgeConfig {
	readonly site: string;
	readonly bridge: BridgeSection;
}

/** The house's name outside. */
export function houseOutside({ site, bridge }: BridgeConfig): string {
	return bridge.house ?? site;
}

/** What the section contradicts. */
export function bridgeFaults(config: {
	readonly bridge?: BridgeSection | undefined;
	readonly mqtt: { readonly url?: string | undefined };
	readonly site: string;
}): Fault[] {
	const { bridge, mqtt, site } = config;
	if (bridge === undefined) return [];
	const faults: Fault[] = [];
	if (bridge.password !== undefined && bridge.passwordFile !== undefined)
		faults.push({ path: 'bridge.password', expected: 'either password or passwordFile', received: 'both' });
	if (
		mqtt.url !== undefined &&
		new URL(mqtt.url).host === new URL(bridge.url).host &&
		houseOutside({ site, bridge }) === site
	)
		faults.push({ path: 'bridge.url', expected: 'another broker than mqtt.url', received: JSON.stringify(bridge.url) });
	if (bridge.caFile !== undefined && !/^(mqtts|wss):/.test(bridge.url))
		faults.push({
			path: 'bridge.caFile',
			expected: 'a bridge.url with mqtts: or wss:',
			received: JSON.stringify(bridge.url),
		});
	return faults;
}
