import { hostname } from 'node:os';
import { type Fault, idSetting } from '@pilotwire/runtime';
import * as z from 'zod';

/** A program and its arguments: never a shell. */
const program = z.array(z.string().min(1)).min(1);
const seconds = z.number().positive().max(86_400);

const fileRoot = z.strictObject({
	path: z.string().startsWith('/').describe('The folder on this machine.'),
	write: z.boolean().default(false).describe('Whether clients may change what is in it.'),
	hardLinks: z
		.boolean()
		.default(false)
		.describe('Whether files of several names (hard links) are opened; another of their names may be outside.'),
});

const camera = z
	.strictObject({
		kind: z
			.enum(['rpicam', 'ffmpeg', 'command'])
			.default('rpicam')
			.describe("`rpicam`: a Pi's own camera; `ffmpeg`: what `input` names; `command`: `still` and `live`."),
		input: z
			.array(z.string())
			.default(['-f', 'v4l2', '-i', '/dev/video0'])
			.describe("ffmpeg's arguments that name the camera."),
		still: program
			.optional()
			.describe('Program that writes one JPEG to its output; {width} and {height} are replaced.'),
		live: program
			.optional()
			.describe('Program that writes JPEGs one after another; {width}, {height} and {rate} are replaced.'),
		width: z.int().min(64).max(8_192).default(1_280).describe('Width of a still and of the gallery, pixels.'),
		height: z.int().min(64).max(8_192).default(720).describe('Its height, pixels.'),
		mostRate: z.number().positive().max(60).default(15).describe('Most frames a second that a watcher gets.'),
		gallery: z
			.strictObject({
				everyS: seconds.min(5).describe('A still is kept this often, seconds.'),
				mostPictures: z.int().min(1).max(100_000).default(2_000).describe('The oldest goes when there are more.'),
				mostMB: z.number().positive().max(1_000_000).default(500).describe('Or when they take more, MB.'),
			})
			.optional()
			.describe('Timed stills.'),
	})
	.refine(({ kind, still, live }) => kind !== 'command' || still !== undefined || live !== undefined, {
		error: 'still or live, with kind: command',
	});

const sound = z.strictObject({
	device: z.string().min(1).default('default').describe("ALSA's name of the device."),
	record: z.boolean().default(false).describe('Whether clients may record and listen.'),
	play: z.boolean().default(false).describe('Whether they may play what they send, and files of the roots.'),
	say: z.boolean().default(false).describe('Whether they may have a text said.'),
	voice: z
		.string()
		.regex(/^[a-z]{2,3}[a-zA-Z0-9+_-]*$/)
		.default('fr')
		.describe("espeak-ng's voice, where a client asks for none."),
	recorder: program
		.optional()
		.describe('Program that writes raw samples (s16le, one channel, 16 kHz) to its output. Default: arecord.'),
	player: program.optional().describe('Program that plays the file {file}. Default: ffmpeg to ALSA.'),
	speaker: program.optional().describe('Program that says what it reads; {voice} is replaced. Default: espeak-ng.'),
});

const television = z.strictObject({
	cec: z
		.enum(['cec-client', 'cec-ctl', 'none'])
		.default('cec-client')
		.describe('Which program switches it, over HDMI.'),
	device: z.string().startsWith('/').default('/dev/cec0').describe('Of cec-ctl.'),
	on: program.optional().describe('Another program that switches it on.'),
	off: program.optional().describe('Another program that switches it off.'),
	source: program.optional().describe('Another program that makes it show this machine.'),
	picture: program
		.optional()
		.describe('Program that shows the picture {file} full screen for {seconds}; without it no picture is shown.'),
	text: program
		.optional()
		.describe('Program that shows the text in the file {file} for {seconds}. Default: `picture` with a drawn text.'),
	chime: program.optional().describe('Program that sounds with a text.'),
});

const pin = z.strictObject({
	chip: z
		.string()
		.regex(/^(gpiochip\d+|\/dev\/[a-zA-Z0-9_-]+)$/, 'a chip such as gpiochip0')
		.default('gpiochip0')
		.describe('The chip.'),
	line: z.int().min(0).max(1_023).describe('Offset of the line: the GPIO number on a Pi.'),
	direction: z.enum(['in', 'out']).default('in').describe('Whether it is read, or written too.'),
	activeLow: z.boolean().default(false).describe('It is on while it is low.'),
	bias: z.enum(['pull-up', 'pull-down', 'disabled']).optional().describe('Resistor of an input.'),
});

const argument = z
	.strictObject({
		choices: z.array(z.string()).min(1).optional().describe('All that it may be.'),
		min: z.int().optional().describe('Least whole number.'),
		max: z.int().optional().describe('Greatest whole number.'),
		pattern: z.string().min(1).optional().describe('Regular expression that the whole must fit.'),
		default: z.string().optional().describe('Where a client leaves it out.'),
	})
	.refine(
		({ choices, min, max, pattern }) =>
			[choices, min ?? max, pattern].filter((one) => one !== undefined).length === 1 &&
			(min === undefined) === (max === undefined),
		{ error: 'choices, min with max, or pattern: one of these' },
	)
	.refine(({ pattern }) => pattern === undefined || isPattern(pattern), { error: 'a regular expression in pattern' });

