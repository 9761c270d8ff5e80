import { topics } from '@pilotwire/contract';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { expect } from 'chai';
import { Announcer } from '../src/core/announcer.ts';
import { LearnedHours } from '../src/core/learned-hours.ts';
import { ProgrammeClock } from '../src/core/programme-clock.ts';
import { plannerMetrics } from '../src/metrics.ts';
import { local, paris } from './core.ts';

describe('the hours learned from a meter', () => {
	const seen = (...texts: string[]): LearnedHours => {
		const hours = new LearnedHours(paris);
		for (const text of texts) {
			const [date, time, period] = text.split(' ');
			hours.hear({ period: period as 'peak' }, local(`${date} ${time}`));
		}
		return hours;
	};
	const first = ['2026-01-15 05:00 off_peak', '2026-01-15 06:31 peak', '2026-01-15 22:31 off_peak'];

	it('are those of a day, once a beginning and an end were seen', () => {
		expect(seen(...first.slice(0, 2)).daily(local('2026-01-15 12:00'))).to.deep.equal([]);
		expect(seen(...first).daily(local('2026-01-16 00:00'))).to.deep.equal([
			{ minute: 391, period: 'peak' },
			{ minute: 1351, period: 'off_peak' },
		]);
	});

	it('follow the meter by minutes, and are forgotten when they were not seen for ten days', () => {
		const hours = seen(...first, '2026-01-16 06:33 peak', '2026-01-16 22:30 off_peak');
		expect(hours.daily(local('2026-01-17 00:00')).map(({ minute }) => minute)).to.deep.equal([393, 1350]);
		expect(hours.daily(local('2026-01-27 00:00'))).to.deep.equal([]);
	});

	it('are not those of a clock that was years ahead', () => {
		const hours = seen('2031-01-15 03:00 off_peak', '2031-01-15 12:10 peak', '2031-01-15 14:20 off_peak', ...first);
		expect(hours.daily(local('2026-01-16 00:00')).map(({ minute }) => minute)).to.deep.equal([391, 1351]);
	});

	it('are none where days have colours, and none of any other period', () => {
		const hours = new LearnedHours(paris);
		hours.hear({ period: 'off_peak', colour: 'blue' }, local('2026-01-15 05:00'));
		expect(hours.hear({ period: 'peak', colour: 'blue' }, local('2026-01-15 06:00'))).to.equal(false);
		expect(hours.hear({ period: 'weekend' }, local('2026-01-15 07:00'))).to.equal(false);
		expect(hours.memory()).to.deep.equal([]);
	});

	it('survive a restart, and nothing else does', () => {
		const hours = new LearnedHours(paris);
		const memory = JSON.parse(JSON.stringify(seen(...first).memory())) as unknown[];
		hours.recall([...memory, null, { minute: 1500, period: 'peak', atMs: 1 }, { minute: 3, period: 'x', atMs: 1 }]);
		expect(hours.memory()).to.deep.equal(memory);
		hours.recall('nothing');
		expect(hours.memory()).to.deep.equal(memory);
	});
});

describe("the programmes' clock", () => {
	const clockOf = (text: string) => {
		const clock = new VirtualClock(local(text));
		return { clock, programmes: new ProgrammeClock(clock, paris, 'meter') };
	};

	it('tells two equal hours apart by their season', () => {
		const { programmes } = clockOf('2026-01-01 00:00');
		for (const [season, which] of [
			['summer', 'first'],
			['winter', 'last'],
		] as const) {
			programmes.hear({ local: '2026-10-25T02:30:15', season, degraded: false }, 0);
			expect(programmes.nowMs()).to.equal(paris.instant('2026-10-25', 150, which) + 15_000);
		}
	});

	it('counts on while the meter is silent, for a day', () => {
		const { clock, programmes } = clockOf('2026-01-01 00:00');
		programmes.hear({ local: '2026-01-15T18:00:00', degraded: false }, 0);
		clock.advance(23 * 3_600_000);
		expect(programmes.nowMs()).to.equal(local('2026-01-16 17:00'));
		clock.advance(2 * 3_600_000);
		expect(programmes.source).to.equal('system');
		expect(programmes.nowMs()).to.equal(local('2026-01-02 01:00'));
	});

	it('takes no date that is none', () => {
		const { programmes } = clockOf('2026-01-01 00:00');
		programmes.hear({ local: '2026-04-31T18:00:00', degraded: false }, 0);
		expect(programmes.source).to.equal('system');
	});
});

describe('what is announced', () => {
	it('is said once, and again when its end moves by more than a clock is read', () => {
		const said: unknown[] = [];
		const bus = {
			publish: (...given: unknown[]) => void said.push(given[2]),
			clear: () => void said.push('cleared'),
			yield: () => undefined,
		};
		const announcer = new Announcer(bus, () => 0);
		const say = (untilMs?: number): void =>
			announcer.say(topics.programme, { circuit: 'a' }, { order: 'eco', why: 'programme' }, untilMs);
		say(1_000_000);
		say(1_010_000);
		expect(said).to.have.length(1);
		say(1_040_000);
		say();
		say();
		expect(said).to.have.length(3);
		announcer.clear(topics.programme, { circuit: 'b' });
		expect(said).to.have.length(3);
		announcer.clearOthers(topics.programme, []);
		expect(said.at(-1)).to.equal('cleared');
	});
});

describe('what the planner measures', () => {
	it('is read when somebody asks', () => {
		const metrics = plannerMetrics({
			programmes: () => 3,
			isAway: () => true,
			followsMeter: () => false,
			refused: () => 2,
		});
		expect(metrics.map(({ name, read }) => [name, read()])).to.deep.equal([
			['pilotwire_planner_programmes', 3],
			['pilotwire_planner_away', 1],
			['pilotwire_planner_meter_clock', 0],
			['pilotwire_planner_refused_total', 2],
		]);
	});
});
