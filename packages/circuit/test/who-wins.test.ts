import { expect } from 'chai';
import fc from 'fast-check';
import { higherOrder, lowerOrder, orderLevel, raises } from '../src/order.ts';
import { type Claims, whoWins } from '../src/who-wins.ts';
import { anyOrder, SIX } from './arbitraries.ts';

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const anyClaims: fc.Arbitrary<Claims> = fc.record({
	nowMs: fc.integer({ min: 0, max: 100 }),
	programme: anyOrder,
	trial: optional(anyOrder),
	override: optional(fc.record({ order: anyOrder, untilMs: optional(fc.integer({ min: 0, max: 100 })) })),
	control: fc.constantFrom('lease' as const, 'fallback' as const, 'none' as const),
	shed: fc.boolean(),
	shedOrder: fc.constantFrom('off' as const, 'frost_protection' as const),
	admitted: optional(anyOrder),
	fallbackOrder: optional(anyOrder),
	inForce: anyOrder,
});
const QUIET: Claims = {
	nowMs: 0,
	programme: 'eco',
	control: 'lease',
	shed: false,
	shedOrder: 'off',
	inForce: 'comfort',
};

describe('order levels', () => {
	it('go from off to comfort', () => {
		expect(SIX.map(orderLevel)).to.deep.equal([0, 1, 2, 3, 4, 5]);
		expect(raises('eco', 'comfort_-2')).to.equal(true);
		expect(raises('eco', 'eco')).to.equal(false);
		expect(lowerOrder('eco', 'frost_protection')).to.equal('frost_protection');
		expect(higherOrder('eco', 'frost_protection')).to.equal('eco');
	});
});

describe('who wins over a circuit', () => {
	it('is the programme, unless an override has not ended', () => {
		expect(whoWins(QUIET)).to.deep.equal({ wanted: 'eco', target: 'eco', reason: 'programme' });
		const override = { order: 'off' as const, untilMs: 10 };
		expect(whoWins({ ...QUIET, nowMs: 9, override }).reason).to.equal('override');
		expect(whoWins({ ...QUIET, nowMs: 10, override }).reason).to.equal('programme');
		expect(whoWins({ ...QUIET, nowMs: 1e15, override: { order: 'off' } }).wanted).to.equal('off');
	});

	it('is commissioning over programme and override while a lease lives, below frost guard and shedding', () => {
		const tried: Claims = { ...QUIET, override: { order: 'comfort' }, trial: 'off' };
		expect(whoWins(tried)).to.deep.equal({ wanted: 'off', target: 'off', reason: 'commissioning' });
		for (const control of ['fallback', 'none'] as const) {
			expect(whoWins({ ...tried, control }).wanted, control).to.equal('comfort');
		}
		expect(whoWins({ ...tried, guard: 'comfort' })).to.include({ wanted: 'comfort', reason: 'frost_guard' });
		expect(whoWins({ ...tried, trial: 'comfort', shed: true })).to.include({ target: 'off', reason: 'shed' });
		const raised = { ...tried, trial: 'comfort' as const, inForce: 'off' as const };
		expect(whoWins(raised)).to.include({ target: 'off', reason: 'waits_for_admission' });
	});

	it('is the shedder over both, but never above what is wanted', () => {
		const shed: Claims = { ...QUIET, shed: true, override: { order: 'comfort' } };
		expect(whoWins(shed)).to.deep.equal({ wanted: 'comfort', target: 'off', reason: 'shed' });
		expect(whoWins({ ...shed, shedOrder: 'frost_protection' }).target).to.equal('frost_protection');
		const off: Claims = { ...shed, shedOrder: 'frost_protection', override: { order: 'off' } };
		expect(whoWins(off)).to.deep.equal({ wanted: 'off', target: 'off', reason: 'override' });
	});

	it('makes a raise wait for its admission, and lets it rise as far as admitted', () => {
		const rising: Claims = { ...QUIET, programme: 'comfort', inForce: 'off' };
		expect(whoWins(rising)).to.deep.equal({ wanted: 'comfort', target: 'off', reason: 'waits_for_admission' });
		const partly = whoWins({ ...rising, admitted: 'eco' });
		expect(partly).to.deep.equal({ wanted: 'comfort', target: 'eco', reason: 'waits_for_admission' });
		const fully = whoWins({ ...rising, admitted: 'comfort' });
		expect(fully).to.deep.equal({ wanted: 'comfort', target: 'comfort', reason: 'programme' });
	});

	it('does not raise a circuit that was off to frost_protection by shedding it', () => {
		const claims: Claims = { ...QUIET, shed: true, shedOrder: 'frost_protection', inForce: 'off' };
		expect(whoWins(claims)).to.deep.equal({ wanted: 'eco', target: 'off', reason: 'shed' });
		expect(whoWins({ ...claims, admitted: 'comfort' }).target).to.equal('frost_protection');
	});

	it('is the fallback when control is lost, to which a retained shed adds', () => {
		const lost: Claims = { ...QUIET, control: 'fallback', fallbackOrder: 'eco', admitted: 'comfort' };
		expect(whoWins(lost)).to.deep.equal({ wanted: 'eco', target: 'eco', reason: 'fallback' });
		expect(whoWins({ ...lost, shed: true })).to.deep.equal({ wanted: 'eco', target: 'off', reason: 'shed' });
		expect(whoWins({ ...lost, fallbackOrder: 'off', shed: true }).reason).to.equal('fallback');
		expect(whoWins({ ...lost, fallbackOrder: undefined }).target).to.equal('off');
	});

	it('never gives more than is wanted', () => {
		fc.assert(
			fc.property(anyClaims, (claims) => {
				const { wanted, target, reason } = whoWins(claims);
				const waits = claims.control === 'lease' && reason === 'shed';
				if (!waits) expect(orderLevel(target)).to.be.at.most(orderLevel(wanted));
				if (wanted === 'off') expect(target).to.equal('off');
			}),
		);
	});

	it('raises nothing under a lease that was not admitted, and lowers at once', () => {
		fc.assert(
			fc.property(anyClaims, (claims) => {
				const { wanted, target } = whoWins({ ...claims, control: 'lease' });
				if (raises(claims.inForce, target))
					expect(orderLevel(target)).to.be.at.most(orderLevel(claims.admitted ?? 'off'));
				if (!raises(claims.inForce, wanted) && !claims.shed) expect(target).to.equal(wanted);
				if (claims.shed) expect(orderLevel(target)).to.be.at.most(orderLevel(claims.shedOrder));
			}),
		);
	});

	it('applies orders at once in a house without a shedder', () => {
		fc.assert(
			fc.property(anyClaims, (claims) => {
				const { wanted, target } = whoWins({ ...claims, control: 'none' });
				expect(target).to.equal(wanted);
			}),
		);
	});
});