const command = z.strictObject({
	about: z.string().max(200).default('').describe('What it does, for people.'),
	run: program.describe('Program and arguments; {name} is replaced by the argument of that name.'),
	arguments: z.record(idSetting, argument).default({}).describe('Arguments that clients give, each bounded.'),
	timeoutS: seconds.default(60).describe('It is ended after this, seconds.'),
	folder: z.string().startsWith('/').optional().describe('Where it runs. Default: the home folder.'),
});

const channel = z.strictObject({
	name: idSetting.describe('The channel.'),
	url: z
		.url({ protocol: /^(mqtts?|wss?)$/, error: 'an address such as mqtts://hub.example:8883' })
		.optional()
		.describe("The broker it is on. Default: the house's."),
	username: z.string().optional().describe('Account there; a hub needs none.'),
	password: z.string().optional().describe("That account's password; better in passwordFile."),
	passwordFile: z.string().optional().describe('File that holds it.'),
	secret: z.string().optional().describe("The channel's own password; better in secretFile."),
	secretFile: z.string().optional().describe('File that holds it.'),
	allow: z
		.array(z.enum(['files', 'camera', 'sound', 'television', 'gpio', 'broadcasts', 'commands']))
		.default([])
		.describe('What its members may use, of all that is configured.'),
});

function isPattern(text: string): boolean {
	try {
		return new RegExp(text, 'u') instanceof RegExp;
	} catch {
		return false;
	}
}

/** The configuration section that the remote agent owns. */
export const remoteAgentSections = {
	remoteAgent: z
		.strictObject({
			enabled: z.boolean().default(false).describe('Whether this machine can be used from afar.'),
			id: idSetting.optional().describe('Its name in topics: agents/<id>. Default: its host name.'),
			name: z.string().min(1).max(64).optional().describe('What people call it. Default: its host name.'),
			home: z.boolean().default(true).describe("Whether it is on the house's own bus."),
			channels: z.array(channel).max(8).default([]).describe('Channels that it joins.'),
			files: z
				.strictObject({ roots: z.record(idSetting, fileRoot).describe('Folders that clients may use, by name.') })
				.optional()
				.describe('Files.'),
			camera: camera.optional().describe('A camera.'),
			sound: sound.optional().describe('Microphone and loudspeaker.'),
			television: television.optional().describe('A television, over HDMI.'),
			gpio: z
				.strictObject({ pins: z.record(idSetting, pin).describe('Pins that clients may use, by name.') })
				.optional()
				.describe('Pins.'),
			broadcasts: z
				.strictObject({
					everyS: seconds.min(1).default(60).describe('Period, seconds.'),
					sensor: z
						.string()
						.regex(/^iio:device\d+$/, 'a device such as iio:device0')
						.optional()
						.describe('Sensor of temperature and humidity, of the kernel (/sys/bus/iio/devices).'),
				})
				.optional()
				.describe('Temperature, humidity, processor, memory and disk, said to all.'),
			commands: z
				.strictObject({
					named: z.record(idSetting, command).default({}).describe('Commands by name.'),
					shell: z
						.boolean()
						.default(false)
						.describe('Any command and a terminal: whoever gets in is this user on this machine.'),
					mostOutputMB: z
						.number()
						.positive()
						.max(10_000)
						.default(64)
						.describe('A command that says more is ended, MB.'),
				})
				.optional()
				.describe('Commands.'),
		})
		.prefault({})
		.describe('This machine from afar: what is not configured here is off.'),
};

/** The section as its schema reads it. */
export type RemoteAgentSection = z.output<typeof remoteAgentSections.remoteAgent>;
export type CameraConfig = z.output<typeof camera>;
export type SoundConfig = z.output<typeof sound>;
export type TelevisionConfig = z.output<typeof television>;
export type PinConfig = z.output<typeof pin>;
export type CommandConfig = z.output<typeof command>;
export type ArgumentConfig = z.output<typeof argument>;
export type ChannelConfig = z.output<typeof channel>;

/** What the remote agent is given. */
export interface RemoteAgentConfig {
	readonly remoteAgent: RemoteAgentSection;
	readonly site: string;
	readonly dataDir: string;
}

/** Placeholders of commands that no argument fills, and a place where there is none to be. */
export function remoteAgentFaults({ remoteAgent }: Pick<RemoteAgentConfig, 'remoteAgent'>): Fault[] {
	const faults = Object.entries(remoteAgent.commands?.named ?? {}).flatMap(([name, { run, arguments: known }]) => {
		const used = run.flatMap((part) => [...part.matchAll(/\{([a-z0-9-]+)\}/g)].map(([, one = '']) => one));
		return used
			.filter((one) => !Object.hasOwn(known, one))
			.map((one) => ({
				path: `remoteAgent.commands.named.${name}.run`,
				expected: `an argument for {${one}} in arguments`,
				received: Object.keys(known).join(', ') || 'none',
			}));
	});
	if (!remoteAgent.enabled || remoteAgent.home || remoteAgent.channels.length > 0) return faults;
	return [
		...faults,
		{ path: 'remoteAgent', expected: 'home: true, or a channel to join', received: 'neither: nobody would reach it' },
	];
}

/** The machine's own name as an id of the bus. */
function ownId(): string {
	const id = hostname()
		.toLowerCase()
		.replaceAll(/[^a-z0-9-]+/g, '-')
		.slice(0, 64);
	return idSetting.safeParse(id).success ? id : 'machine';
}

/** The agent's name in topics. */
export const agentId = ({ id }: RemoteAgentSection): string => id ?? ownId();

/** What people call it. */
export const agentName = ({ name }: RemoteAgentSection): string => name ?? hostname();
