import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const bin = new URL('../bin/pilotwire.js', import.meta.url);

describe('the file that npm links as pilotwire', () => {
	it('gives node the same options as npm start', () => {
		const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
			scripts: { start: string };
		};
		const [shebang = ''] = readFileSync(bin, 'utf8').split('\n');
		const [, options] = /^#!\/usr\/bin\/env -S node (--.+)$/.exec(shebang) ?? [];
		expect(scripts.start).to.equal(`node ${options} packages/cli/bin/pilotwire.js up`);
	});

	it('can be started by its name', () => {
		const { status, stdout, stderr } = spawnSync(fileURLToPath(bin), ['--version'], { encoding: 'utf8' });
		expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
		expect(stdout).to.match(/^\d+\.\d+\.\d+/);
	}).timeout(30_000);
});
