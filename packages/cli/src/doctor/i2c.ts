import { type Finding, failing, ok, reported, unsure, wrong } from './finding.ts';

/** What is at the address of a board. */
export type ChipAnswer =
	/** An MCP23017. */
	| 'board'
	/** Another chip: its registers are not those of an MCP23017. */
	| 'other'
	| 'silent'
	/** A driver of the kernel has it. */
	| 'taken';

/** What is known of the bus of the boards. */
export interface I2cFacts {
	/** N of /dev/i2c-N. */
	readonly bus: number;
	readonly device: 'there' | 'missing' | 'forbidden';
	/** Why nothing could be asked, and what to do; undefined where it could. */
	readonly problem?: { readonly code: string; readonly found: string; readonly todo: string };
	/** The running radiator-actuator has the bus, and says this of its boards; undefined where it doesn't run. */
	readonly reported?: readonly {
		readonly address: number;
		readonly reachable: boolean;
		readonly problem?: string | undefined;
	}[];
	/** Another process has the bus, and the house's bus says nothing of it. */
	readonly isTaken?: boolean;
	/** Addresses of the configured boards. */
	readonly wanted: readonly number[];
	/** What answered from 0x20 to 0x27; empty where it wasn't asked. */
	readonly answers: ReadonlyMap<number, ChipAnswer>;
}

const hex = (address: number): string => `0x${address.toString(16)}`;

/** The bus and each board on it. */
export function judgeI2c(facts: I2cFacts): Finding[] {
	const name = `/dev/i2c-${facts.bus}`;
	if (facts.device === 'missing') {
		const todo = 'sudo raspi-config nonint do_i2c 0 && sudo reboot, or correct boards.bus (ls /dev/i2c-*)';
		return [wrong('I2C_MISSING', 'I2C bus', `there is no ${name}`, todo)];
	}
	if (facts.device === 'forbidden') {
		const todo = 'sudo usermod -aG i2c $USER, then sign in again; or put "sudo -u pilotwire" before what you typed';
		return [wrong('I2C_FORBIDDEN', 'I2C bus', `${name} may not be opened by this user`, todo)];
	}
	const { problem } = facts;
	if (problem !== undefined) return [failing(problem, 'I2C bus', problem.found, problem.todo)];
	if (facts.reported !== undefined) return facts.wanted.map((address) => judgeReported(facts, address));
	if (facts.isTaken === true) {
		const todo = 'ps ax | grep pilotwire: a radiator-actuator of another configuration?';
		return [unsure('I2C_TAKEN', 'I2C bus', `${name} is used by another process, and the bus says nothing of it`, todo)];
	}
	return [ok('I2C bus', name), ...facts.wanted.map((address) => judgeAnswer(facts, address)), ...judgeOthers(facts)];
}

function judgeReported(facts: I2cFacts, address: number): Finding {
	const check = `board ${hex(address)}`;
	const board = facts.reported?.find((each) => each.address === address);
	if (board?.reachable === true) return ok(check, `driven by the running house on /dev/i2c-${facts.bus}`);
	if (board?.problem !== undefined) return reported('BOARD_REPORTED', check, '', board.problem, cable(facts.bus));
	const log = "journalctl -u 'pilotwire*' | grep radiator-actuator";
	return wrong('BOARD_REPORTED', check, 'the radiator-actuator says nothing of it', log);
}

const cable = (bus: number): string =>
	`check SDA, SCL, 3.3 V and ground, and the board's address jumpers; sudo i2cdetect -y ${bus} shows who answers`;

function judgeAnswer({ bus, answers, wanted }: I2cFacts, address: number): Finding {
	const check = `board ${hex(address)}`;
	switch (answers.get(address) ?? 'silent') {
		case 'board':
			return ok(check, 'an MCP23017 answers');
		case 'other':
			return wrong(
				'BOARD_OTHER_CHIP',
				check,
				'a chip answers that is no MCP23017',
				"correct the board's address in boards.modules",
			);
		case 'taken':
			return wrong(
				'BOARD_TAKEN',
				check,
				'a driver of the kernel has it',
				'remove its dtoverlay from /boot/firmware/config.txt and restart',
			);
		case 'silent': {
			const stranger = strangers(answers, wanted)[0];
			if (stranger === undefined) return wrong('BOARD_SILENT', check, 'nothing answers', cable(bus));
			const todo = `if it is that board, write address: ${hex(stranger)} in boards.modules and at its radiators`;
			return wrong('BOARD_ELSEWHERE', check, `nothing answers; a board does at ${hex(stranger)}`, todo);
		}
	}
}

function strangers(answers: I2cFacts['answers'], wanted: readonly number[]): number[] {
	return [...answers]
		.filter(([address, answer]) => answer === 'board' && !wanted.includes(address))
		.map(([one]) => one);
}

/** A board whose radiators nobody drives heats them all. */
function judgeOthers({ answers, wanted }: I2cFacts): Finding[] {
	if (wanted.some((address) => answers.get(address) !== 'board')) return [];
	return strangers(answers, wanted).map((address) =>
		unsure(
			'BOARD_UNCONFIGURED',
			`board ${hex(address)}`,
			'answers, and the configuration has no such board',
			'add it to boards.modules',
		),
	);
}
