import { instantOf } from '@pilotwire/runtime';
import { expect } from 'chai';
import { Facts } from '../src/core/facts.ts';
import { Keeper } from '../src/core/keeper.ts';
import { defaultRules } from '../src/core/kinds.ts';
import { verdictsOf } from '../src/core/verdicts.ts';

const START_MS = Date.UTC(2026, 0, 15, 18);
/** How often the service looks. Seconds. */
const LOOK_S = 2;
const house = {
	meters: ['main'],
	rooms: [{ id: 'salon', name: 'Salon', guardC: 7 }],
	services: ['meter-reader', 'telemetry'],
};

/** What is told, and since when, in so many minutes of a house in which frost is near, looked at as the service does. */
function toldIn(minutes: number, happens: (facts: Facts, second: number, nowMs: number) => void): string[] {
	const facts = new Facts(0);
	const keeper = new Keeper((kind) => defaultRules[kind]);
	const told: string[] = [];
	facts.connected(true, 0);
	for (const service of house.services) facts.hearService(service, 'online', 0);
	for (let second = 0; second < minutes * 60; second += LOOK_S) {
		const now = { monotonicMs: second * 1_000, wallMs: START_MS + second * 1_000 };
		happens(facts, second, now.monotonicMs);
		const at = instantOf(now.wallMs);
		facts.hear(facts.probes, 'salon', { at, name: 'Salon', room: 'salon', temperatureC: 2 });
		for (const { alert, phase } of keeper.step(verdictsOf(facts, house, now), now))
			told.push(`${alert.kind} ${phase}, since ${(alert.sinceMs - START_MS) / 1_000} s`);
	}
	return told;
}

describe('what starts, dies and starts again', () => {
	it('is told of a broker, and does not keep the house from telling the rest', () => {
		// Up for 50 s, away for 4.
		const told = toldIn(16, (facts, second, nowMs) => {
			if (second % 54 === 0) facts.connected(true, nowMs);
			if (second % 54 === 50) facts.connected(false, nowMs);
		});
		expect(told).to.deep.equal(['bus_away begin, since 50 s', 'room_freezing begin, since 20 s']);
	});

	it('is told of a service', () => {
		// It dies of what it hears at once; it is started again after half a minute.
		const told = toldIn(8, (facts, second, nowMs) => {
			if (second % 34 === 10) facts.hearService('telemetry', 'offline', nowMs);
			if (second % 34 === 6) facts.hearService('telemetry', 'online', nowMs);
		});
		expect(told).to.deep.equal(['service_away begin, since 20 s']);
	});

	it('is nothing where each is there for more than a minute', () => {
		const told = toldIn(9, (facts, second, nowMs) => {
			if (second % 120 === 0) facts.hearService('telemetry', 'offline', nowMs);
			if (second % 120 === 30) facts.hearService('telemetry', 'online', nowMs);
		});
		expect(told).to.deep.equal([]);
	});
});
