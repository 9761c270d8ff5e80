import * as z from 'zod';

/** An id of the bus: what may stand in a topic. */
export const idSetting = z
	.string()
	.regex(/^[a-z0-9-]{1,64}$/, 'an id of lower-case letters, digits and "-"')
	.refine((value) => value !== 'all', 'another id: "all" is reserved');

/** Phase of the mains. */
export const phaseSetting = z.union([z.literal(1), z.literal(2), z.literal(3)], { error: 'phase 1, 2 or 3' });

/** The sections every service reads. */
export const commonSections = {
	site: idSetting.default('home').describe('Name of the home; second level of every topic.'),
	dataDir: z
		.string()
		.min(1)
		.optional()
		.describe('Folder for what must survive a restart. Default: .pilotwire beside the file.'),
	mqtt: z
		.strictObject({
			url: z
				.url({ protocol: /^(mqtts?|wss?)$/, error: 'an address such as mqtt://127.0.0.1:1883' })
				.optional()
				.describe('Broker to connect to. Default: the embedded one.'),
			username: z.string().optional().describe('Account of the services on an outside broker.'),
			password: z.string().optional().describe('Its password; better in passwordFile.'),
			passwordFile: z.string().optional().describe('File that holds the password.'),
		})
		.prefault({})
		.describe('How services reach the bus.'),
	log: z
		.strictObject({
			level: z
				.enum(['error', 'warn', 'info', 'debug', 'silent'])
				.default('info')
				.describe('Least serious level that is shown.'),
			format: z.enum(['text', 'json']).default('text').describe('`text` for people, `json` for journals.'),
		})
		.prefault({})
		.describe('The log, on standard error.'),
};
