import * as z from 'zod';
import { timeZoneSetting } from './time-zone.ts';

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
	timeZone: timeZoneSetting
		.optional()
		.describe("The house's time zone: programmes, days and months are its own. Default: this machine's."),
	mqtt: z
		.strictObject({
			url: z
				.url({ protocol: /^(mqtts?|wss?)$/, error: 'an address such as mqtt://127.0.0.1:1883' })
				.optional()
				.describe('Broker to connect to. Default: the embedded one.'),
			ownAccounts: z
				.boolean()
				.default(false)
				.describe(
					'On an outside broker: each service has an account there of its own, as `pilotwire account export` writes them.',
				),
			username: z.string().optional().describe('Account of the services on an outside broker.'),
			password: z.string().optional().describe('Its password; better in passwordFile.'),
			passwordFile: z.string().optional().describe('File that holds the password.'),
		})
		.refine(({ ownAccounts, username }) => !ownAccounts || username === undefined, {
			error: 'either ownAccounts or username',
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
	metrics: z
		.strictObject({
			enabled: z.boolean().default(false).describe('Serve metrics.'),
			host: z
				.string()
				.min(1)
				.default('127.0.0.1')
				.describe('Address to listen at. Whoever reaches it reads them without an account.'),
			port: z
				.int()
				.min(0)
				.max(65000, 'a TCP port, 0 to 65000 (0 takes a free one)')
				.default(9464)
				.describe(
					'TCP port. A process that runs one service adds its place in the list of `pilotwire --help`, from 0.',
				),
		})
		.prefault({})
		.describe('Figures for Prometheus, at /metrics.'),
};
