import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { outcomeOf, pilotwire, settings } from './pilotwire.ts';

describe('pilotwire advise --history', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	noProcessLeft();
	const house = (): string[] =>
		settings({ dataDir: directory.path, 'broker.host': '127.0.5.31', 'web.host': '127.0.5.31' });

	it('asks the running house, and says that a new one knows too little', async () => {
		const up = pilotwire('up', '--only', 'broker,telemetry', '--no-show', ...house());
		await up.line('telemetry: connected to');
		const { code, stdout, stderr } = await outcomeOf(pilotwire('advise', '--history', ...house()));
		expect(stderr).to.match(
			/^HISTORY_TOO_SHORT: expected 7 whole days of history among the last 14, .* got 0\. Ask again/,
		);
		expect({ code, stdout }).to.deep.equal({ code: 69, stdout: '' });
		expect((await up.kill('SIGTERM')).code).to.equal(0);
	});
});
