// A tree that the installer believes to be a machine, with programs of the system that only note that they were called.
import { spawnSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../support/temporary.ts';

/** The installer's own folder. */
export const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
export const bootConfig = '# as Raspberry Pi OS has it\ndtparam=audio=on\n[cm4]\notg_mode=1\n';
const commandLine = 'console=serial0,115200 console=tty1 root=PARTUUID=1-02 rootfstype=ext4 fsck.repair=yes rootwait\n';

/** What the installer calls, and what the calls leave in the tree, as far as a later run looks at it. */
export const stubs: Readonly<Record<string, string>> = {
	groupadd: 'for last; do :; done; echo "$last:x:1:" >>"$TREE/etc/group"',
	useradd: 'for last; do :; done; echo "$last:x:1:1::/:/" >>"$TREE/etc/passwd"',
	usermod: '',
	userdel: '',
	chown: '',
	npm: '',
	runuser: 'shift 3; exec "$@"',
	timedatectl: 'echo yes',
	systemctl: '',
};

/** How a run of the installer ended. */
export interface Run {
	readonly status: number | null;
	readonly text: string;
}

/** A tree for each test of a suite, and a built copy of Pilotwire to install into it; call it in the body of `describe`. */
export function installerTree() {
	const directory = temporaryDirectory();
	const at = (path: string): string => join(directory.path, path);
	const tree = (path: string): string => at(`tree/${path}`);
	const write = (path: string, text: string, mode = 0o644): void => {
		mkdirSync(dirname(at(path)), { recursive: true });
		writeFileSync(at(path), text, { mode });
	};
	/** A program of the system that notes its calls; `script` is what it does then, in bash. */
	const stub = (name: string, script: string): void =>
		write(`bin/${name}`, `#!/bin/bash\necho "${name} $*" >>"${at('calls')}"\n${script}\n`, 0o755);

	beforeEach(() => {
		cpSync(deploy, at('source/deploy'), { recursive: true });
		write('source/packages/cli/package.json', '{\n  "name": "@pilotwire/cli",\n  "version": "1.2.3",\n}\n');
		write('source/packages/cli/dist/main.js', 'whole');
		write('source/packages/cli/bin/pilotwire.js', '#!/bin/sh\n', 0o755);
		write('source/test/package.json', '{}');
		write('source/test/some.test.ts', 'x');
		write('source/.git/HEAD', 'x');
		for (const [path, text] of Object.entries({
			'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
			'etc/passwd': 'root:x:0:0::/root:/bin/bash\n',
			'etc/group': 'root:x:0:\ndialout:x:20:\n',
			'boot/firmware/config.txt': bootConfig,
			'boot/firmware/cmdline.txt': commandLine,
		}))
			write(`tree/${path}`, text);
		write('model', 'Raspberry Pi 4 Model B Rev 1.4\0');
		for (const [name, script] of Object.entries(stubs)) stub(name, script);
	});

	/** Runs a script as on a machine of its own; `environment` besides what makes it believe so. */
	const bash = (given: readonly string[], environment: Readonly<Record<string, string>> = {}): Run => {
		const { status, stdout, stderr } = spawnSync('bash', given, {
			encoding: 'utf8',
			env: {
				...{ PATH: `${at('bin')}:/usr/bin:/bin:/usr/sbin:/sbin`, TREE: at('tree'), LC_ALL: 'C' },
				...{ PILOTWIRE_MACHINE: 'aarch64', PILOTWIRE_MODEL_FILE: at('model') },
				...environment,
			},
		});
		return { status, text: `${stdout}${stderr}` };
	};

	return {
		...{ at, tree, write, stub, bash },
		read: (path: string): string => readFileSync(tree(path), 'utf8'),
		/** What was called, a line each. */
		calls: (): string[] => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : []),
		/** Runs the installer. */
		run: (given: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Run =>
			bash([at('source/deploy/install.sh'), '--root', at('tree'), ...given], environment),
		/** Every file of the tree with its content, and every link with its target. */
		snapshot(): Record<string, string> {
			const found: Record<string, string> = {};
			for (const path of readdirSync(at('tree'), { recursive: true }).map(String).sort()) {
				const about = lstatSync(tree(path));
				if (about.isSymbolicLink()) found[path] = `-> ${readlinkSync(tree(path))}`;
				else if (about.isFile()) found[path] = readFileSync(tree(path), 'latin1');
			}
			return found;
		},
	};
}
