import { type Finding, ok, unsure, wrong } from './finding.ts';

/** What this program runs on. */
export interface MachineFacts {
	/** Pilotwire's own version. */
	readonly version: string;
	/** Such as `v20.20.2`. */
	readonly node: string;
	/** The kernel's word for the processor, such as `aarch64`. */
	readonly machine: string;
	/** Such as `Raspberry Pi 4 Model B Rev 1.4`. */
	readonly model?: string | undefined;
	/** Such as `Debian GNU/Linux 13 (trixie), Linux 6.12.47`. */
	readonly system: string;
}

/** The first version of Node that has what Pilotwire uses. */
const LEAST_NODE = [20, 19] as const;
const KNOWN_MACHINES: readonly string[] = ['x86_64', 'aarch64', 'armv7l', 'armv8l'];

/** Versions, and whether the processor is one that Pilotwire runs on. */
export function judgeMachine({ version, node, machine, model, system }: MachineFacts): Finding[] {
	const on = model === undefined ? system : `${model}, ${system}`;
	return [ok('version', `Pilotwire ${version} on ${on}`), judgeNode(node), judgeProcessor(machine)];
}

/** Whether Node is recent enough; the command itself asks before it loads anything else. `node`: such as `v20.20.2`. */
export function judgeNode(node: string): Finding {
	const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
	const [leastMajor, leastMinor] = LEAST_NODE;
	if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok('Node', node);
	const todo = 'install Node 22 or 24: docs/guides/install-on-a-pi.md, "Node"';
	return wrong('NODE_TOO_OLD', 'Node', `${node}; Pilotwire needs ${leastMajor}.${leastMinor} or later`, todo);
}

function judgeProcessor(machine: string): Finding {
	if (KNOWN_MACHINES.includes(machine)) return ok('processor', machine);
	if (/^armv6/.test(machine)) {
		const todo = 'use a Pi Zero 2 W, 2, 3, 4 or 5';
		return wrong(
			'PROCESSOR_UNSUPPORTED',
			'processor',
			`${machine} (Pi 1, Pi Zero): not supported, there is no current Node for it`,
			todo,
		);
	}
	return unsure(
		'PROCESSOR_UNTRIED',
		'processor',
		`${machine}, on which nobody has tried Pilotwire`,
		'tell whether it works',
	);
}
