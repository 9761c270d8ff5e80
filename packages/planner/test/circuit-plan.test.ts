import type { Order } from '@pilotwire/contract';
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Away } from '../src/core/away.ts';
import { sentenceOf } from '../src/core/sentence.ts';
import { daily, local, paris, planFor, programme, rule, salon } from './core.ts';

const HOUR_MS = 3_600_000;
const week = programme(daily('06:00 comfort', '09:00 eco', '17:00 comfort', '22:00 eco'), { name: 'Semaine' });
const heater = { id: 'boiler', kind: 'water_heater', standing: 'off' } as const;

describe("a circuit's programme", () => {
	it('is the nearest one: circuit, room, zone, house', () => {
		const zones = [{ id: 'day', name: 'day', rooms: ['salon'], circuits: ['boiler'] }];
		const one = (id: string, target: (typeof week)['for'], order: string) =>
			programme(daily(`00:00 ${order}`), { id, for: target });
		const [house, zone, room, circuit] = [
			one('house', 'house', 'eco'),
			one('zone', { zone: 'day' }, 'comfort_-2'),
			one('room', { room: 'salon' }, 'comfort_-1'),
			one('circuit', { circuit: 'salon' }, 'off'),
		];
		const nowMs = local('2026-01-15 12:00');
		const followed = (programmes: (typeof week)[], given = salon) =>
			planFor({ nowMs, programmes, zones, circuit: given }).programme?.id;
		expect(followed([house, zone, room, circuit])).to.equal('circuit');
		expect(followed([house, zone, room])).to.equal('room');
		expect(followed([house, zone])).to.equal('zone');
		expect(followed([house, { ...zone, enabled: false }])).to.equal('house');
		expect(followed([house, zone], { id: 'boiler', kind: 'water_heater' } as typeof salon)).to.equal('zone');
		expect(followed([house], { id: 'freezer', kind: 'switch' } as typeof salon), 'what heats no room').to.equal(
			undefined,
		);
	});

	it('says when the order changes next and to what', () => {
		const nowMs = local('2026-01-15 18:00');
		const plan = planFor({ nowMs, programmes: [week] });
		expect(plan.at(nowMs)).to.deep.equal({ order: 'comfort', why: 'programme', programme: 'week' });
		expect(plan.next(nowMs)).to.deep.equal({ atMs: local('2026-01-15 22:00'), order: 'eco' });
		const constant = planFor({ nowMs, programmes: [programme(daily('06:00 eco', '12:00 eco'))] });
		expect(constant.next(nowMs)).to.equal(undefined);
	});

	it('says nothing where nothing is said', () => {
		const nowMs = local('2026-01-15 18:00');
		expect(planFor({ nowMs }).at(nowMs)).to.deep.equal({});
	});
});

describe('an absence', () => {
	const away: Away = {
		fromMs: local('2026-02-07 10:00'),
		untilMs: local('2026-02-14 18:00'),
		order: 'frost_protection',
		preheatMin: 180,
	};
	const plan = (circuit: Parameters<typeof planFor>[0]['circuit'] = salon, programmes = [week]) =>
		planFor({ nowMs: away.fromMs, programmes, away, circuit });

	it('lowers what heats, and warms it up before the return', () => {
		const at = (text: string) => plan().at(local(text)).order;
		expect(at('2026-02-07 09:59')).to.equal('eco');
		expect(at('2026-02-08 18:00')).to.equal('frost_protection');
		expect(at('2026-02-14 14:59')).to.equal('frost_protection');
		expect(at('2026-02-14 15:00'), 'as it shall be at the return').to.equal('comfort');
		expect(at('2026-02-14 18:00')).to.equal('comfort');
		expect(plan().at(local('2026-02-14 15:00')).why).to.equal('return');
		expect(plan().at(local('2026-02-14 18:00')).why).to.equal('programme');
	});

	it('never raises what the programme keeps off', () => {
		const off = programme(daily('00:00 off'));
		for (let atMs = away.fromMs; atMs < local('2026-02-15 00:00'); atMs += HOUR_MS) {
			expect(plan(salon, [off]).at(atMs)).to.deep.equal({ order: 'off', why: 'programme', programme: 'week' });
		}
	});

	it('takes the water heater along, with hot water at the return, and leaves a plug alone', () => {
		const boiler = plan({ ...heater, standing: 'comfort' }, []);
		expect(boiler.at(local('2026-02-10 02:00')).order).to.equal('frost_protection');
		expect(plan(heater, []).at(local('2026-02-14 16:00')).order).to.equal('comfort');
		expect(boiler.at(local('2026-02-14 18:00'))).to.deep.equal({});
		expect(plan({ id: 'freezer', kind: 'switch', standing: 'comfort' }).at(local('2026-02-10 02:00'))).to.deep.equal(
			{},
		);
	});

	it('without a date of return lasts', () => {
		const open = planFor({ nowMs: away.fromMs, programmes: [week], away: { ...away, untilMs: undefined } });
		expect(open.at(local('2027-02-10 18:00')).order).to.equal('frost_protection');
		expect(open.next(away.fromMs)).to.equal(undefined);
	});

	it('lets rules lower, and no rule raise', () => {
		const nowMs = local('2026-02-10 12:00');
		const tariff = { period: 'peak', colourToday: 'red' } as const;
		const order = (limit: 'at_least' | 'at_most', given: Order) =>
			planFor({
				nowMs,
				tariff,
				away: { ...away, order: 'eco' },
				programmes: [week],
				rules: [rule({ today: ['red'] }, { limit, order: given })],
			}).at(nowMs).order;
		expect(order('at_least', 'comfort')).to.equal('eco');
		expect(order('at_most', 'off')).to.equal('off');
	});
});

