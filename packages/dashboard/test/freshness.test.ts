import { expect } from 'chai';
import { freshness, type Link } from '../src/core/freshness.ts';
import { asOld, emptyHouse } from '../src/core/house.ts';
import { at, heard, load, shedder, T0 } from './messages.ts';

const up: Link = { kind: 'up', sinceMs: T0 - 60_000 };
const running = heard([
	{ topic: 'services/radiator-actuator/status', value: 'online', retained: true },
	{ topic: 'meter/main/load/state', value: load(T0, [1_000]) },
	{ topic: 'shedder/state', value: shedder(T0) },
]);

describe('how old the figures are', () => {
	it('calls them live while they come', () => {
		const { loadLive, shedderLive, circuitsLive, silences } = freshness(running, up, T0 + 1_000);
		expect({ loadLive, shedderLive, circuitsLive, silences }).to.deep.equal({
			loadLive: true,
			shedderLive: true,
			circuitsLive: true,
			silences: [],
		});
	});

	it('says since when the meter and the shedder are silent', () => {
		const { loadLive, silences } = freshness(running, up, T0 + 9_000);
		expect(loadLive).to.equal(false);
		expect(silences).to.deep.equal([
			{ who: 'meter', sinceMs: T0 },
			{ who: 'shedder', sinceMs: T0 },
		]);
	});

	it("prefers the line's own word on since when it is silent", () => {
		const link = {
			at: at(T0 + 8_000),
			source: '/dev/ttyAMA0',
			connected: true,
			mode: 'standard',
			groupsGood: 1,
			groupsBad: 0,
			implausible: 0,
			framesPerMinute: 0,
			silentSince: at(T0 - 2_000),
		};
		const house = heard([{ topic: 'meter/main/link/state', value: link, heardMs: T0 + 8_000 }], running);
		expect(freshness(house, up, T0 + 9_000).silences[0]).to.deep.equal({ who: 'meter', sinceMs: T0 - 2_000 });
	});

	it('never shows a kept copy as live, however young it claims to be', () => {
		const house = heard([{ topic: 'meter/main/load/state', value: load(T0, [1_000]), retained: true }]);
		expect(freshness(house, up, T0).loadLive).to.equal(false);
	});

	it('never shows as live what was kept waiting on its way', () => {
		const late = heard(
			[{ topic: 'meter/main/load/state', value: load(T0 + 1_000, [900]), heardMs: T0 + 31_000 }],
			running,
		);
		expect(freshness(late, up, T0 + 31_000).loadLive).to.equal(false);
	});

	it('tells the connection alone while that is down, and nothing is live', () => {
		const fresh = freshness(running, { kind: 'down', sinceMs: T0 + 500 }, T0 + 1_000);
		expect(fresh.silences).to.deep.equal([{ who: 'connection', sinceMs: T0 + 500 }]);
		expect([fresh.loadLive, fresh.shedderLive, fresh.circuitsLive]).to.deep.equal([false, false, false]);
	});

	it('gives the first figures a few seconds after connecting', () => {
		const link: Link = { kind: 'up', sinceMs: T0 };
		expect(freshness(emptyHouse, link, T0 + 3_000)).to.deep.include({ arriving: true, silences: [] });
		expect(freshness(emptyHouse, link, T0 + 5_000).silences.map(({ who }) => who)).to.deep.equal(['meter', 'shedder']);
		expect(freshness(asOld(running), link, T0 + 1_000).loadLive).to.equal(false);
	});

	it('says when nobody drives the radiators', () => {
		const gone = heard([{ topic: 'services/radiator-actuator/status', value: 'offline', heardMs: T0 + 700 }], running);
		const { circuitsLive, silences } = freshness(gone, up, T0 + 1_000);
		expect(circuitsLive).to.equal(false);
		expect(silences).to.deep.equal([{ who: 'actuator', sinceMs: T0 + 700 }]);
	});
});
