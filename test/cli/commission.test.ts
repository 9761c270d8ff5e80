import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noProcessLeft } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { outcomeOf, pilotwire } from './pilotwire.ts';

describe('pilotwire commission', function () {
	this.timeout(180_000);
	const directory = temporaryDirectory();
	noProcessLeft();

	const host = '127.0.5.31';
	const here = (): string[] => ['--config', join(directory.path, 'pilotwire.yaml')];

	/** A house of two radiators, and nothing else that draws. */
	function writeHouse(): void {
		const room = { lossWK: 30, heatCapacityJK: 2_400_000, startC: 15 };
		const ids = ['salon', 'chambre'];
		const place = (id: string) => ({ id, name: id, board: 0x20, wire: 1 + ids.indexOf(id), powerW: 1_000 });
		const house = {
			name: 'Two radiators',
			rooms: ids.map((id) => ({ id, name: id, ...room })),
			radiators: ids.map((id) => ({ ...place(id), room: id, phase: 1 })),
			meter: { phases: 1, prefKVA: 6 },
		};
		const configuration = {
			dataDir: directory.path,
			meters: [{ id: 'main', source: 'simulator:' }],
			boards: { bus: 'simulator', modules: [{ address: 0x20, phase: 1 }] },
			radiators: ids.map(place),
			simulator: { house: join(directory.path, 'house.yaml') },
			broker: { host },
			web: { enabled: false },
		};
		// JSON is YAML too.
		writeFileSync(join(directory.path, 'house.yaml'), JSON.stringify(house));
		writeFileSync(join(directory.path, 'pilotwire.yaml'), JSON.stringify(configuration));
	}

	it('says how long it takes, holds the circuits, and gives them back at Ctrl-C', async () => {
		writeHouse();
		const up = pilotwire('up', ...here());
		await up.line(/ load shedding \| L1 [12]\d{3}\/6000 VA/);

		const unknown = await outcomeOf(pilotwire('commission', 'cave', ...here()));
		expect(unknown.stderr).to.match(/COMMISSIONING_IMPOSSIBLE: expected circuits out of chambre, salon, got cave/);
		expect(unknown.code).to.equal(1);

		const run = pilotwire('commission', ...here());
		await run.line(/^Commissioning 2 circuits: about 3 minutes, \d+ minutes at most\.$/);
		await up.line(/ load shedding \| L1 \d\/6000 VA/, { withinMs: 20_000 });
		expect(await run.kill('SIGINT')).to.deep.equal({ code: 130, signal: null });
		expect(run.text()).to.include('It ended before all were tried: it was stopped.');
		await up.line(/ load shedding \| L1 [12]\d{3}\/6000 VA/, { from: up.mark(), withinMs: 30_000 });
		expect((await up.kill('SIGTERM')).code).to.equal(0);
	});

	it('says that the house does not run', async () => {
		writeHouse();
		const alone = await outcomeOf(pilotwire('commission', ...here()));
		expect(alone.stderr).to.match(/^BROKER_AWAY: /);
		expect(alone.code).to.equal(69);
	});
});
