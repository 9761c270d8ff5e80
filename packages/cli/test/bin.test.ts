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

	it('tells an older Node what it needs, and loads nothing that would fail there', () => {
		const older = 'data:text/javascript,Object.defineProperty(process,"version",{value:"v18.20.4"})';
		const given = (...more: string[]) =>
			spawnSync(process.execPath, ['--import', older, fileURLToPath(bin), ...more], { encoding: 'utf8' });
		const { status, stderr } = given('up');
		expect(status).to.equal(69);
		expect(stderr).to.match(
			/^WRONG {2}Node {2}v18\.20\.4; Pilotwire needs 20\.19 or later\n +-> install Node 22 or 24/,
		);
		const { findings } = JSON.parse(given('doctor', '--json').stdout) as { findings: { code: string }[] };
		expect(findings.map(({ code }) => code)).to.deep.equal(['NODE_TOO_OLD']);
	}).timeout(30_000);
});