describe('a tariff rule', () => {
	const red = { period: 'off_peak', colour: 'blue', colourToday: 'blue', colourTomorrow: 'red' } as const;
	const evening = local('2026-01-14 20:00');
	const cheap = programme(daily('06:00 comfort'));

	it('holds on the Tempo day that is announced, from 06:00 to 06:00', () => {
		const plan = planFor({ nowMs: evening, tariff: red, programmes: [cheap], rules: [rule({ today: ['red'] })] });
		const at = (text: string) => plan.at(local(text)).order;
		expect(at('2026-01-15 05:59')).to.equal('comfort');
		expect(at('2026-01-15 06:00')).to.equal('eco');
		expect(at('2026-01-16 05:59')).to.equal('eco');
		expect(at('2026-01-16 06:00')).to.equal('comfort');
		expect(plan.next(evening)?.atMs).to.equal(local('2026-01-15 06:00'));
	});

	it("begins and ends with the meter's day, whose clock is ahead of ours or behind it", () => {
		const orderAt = (text: string, tariff: NonNullable<Parameters<typeof planFor>[0]['tariff']>, then = text) =>
			planFor({ nowMs: local(text), tariff, programmes: [cheap], rules: [rule({ today: ['red'] })] }).at(local(then))
				.order;
		const begun = { period: 'peak', colour: 'red', colourToday: 'red' } as const;
		expect(orderAt('2026-01-15 05:59', begun), 'ahead').to.equal('eco');
		expect(orderAt('2026-01-15 05:59', begun, '2026-01-15 06:00')).to.equal('eco');
		expect(orderAt('2026-01-15 05:59', begun, '2026-01-16 06:00')).to.equal('comfort');
		expect(orderAt('2026-01-15 06:02', red), 'behind, as announced').to.equal('eco');
		const ends = { period: 'off_peak', colour: 'red', colourToday: 'red', colourTomorrow: 'white' } as const;
		expect(orderAt('2026-01-16 06:02', ends)).to.equal('comfort');
		expect(orderAt('2026-01-16 06:02', { ...ends, source: 'topic' }, '2026-01-16 12:00')).to.equal('eco');
	});

	it('holds in the peak hours of a colour alone where it says so', () => {
		const plan = planFor({
			nowMs: evening,
			tariff: red,
			programmes: [cheap],
			rules: [rule({ period: ['peak'], today: ['red'] }, { order: 'off' })],
		});
		const spans = plan.spans(evening, local('2026-01-17 00:00'));
		expect(
			spans.map(({ fromMs, verdict }) => [paris.local(fromMs).date, paris.local(fromMs).minute / 60, verdict.order]),
		).to.deep.equal([
			['2026-01-14', 20, 'comfort'],
			['2026-01-15', 6, 'off'],
			['2026-01-15', 22, 'comfort'],
		]);
	});

	it('holds on the eve, for what needs it', () => {
		const plan = planFor({
			nowMs: evening,
			tariff: red,
			circuit: heater,
			rules: [rule({ tomorrow: ['red'] }, { for: { circuit: 'boiler' }, limit: 'at_least', order: 'comfort' })],
		});
		expect(plan.at(evening)).to.include({ order: 'comfort', why: 'rule', rule: 'dear', colour: 'red' });
		expect(plan.at(local('2026-01-15 06:00'))).to.deep.equal({});
	});

	it('warms up before a dear time, where that will take something away', () => {
		const preheat = { preheat: { minutes: 60 } };
		const rules = [rule({ period: ['peak'], today: ['red'] }, preheat)];
		const night = programme(daily('06:00 comfort', '22:00 eco'));
		const plan = planFor({ nowMs: evening, tariff: red, programmes: [night], rules });
		expect(plan.at(local('2026-01-15 04:59')).order).to.equal('eco');
		expect(plan.at(local('2026-01-15 05:00'))).to.include({ order: 'comfort', why: 'preheat', rule: 'dear' });
		expect(plan.at(local('2026-01-15 06:00'))).to.include({ order: 'eco', why: 'rule' });
		const cold = programme(daily('06:00 eco', '12:00 comfort', '22:00 frost_protection'));
		const idle = planFor({ nowMs: evening, tariff: red, programmes: [cold], rules });
		expect(idle.at(local('2026-01-15 05:30')).order, 'nobody wants it warm at 06:00').to.equal('frost_protection');
	});

	it('warms nothing up while people are away', () => {
		const rules = [rule({ period: ['peak'], today: ['red'] }, { preheat: { minutes: 60 } })];
		const away: Away = { fromMs: evening, order: 'comfort_-2', preheatMin: 0 };
		const plan = planFor({ nowMs: evening, tariff: red, programmes: [cheap], rules, away });
		expect(plan.at(local('2026-01-15 05:30'))).to.include({ order: 'comfort_-2', why: 'absence' });
	});

	it('knows the 18 hours of an EJP peak day', () => {
		const plan = planFor({
			nowMs: evening,
			tariff: { period: 'normal', colourToday: 'normal', colourTomorrow: 'peak' },
			programmes: [cheap],
			rules: [rule({ period: ['mobile_peak'] }, { preheat: { minutes: 30 }, order: 'frost_protection' })],
		});
		const changes = plan
			.spans(evening, local('2026-01-16 12:00'))
			.slice(1)
			.map(({ fromMs }) => fromMs);
		expect(changes).to.deep.equal([local('2026-01-15 07:00'), local('2026-01-16 01:00')]);
	});

	it('follows what the meter says now, whatever was foreseen', () => {
		const nowMs = local('2026-01-15 22:02');
		const tariff = { period: 'peak', colour: 'red', colourToday: 'red' } as const;
		const plan = planFor({ nowMs, tariff, programmes: [cheap], rules: [rule({ period: ['peak'] })] });
		expect(plan.at(nowMs).order).to.equal('eco');
	});

	it('foresees hours that were learned, and those that the schedule announces', () => {
		const rules = [rule({ period: ['peak'] }, { preheat: { minutes: 60 } })];
		const programmes = [programme(daily('00:00 eco', '06:00 comfort'))];
		const nowMs = local('2026-01-15 02:00');
		const learned = [
			{ minute: 22 * 60 + 30, period: 'off_peak' },
			{ minute: 6 * 60 + 30, period: 'peak' },
		] as const;
		const ordered = [...learned].sort((one, other) => one.minute - other.minute);
		const known = planFor({ nowMs, tariff: { period: 'off_peak' }, learned: ordered, programmes, rules });
		expect(known.at(local('2026-01-15 06:15')).order).to.equal('comfort');
		expect(known.at(local('2026-01-15 06:30')).order).to.equal('eco');
		expect(known.at(local('2026-01-15 05:30')).why).to.equal('preheat');
		const next = { at: new Date(local('2026-01-15 06:45')).toISOString(), period: 'peak' } as const;
		const told = planFor({ nowMs, tariff: { period: 'off_peak', next }, programmes, rules });
		expect(told.at(local('2026-01-15 06:45')).order).to.equal('eco');
		expect(told.at(local('2026-01-15 05:45')).why).to.equal('preheat');
	});

	it('rests where the tariff is unknown, or nobody has renewed it for days', () => {
		const nowMs = local('2026-01-15 12:00');
		const rules = [rule({ period: ['peak'] }), rule({ today: ['red'] }, { id: 'red' })];
		expect(planFor({ nowMs, programmes: [cheap], rules }).at(nowMs).order).to.equal('comfort');
		const at = new Date(local('2026-01-12 11:00')).toISOString();
		const stale = { at, period: 'peak', colourToday: 'red' } as const;
		expect(planFor({ nowMs, tariff: stale, programmes: [cheap], rules }).at(nowMs).order).to.equal('comfort');
	});
});

