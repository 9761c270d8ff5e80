// A systemd that is process 1 of a tree, apart from this machine: its own processes, mounts, network and groups.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Part } from '../support/parts.ts';

const APART = ['--mount', '--cgroup', '--pid', '--fork', '--kill-child'];

/** What it takes. */
export const privateSystemd: Part = {
	name: 'the right to run a systemd of its own',
	obtain: 'run as root, in a container with CAP_SYS_ADMIN and cgroup2',
	onRequest: true,
	present: () => spawnSync('unshare', [...APART, 'mount', '-t', 'cgroup2', 'none', '/mnt']).status === 0,
};

/** Makes the tree ($1) the root of all, with what an init expects to find, and becomes its systemd. */
const BOOT = `set -e
ip link set lo up
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do touch dev/$name; mount --bind /dev/$name dev/$name; done
mkdir dev/pts dev/shm run/old
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
pivot_root . run/old
umount -l run/old
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target --log-target=console`;

/** One that runs. */
export class PrivateSystemd {
	readonly #child: ChildProcess;
	#said = '';

	constructor(tree: string) {
		const given = [...APART, '--net', '--uts', '--ipc', 'sh', '-c', BOOT, 'sh', tree];
		this.#child = spawn('unshare', given, { stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [this.#child.stdout, this.#child.stderr])
			stream?.on('data', (bytes: Buffer) => {
				this.#said += bytes.toString();
			});
	}

	/** What it wrote to its console. */
	get said(): string {
		return this.#said;
	}

	/** Types something there. */
	run(...given: string[]): { status: number | null; text: string } {
		const { pid = 0 } = this.#child;
		const [init] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
		const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
		const { status, stdout, stderr } = spawnSync(
			'nsenter',
			['--target', init ?? '', '--all', '/usr/bin/env', '-i', path, 'HOME=/root', ...given],
			{ encoding: 'utf8' },
		);
		return { status, text: `${stdout}${stderr}` };
	}

	/** Waits until something typed ends well and `matches`; says what it said at last where it doesn't. */
	async until(matches: (text: string) => boolean, withinMs: number, ...given: string[]): Promise<string> {
		for (const endMs = Date.now() + withinMs; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
			const { text } = this.run(...given);
			if (matches(text)) return text;
			if (Date.now() > endMs) throw new Error(`${given.join(' ')} still says: ${text}\n${this.#said.slice(-4_000)}`);
		}
	}

	/** Ends it and everything in it. */
	async stop(): Promise<void> {
		const ended = new Promise((resolve) => this.#child.once('close', resolve));
		this.#child.kill('SIGKILL');
		await ended;
	}
}
