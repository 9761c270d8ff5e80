import * as z from 'zod';
import { languages } from './words.ts';

/** The sections of the configuration that this service owns. */
export const homeAssistantSections = {
	homeAssistant: z
		.strictObject({
			enabled: z.boolean().default(true).describe('Whether the house is announced to Home Assistant.'),
			discovery: z
				.enum(['device', 'entity'])
				.default('device')
				.describe(
					'`device`: one message for each device; `entity`: one for each entity, for Home Assistant before 2024.11.',
				),
			language: z.enum(languages).default('en').describe('Language of the names.'),
			everyS: z
				.number()
				.min(1)
				.max(300)
				.default(10)
				.describe("How often Home Assistant gets the meter's figures, seconds: it writes each into its database."),
			url: z
				.url({ protocol: /^https?$/, error: 'an address such as http://house.local:8080' })
				.optional()
				.describe("The dashboard's address, to which its devices link. Default: this machine's name and web.port."),
		})
		.prefault({})
		.describe('Home Assistant.'),
};

/** What the service is given. */
export interface HomeAssistantConfig extends Omit<z.output<typeof homeAssistantSections.homeAssistant>, 'url'> {
	/** Folder for what it must remember. */
	readonly dataDir: string;
	/** This program's version. */
	readonly version: string;
	readonly url: string;
	/** The ids of the meters that are read, the first of which is the house's. */
	readonly meters: readonly string[];
	readonly rooms: readonly { readonly id: string; readonly name?: string | undefined }[];
}
