import type { RemoteFault } from '@pilotwire/contract';
import { messageOf, systemCodeOf } from '@pilotwire/runtime';

/** A call that can't be done, with the sentence that its client reads. */
export class RemoteError extends Error {
	override readonly name = 'RemoteError';
	readonly fault: RemoteFault;

	constructor(fault: RemoteFault) {
		super(`${fault.code}: expected ${fault.expected}, got ${fault.received}. ${fault.action}`);
		this.fault = fault;
	}
}

/** Longest word of a client's or of a program's that is said again. Characters. */
const MOST_WORDS = 300;
const short = (text: string): string => (text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS)}…` : text);
const quoted = (text: string): string => JSON.stringify(short(text));

export const requestInvalid = (expected: string, received: string): RemoteError =>
	new RemoteError({
		code: 'REMOTE_REQUEST_INVALID',
		expected: short(expected),
		received: short(received),
		action: 'Correct the request: docs/guides/remote-agent.md has each of them.',
	});

export const operationOff = (op: string, known: readonly string[]): RemoteError =>
	new RemoteError({
		code: 'REMOTE_OFF',
		expected: `one of ${known.join(', ') || 'no operation at all'}`,
		received: quoted(op),
		action: "The agent's configuration does not allow it: see remoteAgent in its file.",
	});

export const requestExpired = (expiresAt: string, now: string): RemoteError =>
	new RemoteError({
		code: 'REMOTE_EXPIRED',
		expected: `a request that is valid at ${now}`,
		received: `one that ended at ${expiresAt}`,
		action: 'Ask again; where it happens each time, set the clocks of both machines.',
	});

export const tooManyCalls = (most: number): RemoteError =>
	new RemoteError({
		code: 'REMOTE_BUSY',
		expected: `at most ${most} calls at once`,
		received: 'one more',
		action: 'Wait until another has ended, or cancel one.',
	});

export const tooMuchHeld = (mostBytes: number): RemoteError =>
	new RemoteError({
		code: 'REMOTE_BUSY',
		expected: `at most ${mostBytes} bytes of all clients in memory at once`,
		received: 'more',
		action: 'Wait until another call has ended; send large files with files.upload.',
	});

export const callUnknown = (): RemoteError =>
	new RemoteError({
		code: 'REMOTE_CALL_UNKNOWN',
		expected: 'a message of a call that runs',
		received: 'one of a call that has ended or never began',
		action: 'Ask again; the agent may have started anew.',
	});

export const messagesLost = (expected: number, received: number): RemoteError =>
	new RemoteError({
		code: 'REMOTE_LOST',
		expected: `chunk ${expected}`,
		received: `chunk ${received}`,
		action: 'Messages were lost on the way: go on from where the agent stands.',
	});

export const tooFarAhead = (most: number): RemoteError =>
	new RemoteError({
		code: 'REMOTE_TOO_FAST',
		expected: `at most ${most} chunks that were not answered yet`,
		received: 'more',
		action: 'Wait for `taken` before sending on.',
	});

export const callLeft = (): RemoteError =>
	new RemoteError({
		code: 'REMOTE_LEFT',
		expected: 'a word of the client every 10 s',
		received: 'none for too long',
		action: 'Ask again; the connection was lost, or the page was asleep.',
	});

export const callCancelled = (): RemoteError =>
	new RemoteError({
		code: 'REMOTE_CANCELLED',
		expected: 'the call to run to its end',
		received: 'the wish to stop it',
		action: 'Nothing to do.',
	});

export const tooLong = (what: string, most: string): RemoteError =>
	new RemoteError({
		code: 'REMOTE_TOO_LONG',
		expected: `${what} of at most ${most}`,
		received: 'more',
		action: 'Send less, or in parts.',
	});

/** Where nobody foresaw it; what it was stands in the agent's log. */
export const unforeseen = (error: unknown): RemoteError =>
	new RemoteError({
		code: 'REMOTE_FAILED',
		expected: 'the call to be carried out',
		received: short(messageOf(error)),
		action: "The agent's log has more.",
	});

export const nameInvalid = (expected: string, received: string): RemoteError =>
	new RemoteError({
		code: 'FILE_NAME_INVALID',
		expected,
		received: quoted(received),
		action: 'Name it from its root on, with "/" between folders.',
	});

export const rootUnknown = (root: string, known: readonly string[]): RemoteError =>
	new RemoteError({
		code: 'FILE_ROOT_UNKNOWN',
		expected: `one of the roots ${known.join(', ') || '(there is none)'}`,
		received: quoted(root),
		action: 'Add it to remoteAgent.files.roots of the agent.',
	});

export const rootReadOnly = (root: string): RemoteError =>
	new RemoteError({
		code: 'FILE_READ_ONLY',
		expected: 'a root that may be written',
		received: `${root}, which may only be read`,
		action: `Set remoteAgent.files.roots.${root}.write to true on the agent.`,
	});

export const notAFile = (kind: string, name: string): RemoteError =>
	new RemoteError({
		code: 'FILE_NOT_ORDINARY',
		expected: 'an ordinary file or folder, by its own name',
		received: `${kind} ${quoted(name)}`,
		action: 'Links, devices, pipes and sockets are not followed or opened.',
	});

export const fileChanged = (name: string): RemoteError =>
	new RemoteError({
		code: 'FILE_CHANGED',
		expected: `${quoted(name)} as it was when it was begun`,
		received: 'another content',
		action: 'Begin again from the start.',
	});

export const hashDiffers = (expected: string, received: string): RemoteError =>
	new RemoteError({
		code: 'FILE_HASH_DIFFERS',
		expected: `SHA-256 ${expected}`,
		received,
		action: 'What arrived is not what was sent, and was deleted: send it again.',
	});

export const fileIncomplete = (expected: number, received: number): RemoteError =>
	new RemoteError({
		code: 'FILE_INCOMPLETE',
		expected: `${expected} bytes`,
		received: `${received}`,
		action: 'Go on from where the agent stands.',
	});

export const fileBusy = (name: string): RemoteError =>
	new RemoteError({
		code: 'FILE_BUSY',
		expected: `nobody else to be sending ${quoted(name)}`,
		received: 'another client that is',
		action: 'Wait until it has ended.',
	});

export const diskFull = (what: string): RemoteError =>
	new RemoteError({
		code: 'FILE_DISK_FULL',
		expected: 'room on the disk',
		received: what,
		action: 'Delete something there first.',
	});

const systemWords: Readonly<Record<string, readonly [code: string, expected: string, action: string]>> = {
	ENOENT: ['missing', 'something of that name', 'Look at the list again.'],
	EEXIST: ['exists', 'a name that is free', 'Choose another name, or ask to replace it.'],
	ENOTEMPTY: ['exists', 'an empty folder', 'Ask to delete all that is in it too.'],
	EACCES: ['denied', 'the right to do that', "Give it to the user who runs the agent: chown, chmod or a group's."],
	EPERM: ['denied', 'the right to do that', "Give it to the user who runs the agent: chown, chmod or a group's."],
	EROFS: ['denied', 'a disk that can be written', 'It is mounted read-only.'],
	EXDEV: ['elsewhere', 'both names on one disk', 'Download it and upload it there.'],
	ENOTDIR: ['kind', 'a folder', 'Look at the list again.'],
	EISDIR: ['kind', 'a file', 'Look at the list again.'],
	ENAMETOOLONG: ['name', 'a shorter name', 'Choose another one.'],
	EINVAL: ['name', 'a name that this disk can have, and no folder moved into itself', 'Choose another one.'],
};

/** What the system says of a file or folder, in words; anything else as it came. */
export function fileFault(error: unknown, name: string): unknown {
	const system = systemCodeOf(error);
	if (system === 'ENOSPC' || system === 'EDQUOT') return diskFull('a full disk');
	if (system === 'ELOOP') return notAFile('the link', name);
	const words = systemWords[system];
	if (words === undefined) return error;
	const [kind, expected, action] = words;
	const received = `${system} for ${quoted(name)}`;
	switch (kind) {
		case 'missing':
			return new RemoteError({ code: 'FILE_MISSING', expected, received, action });
		case 'exists':
			return new RemoteError({ code: 'FILE_EXISTS', expected, received, action });
		case 'denied':
			return new RemoteError({ code: 'FILE_DENIED', expected, received, action });
		case 'elsewhere':
			return new RemoteError({ code: 'FILE_ELSEWHERE', expected, received, action });
		default:
			return new RemoteError({ code: 'FILE_KIND', expected, received, action });
	}
}

export const systemUnfit = (received: string): RemoteError =>
	new RemoteError({
		code: 'FILE_SYSTEM_UNFIT',
		expected: 'Linux with /proc mounted',
		received,
		action: 'Files are safe from links only there: run the agent on Linux.',
	});

export const programMissing = (program: string, obtain: string): RemoteError =>
	new RemoteError({
		code: 'PROGRAM_MISSING',
		expected: `the program ${program}`,
		received: 'none of that name',
		action: obtain,
	});

export const programFailed = (program: string, said: string): RemoteError =>
	new RemoteError({
		code: 'PROGRAM_FAILED',
		expected: `${program} to do its work`,
		received: short(said.trim() || 'an end without a word'),
		action: 'See that the device is plugged in and free, and that the user who runs the agent may use it.',
	});

export const deviceDenied = (program: string, said: string, group: string): RemoteError =>
	new RemoteError({
		code: 'DEVICE_DENIED',
		expected: `the right to use the device of ${program}`,
		received: short(said.trim()),
		action: `Add the user who runs the agent to its group (sudo usermod -aG ${group} pilotwire), and start it anew.`,
	});

export const argumentInvalid = (name: string, expected: string, received: string): RemoteError =>
	new RemoteError({
		code: 'COMMAND_ARGUMENT_INVALID',
		expected: `for ${name} ${expected}`,
		received: quoted(received),
		action: 'Correct it: the agent allows nothing else.',
	});

export const nameUnknown = (what: string, name: string, known: readonly string[]): RemoteError =>
	new RemoteError({
		code: 'REMOTE_NAME_UNKNOWN',
		expected: `${what}: one of ${known.join(', ') || '(there is none)'}`,
		received: quoted(name),
		action: "Add it to the agent's configuration.",
	});
