import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { need } from '../support/parts.ts';
import { isRoot, outcomeOf, pilotwire, pilotwireWithoutRights, setpriv } from './pilotwire.ts';

describe('the command line', () => {
	const directory = temporaryDirectory();
	noProcessLeft();
	const run = (...given: string[]) => outcomeOf(pilotwire(...given));
	const file = (text: string): string => {
		const path = join(directory.path, 'house.yaml');
		writeFileSync(path, text);
		return path;
	};

	it('explains itself and each command, on standard output', async () => {
		const root = await run('--help');
		expect(root).to.include({ code: 0, stderr: '' });
		for (const command of ['up', 'meter-reader', 'call'])
			expect(root.stdout).to.match(new RegExp(`^ {2}${command} `, 'm'));
		const up = await run('up', '--help');
		expect(up).to.include({ code: 0, stderr: '' });
		for (const option of ['--config', '--set', '--only', '--processes', '--no-show'])
			expect(up.stdout).to.include(option);
	});

	it('says its version', async () => {
		expect(await run('--version')).to.deep.equal({ code: 0, stdout: '0.1.0', stderr: '' });
	});

	const wrong: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
		'no command': [[], /^Usage: pilotwire /],
		'a command that does not exist': [['quiet'], /^error: unknown command 'quiet'\n\(pilotwire --help /],
		'an option that does not exist': [['up', '--fast'], /^error: unknown option '--fast'\n\(pilotwire --help /],
		'too many words': [['up', 'meter-reader'], /^error: too many arguments for 'up'/],
		'a missing word': [['call', 'meter-reader'], /^error: missing required argument 'method'/],
		'a service that does not exist': [
			['up', '--only', 'broker,toaster'],
			/^SERVICE_UNKNOWN: .*load-shedder, planner, telemetry, thermostat, .*web, .*alerts, got toaster/,
		],
		'a setting without a value': [['up', '--set', 'site'], /^SETTING_INVALID: expected PATH=VALUE/],
		'parameters that are no object': [
			['call', 'meter-reader', 'lastFrame', '[1]'],
			/^PARAMETERS_NOT_JSON: .* got \[1\]/,
		],
	};
	for (const [what, [given, sentence]] of Object.entries(wrong)) {
		it(`refuses ${what} with a sentence and 64`, async () => {
			const { code, stdout, stderr } = await run(...given);
			expect(stderr).to.match(sentence);
			expect(stdout).to.equal('');
			expect(code).to.equal(64);
		});
	}

	it('reports all faults of a configuration with their lines, and ends with 78', async () => {
		const { code, stdout, stderr } = await run(
			'up',
			'--config',
			file('site: Home\nbroker: { port: high }\nradiators:\n  - { id: salon, wire: 9, powerW: 1500 }\nheaters: []\n'),
		);
		expect(stderr).to.match(/^CONFIGURATION_INVALID: .*house\.yaml, got 4 faults:\n/);
		for (const fault of [
			/line 1, site: /,
			/line 2, broker\.port: /,
			/line 4, radiators\[0\]\.wire: /,
			/line 5, heaters: /,
		])
			expect(stderr).to.match(fault);
		expect(stderr).to.match(/docs\/reference\/configuration\.md lists every setting\.$/);
		expect(stdout).to.equal('');
		expect(code).to.equal(78);
	});

	it('reports a file that is not YAML, and one that is not there, with 78', async () => {
		const broken = await run('meter-reader', '--config', file('meters: [\n'));
		expect(broken.stderr).to.match(/^CONFIGURATION_NOT_YAML: [\s\S]* at line \d/);
		expect(broken.code).to.equal(78);
		const missing = await run('up', '--config', join(directory.path, 'none.yaml'));
		expect(missing.stderr).to.match(/^CONFIGURATION_MISSING: .*none\.yaml, got no such file\. Check the path/);
		expect(missing.code).to.equal(78);
	});

	it('reports a file that this user may not read, with 77', async function () {
		if (isRoot) need(this, setpriv);
		const path = file('site: home\n');
		chmodSync(path, 0o000);
		const { code, stderr } = await outcomeOf(pilotwireWithoutRights('up', '--config', path));
		expect(stderr).to.match(/^CONFIGURATION_UNREADABLE: .*EACCES.* the right to read it: chmod or chown /);
		expect(code).to.equal(77);
	});

	it('reports a folder for its data that cannot be one, with 73', async () => {
		const { code, stderr } = await run('load-shedder', '--set', `dataDir=${file('no folder')}`);
		expect(stderr).to.match(/^DATA_DIR_UNUSABLE: .* Set dataDir to a folder /);
		expect(code).to.equal(73);
	});
});