describe('a plan', () => {
	const someOrder = fc.constantFrom<Order>('comfort', 'comfort_-1', 'eco', 'frost_protection', 'off');
	const someColour = fc.constantFrom('blue' as const, 'white' as const, 'red' as const);
	const somePlan = fc.record({
		startMs: fc.integer({ min: Date.UTC(2026, 2, 20), max: Date.UTC(2026, 3, 5) }),
		orders: fc.array(someOrder, { minLength: 1, maxLength: 4 }),
		away: fc.option(
			fc.record({ inH: fc.integer({ min: -5, max: 30 }), forH: fc.integer({ min: 1, max: 90 }), order: someOrder }),
			{ nil: undefined },
		),
		today: someColour,
		tomorrow: someColour,
		rules: fc.array(
			fc.record({
				order: someOrder,
				limit: fc.constantFrom('at_most' as const, 'at_least' as const, 'exactly' as const),
				colours: fc.uniqueArray(someColour, { minLength: 1 }),
				peak: fc.boolean(),
				minutes: fc.integer({ min: 0, max: 300 }),
			}),
			{ maxLength: 3 },
		),
	});

	it('has exactly one order at every instant, altered only at its edges; the next change is the first there is', () => {
		fc.assert(
			fc.property(somePlan, fc.nat(), ({ startMs, orders, away, today, tomorrow, rules }, salt) => {
				const plan = planFor({
					nowMs: startMs,
					tariff: { period: 'peak', colour: today, colourToday: today, colourTomorrow: tomorrow },
					programmes: [
						programme(
							orders.map((order, at) => ({
								days: ['mon', 'wed', 'sun'],
								at: `${String(at * 5 + 1).padStart(2, '0')}:30`,
								order,
							})),
						),
					],
					rules: rules.map(({ order, limit, colours, peak, minutes }, at) => ({
						...rule({ today: colours, ...(peak ? { period: ['peak' as const] } : {}) }, { id: `r${at}`, order, limit }),
						preheat: { minutes },
					})),
					away: away && {
						fromMs: startMs + away.inH * HOUR_MS,
						untilMs: startMs + (away.inH + away.forH) * HOUR_MS,
						order: away.order,
						preheatMin: 120,
					},
				});
				const toMs = startMs + 4 * 86_400_000;
				const spans = plan.spans(startMs, toMs);
				expect(spans[0]?.fromMs).to.equal(startMs);
				expect(spans.at(-1)?.toMs).to.equal(toMs);
				for (const [index, span] of spans.entries()) {
					expect(spans[index + 1]?.fromMs ?? toMs).to.equal(span.toMs);
					const within = span.fromMs + (salt % (span.toMs - span.fromMs));
					for (const atMs of [span.fromMs, within, span.toMs - 1]) {
						expect(plan.at(atMs).order).to.equal(span.verdict.order).and.be.a('string');
					}
				}
				const changed = spans.find(({ verdict }) => verdict.order !== spans[0]?.verdict.order);
				const next = plan.next(startMs);
				if (changed !== undefined) expect(next).to.deep.equal({ atMs: changed.fromMs, order: changed.verdict.order });
				else expect(next?.atMs ?? Infinity).to.be.at.least(toMs);
			}),
			{ numRuns: 150 },
		);
	});

	it('says in a sentence what went before what', () => {
		const nowMs = local('2026-01-15 12:00');
		const tariff = { period: 'peak', colour: 'red', colourToday: 'red' } as const;
		const programmes = [programme(daily('06:00 comfort'), { name: 'Semaine' })];
		const sentence = (given: Partial<Parameters<typeof planFor>[0]>, atMs = nowMs): string => {
			const plan = planFor({ nowMs, programmes, ...given });
			return sentenceOf(plan, plan.at(atMs), paris);
		};
		const rules = [rule({ today: ['red'] }, { name: 'Tempo', preheat: { minutes: 60 } })];
		const away = { fromMs: nowMs, untilMs: local('2026-01-20 18:00'), order: 'eco', preheatMin: 60 } as const;
		expect(sentence({})).to.equal('the programme "Semaine" says comfort');
		expect(sentence({ tariff, rules })).to.equal(
			'the rule "Tempo" (red, peak) goes before the programme "Semaine": eco',
		);
		expect(sentence({ away })).to.equal('an absence until 2026-01-20 18:00 goes before the programme "Semaine": eco');
		expect(sentence({ away: { ...away, untilMs: undefined }, programmes: [] })).to.equal(
			'an absence goes before its own order: eco',
		);
		const back = programme(daily('06:00 eco', '18:00 comfort'), { name: 'Soir' });
		expect(sentence({ away, programmes: [back] }, local('2026-01-20 17:30'))).to.equal(
			'it warms up for the return at 2026-01-20 18:00, which goes before the programme "Soir": comfort',
		);
		const eve = { period: 'off_peak', colour: 'blue', colourToday: 'blue', colourTomorrow: 'red' } as const;
		const night = [programme(daily('06:00 comfort', '22:00 eco'), { name: 'Nuit' })];
		expect(sentence({ tariff: eve, rules, programmes: night }, local('2026-01-16 05:30'))).to.equal(
			'it warms up before the rule "Tempo" begins at 2026-01-16 06:00, which goes before the programme "Nuit": comfort',
		);
	});
});
