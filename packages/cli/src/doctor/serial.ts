import type { TicMode } from '@pilotwire/teleinfo';
import { type Finding, failing, ok, reported, unsure, wrong } from './finding.ts';

/** What was heard of a line in one setting of its port. */
export interface Heard {
	/** Speed, bauds; undefined where the line has none. */
	readonly baud?: number | undefined;
	readonly format: '7e1' | '8n1';
	readonly bytes: number;
	/** Groups with a right checksum, and the mode they are in. */
	readonly groups: number;
	readonly mode?: TicMode | undefined;
	/** Bytes whose eight bits have an odd number of ones: a line at 7E1 has none at the right speed. */
	readonly odd: number;
	/** Bytes that are letters and signs of a line, as hardly any are at a wrong speed. */
	readonly legible: number;
}

/** What is known of the line of one meter. */
export interface LineFacts {
	readonly meter: string;
	/** Such as `/dev/ttyAMA0` or `tcp:pi.local:3000`. */
	readonly name: string;
	readonly wanted: { readonly mode: 'auto' | TicMode; readonly format: 'auto' | '7e1' | '8n1' };
	/** What else uses the port; undefined where nothing is known to. */
	readonly console?: 'kernel' | 'login' | undefined;
	/** The port is read by the running meter-reader, which says this of it. */
	readonly reader?: { readonly mode: string; readonly good: number; readonly bad: number; readonly problem?: string };
	/** Another program of this machine has it, and the bus says nothing of it. */
	readonly isTaken?: boolean;
	/** Why it can't be opened, and what to do. */
	readonly problem?: { readonly code: string; readonly found: string; readonly todo: string };
	/** What was heard, setting by setting, the configured format first; empty where it wasn't listened to. */
	readonly heard: readonly Heard[];
}

/** Bytes that say something of their parity. */
const ENOUGH_BYTES = 40;
const WIRES =
	'docs/guides/install-on-a-pi.md, "Wiring": the meter\'s I1 and I2, its tele-information on, the adapter\'s power';

/** The line of a meter: whether it can be opened, and whether what comes is tele-information. */
export function judgeLine(facts: LineFacts): Finding[] {
	return [...judgeConsole(facts), ...judgeBytes(facts)];
}

function judgeConsole({ name, console: user }: LineFacts): Finding[] {
	if (user === undefined) return [];
	const port = name.split('/').at(-1);
	const found = user === 'kernel' ? `the kernel writes its messages to ${name}` : `a login prompt runs on ${name}`;
	const kernel = "sudo sed -i -E 's/console=(serial0|ttyAMA[0-9]+|ttyS[0-9]+),[0-9]+ ?//' /boot/firmware/cmdline.txt";
	const todo =
		user === 'kernel' ? `${kernel} && sudo reboot` : `sudo systemctl mask --now serial-getty@${port}.service`;
	return [wrong(user === 'kernel' ? 'CONSOLE_KERNEL' : 'CONSOLE_LOGIN', 'serial console', found, todo)];
}

function judgeBytes(facts: LineFacts): Finding[] {
	const { meter, name, reader, isTaken, problem } = facts;
	const check = `meter ${meter}`;
	if (reader !== undefined) return [judgeReader(check, name, reader)];
	if (isTaken === true) {
		const todo = `sudo fuser -v ${name}; a meter-reader of another configuration? ps ax | grep pilotwire`;
		return [unsure('LINE_TAKEN', check, `${name} is read by another process, and the bus says nothing of it`, todo)];
	}
	if (problem !== undefined) return [failing(problem, check, problem.found, problem.todo)];
	const best = facts.heard.find(({ groups }) => groups > 0);
	return best === undefined ? [judgeNoise(check, facts)] : judgeGroups(check, facts, best);
}

function judgeReader(check: string, name: string, reader: NonNullable<LineFacts['reader']>): Finding {
	const { mode, good, bad, problem } = reader;
	if (problem !== undefined) return reported('LINE_REPORTED', check, `${name}: `, problem, WIRES);
	return ok(check, `${name} is read by the running house: ${mode} mode, ${good} groups right, ${bad} refused`);
}

/** Bytes came, or none, and no group was right. */
function judgeNoise(check: string, { name, heard }: LineFacts): Finding {
	const bytes = heard.reduce((sum, each) => sum + each.bytes, 0);
	if (heard.length === 0 || bytes === 0) return wrong('LINE_SILENT', check, `${name}: not one byte`, WIRES);
	const speeds = heard.some(({ baud }) => baud !== undefined) ? ' at 1200 and 9600 bd' : '';
	const told = `${name}: ${bytes} bytes${speeds}, and no group of a meter is right`;
	// Only a port at 8N1 delivers the parity, and only the right speed shows it.
	const raw = heard.filter(
		({ format, bytes, legible }) => format === '8n1' && bytes >= ENOUGH_BYTES && legible / bytes > 0.9,
	);
	if (raw.some(({ bytes, odd }) => odd / bytes > 0.9)) {
		const todo = "the line arrives upside down, or is no meter's: look at the adapter (optocoupler and its inverter)";
		return wrong('LINE_PARITY_ODD', check, `${told}: the parity is odd where a meter's is even`, todo);
	}
	if (raw.some(({ odd }) => odd === 0)) {
		const todo = 'record a minute of it (record: FILE on the meter) and look; is it a Linky or an electronic meter?';
		return wrong('LINE_NOT_TIC', check, `${told}, though the parity is: something else speaks there`, todo);
	}
	return wrong(
		'LINE_NOISE',
		check,
		`${told}: noise`,
		`a short cable away from mains, the right resistor for the mode: ${WIRES}`,
	);
}

function judgeGroups(check: string, { name, wanted, heard }: LineFacts, best: Heard): Finding[] {
	const speed = best.baud === undefined ? '' : ` at ${best.baud} bd`;
	const found = `${name}: ${best.mode} mode${speed}, ${best.groups} groups right in ${best.bytes} bytes`;
	if (wanted.mode !== 'auto' && best.mode !== undefined && wanted.mode !== best.mode) {
		return [
			wrong(
				'LINE_MODE',
				check,
				`${found}, but the configuration wants ${wanted.mode}`,
				`write mode: auto for the meter`,
			),
		];
	}
	const asConfigured = heard.some(
		({ format, groups }) => groups > 0 && format === (wanted.format === 'auto' ? best.format : wanted.format),
	);
	if (!asConfigured) {
		return [
			wrong(
				'LINE_FORMAT',
				check,
				`${found}, but only with ${best.format}, and the configuration wants ${wanted.format}`,
				`write format: auto for the meter`,
			),
		];
	}
	return [ok(check, found)];
}
