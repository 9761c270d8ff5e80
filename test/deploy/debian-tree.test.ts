import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { need, type Part } from '../support/parts.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tree = process.env['PILOTWIRE_DEBIAN_TREE'] ?? '';
const debianTree: Part = {
	name: 'a Debian tree',
	obtain:
		'as root: debootstrap --variant=minbase --include=systemd,nodejs,i2c-tools,gpiod trixie TREE; then PILOTWIRE_DEBIAN_TREE=TREE',
	onRequest: true,
	present: () => tree !== '' && existsSync(join(tree, 'usr/bin/node')),
};

describe('the installer in a Debian tree', function () {
	this.timeout(1_200_000);

	before(function () {
		need(this, debianTree);
		// The built project as a user has it, but for what no installation takes.
		mkdirSync(join(tree, 'src'), { recursive: true });
		const without = ['.git', 'node_modules/.cache', 'screenshots', 'test/build', '.pilotwire'].map(
			(path) => `--exclude=./${path}`,
		);
		const copy = `tar -C '${root}' ${without.join(' ')} -cf - . | tar -C '${tree}/src' -xf - --no-same-owner`;
		expect(spawnSync('bash', ['-c', copy]).status).to.equal(0);
	});

	after(() => {
		if (tree !== '') rmSync(join(tree, 'src'), { recursive: true, force: true });
	});

	const inTree = (...given: string[]) => {
		const { status, stdout, stderr } = spawnSync('chroot', [tree, ...given], { encoding: 'utf8' });
		return { status, text: `${stdout}${stderr}` };
	};
	const install = (...given: string[]) => inTree('bash', '/src/deploy/install.sh', ...given);

	it('installs, again, runs as its user, and goes without a trace', () => {
		for (const _ of [1, 2]) {
			const { status, text } = install();
			expect(status, text).to.equal(0);
		}
		expect(inTree('pilotwire', '--version').text).to.match(/^\d+\.\d+\.\d+\n$/);
		const asUser = ['runuser', '-u', 'pilotwire', '--'];
		const doctor = inTree(...asUser, 'pilotwire', 'doctor', '--json', '--config', '/etc/pilotwire/house.yaml');
		const { findings } = JSON.parse(doctor.text) as { findings: { check: string; verdict: string }[] };
		for (const check of ['Node', 'configuration', 'data folder'])
			expect(findings.find((finding) => finding.check === check)?.verdict, check).to.equal('ok');
		expect(inTree('systemctl', 'is-enabled', 'pilotwire.target').text).to.match(/^enabled\n/);
		expect(inTree('id', '-nG', 'pilotwire').text.trim().split(' ')).to.include.members(['dialout', 'i2c', 'gpio']);
		const { status, text } = install('--uninstall', '--purge');
		expect(status, text).to.equal(0);
		for (const path of ['opt/pilotwire', 'etc/pilotwire', 'var/lib/pilotwire', 'usr/local/bin/pilotwire'])
			expect(existsSync(join(tree, path)), path).to.equal(false);
	});
});
