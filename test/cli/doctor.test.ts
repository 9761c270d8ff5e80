// The doctor beside a house that runs: it asks the services, and says which is missing.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { outcomeOf, pilotwire, settings } from './pilotwire.ts';

interface Finding {
	readonly check: string;
	readonly verdict: string;
	readonly code?: string;
	readonly found: string;
}

describe('pilotwire doctor', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	noProcessLeft();
	const host = '127.0.5.31';
	const house = (dataDir = join(directory.path, 'data')): string[] =>
		settings({ dataDir, 'broker.host': host, 'web.host': host, timeZone: 'Europe/Paris' });

	const examine = async (...given: string[]) => {
		const { code, stdout } = await outcomeOf(pilotwire('doctor', '--json', ...given));
		const { findings } = JSON.parse(stdout) as { findings: Finding[] };
		return {
			code,
			wrongs: findings.filter(({ verdict }) => verdict === 'wrong').map((one) => one.code),
			of: (check: string) => findings.filter((one) => one.check === check),
		};
	};

	it('takes the word of a house that runs, names who is missing of it, and tells one that refuses from one that is gone', async () => {
		const up = pilotwire('up', '--no-show', '--only', 'broker,telemetry,load-shedder', ...house());
		await up.line('load-shedder: connected to');
		await up.line('telemetry: connected to');
		const { code, wrongs, of } = await examine(...house());
		expect(new Set(wrongs)).to.deep.equal(new Set(['SERVICE_MISSING']));
		expect(code).to.equal(1);
		const missing = of('services').map(({ found }) => found);
		expect(missing).to.include('web is not on the bus').and.not.include('load-shedder is not on the bus');
		for (const file of ['broker file', 'history file']) expect(of(file)[0]?.found, file).to.include('in use by the');
		expect(of('accounts file')[0]?.found).to.include('is sound');

		const stranger = join(directory.path, 'stranger');
		mkdirSync(join(stranger, 'secrets'), { recursive: true });
		expect((await examine(...house(stranger))).wrongs).to.deep.equal(['BROKER_REFUSES']);

		expect((await up.kill('SIGTERM')).code).to.equal(0);
		const gone = await examine(...house());
		expect(gone.wrongs).to.deep.equal(['BROKER_AWAY']);
		for (const file of ['accounts file', 'broker file', 'history file'])
			expect(gone.of(file)[0]?.found, file).to.include('is sound');
	});
});
