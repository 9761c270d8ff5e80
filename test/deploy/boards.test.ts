// What the installer does where the binding of I2C can't be built: the part of it that builds, with a compiler that fails.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';

const program = fileURLToPath(new URL('../../deploy/install/program.sh', import.meta.url));

describe('an installer that can not build the binding of I2C', () => {
	const folder = temporaryDirectory();

	/** Builds in a new release, where a machine has a bus and `bound` says which release has a binding. */
	function build(former: string, bound: string): { readonly status: number; readonly said: string } {
		mkdirSync(join(folder.path, 'releases/new'), { recursive: true });
		const script = `
			set -euo pipefail
			. "$PROGRAM"
			say() { printf '%s\\n' "$*"; }
			fail() { say "$*"; exit 1; }
			get_packages() { return 1; }
			has_i2c() { return 0; }
			binds_i2c() { [ "$1" = "$opt/${bound}" ]; }
			build_i2c "$opt/releases/new"
		`;
		const bin = join(folder.path, 'bin');
		mkdirSync(bin, { recursive: true });
		writeFileSync(join(bin, 'npm'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
		const env = { PATH: `${bin}:${process.env['PATH']}`, PROGRAM: program, root: '', opt: folder.path, former };
		try {
			return { status: 0, said: execFileSync('bash', ['--norc', '-c', script], { env, encoding: 'utf8' }) };
		} catch (error) {
			const { status, stdout } = error as { status: number; stdout: string };
			return { status, said: stdout };
		}
	}

	it('changes nothing where the version that runs drives the boards, and leaves no half of the new one', () => {
		const { status, said } = build('releases/old', 'releases/old');
		expect(status).to.equal(1);
		expect(said).to.include('Nothing was changed').and.include('apt install g++ make python3');
		expect(existsSync(join(folder.path, 'releases/new'))).to.equal(false);
	});

	it('goes on with a note where nothing drove them before', () => {
		for (const former of ['', 'releases/old']) {
			const { status, said } = build(former, 'none');
			expect(status).to.equal(0);
			expect(said).to.include('no board can be driven yet');
			expect(existsSync(join(folder.path, 'releases/new'))).to.equal(true);
		}
	});
});
