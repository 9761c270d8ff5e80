import { type LoadCurve, parseLoadCurve, SubscriptionAdvisor } from '@pilotwire/house';
import { expect } from 'chai';

const HEADER = 'time,active_power_w,kitchen_wh';

/** A day and a half from 18:00: 300 W, and from 18:00 to 20:00 a kitchen at so much. */
function evening(kitchenW: number): LoadCurve {
	const rows = Array.from({ length: 2160 }, (_, minute) => {
		const time = new Date(Date.UTC(2026, 0, 5, 18, minute)).toISOString().slice(0, 19);
		const isEvening = (18 * 60 + minute) % 1440 >= 18 * 60 && (18 * 60 + minute) % 1440 < 20 * 60;
		return `${time},${300 + (isEvening ? kitchenW : 0)},${isEvening ? kitchenW / 60 : 0}`;
	});
	const parsed = parseLoadCurve([HEADER, ...rows].join('\n'));
	if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
	return parsed.curve;
}

const house = (kitchenW: number) => ({
	curve: evening(kitchenW),
	radiators: [1500, 1500, 1000, 1000, 750].map((powerW) => ({ powerW })),
	outsideC: 0,
	days: 14,
	mode: 'tolerant' as const,
});

describe('the choice of a subscription', function () {
	this.timeout(20_000);

	it('uses whole days from midnight on', () => {
		expect(new SubscriptionAdvisor(house(1000)).days).to.equal(1);
	});

	it('sheds and costs comfort where the size is small, and neither where it is large', () => {
		const advisor = new SubscriptionAdvisor({ ...house(2500), mode: 'strict' });
		const [small, large] = [advisor.try(6, 1), advisor.try(12, 1)];
		expect(small.openings).to.equal(0);
		expect(small.minutesShed).to.be.greaterThan(30);
		expect(large).to.include({ openings: 0, minutesShed: 0, minutesAbove: 0 });
		expect(small.comfortLostKh).to.be.greaterThan(large.comfortLostKh);
		expect(large.comfortLostKh).to.be.lessThan(0.5);
	});

	it('tells openings that come without any radiator', () => {
		const { openings, openingsWithoutHeating } = new SubscriptionAdvisor(house(7000)).try(3, 1);
		expect(openingsWithoutHeating).to.be.greaterThan(0);
		expect(openings).to.be.at.least(openingsWithoutHeating);
	});

	it('spreads radiators of unknown phase over three', () => {
		const single = new SubscriptionAdvisor(house(1000)).try(9, 1);
		const three = new SubscriptionAdvisor(house(1000)).try(9, 3);
		expect(three.phases).to.equal(3);
		expect(three.minutesShed).to.be.greaterThan(single.minutesShed);
	});
});
