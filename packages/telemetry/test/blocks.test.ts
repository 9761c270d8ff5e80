import { expect } from 'chai';
import fc from 'fast-check';
import { merged, numberBlocks, packMinutes, textBlocks, unpackMinutes } from '../src/core/blocks.ts';
import { cellsOf, coarser, HOUR_MS, MINUTE_MS } from '../src/core/cell.ts';
import { ColumnReader, ColumnWriter } from '../src/core/columns.ts';
import { START_MS } from './support/model.ts';

const number = fc.oneof(
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.integer(),
	fc.integer({ min: -1e6, max: 1e6 }).map((tenths) => tenths / 10),
	fc.constantFrom(0, 2 ** 52, -(2 ** 46), Number.MAX_SAFE_INTEGER, 1e-9, 123_456_789.123),
);
const plus = (value: number): number => value + 0;
const samples = fc
	.uniqueArray(fc.integer({ min: 0, max: HOUR_MS - 1 }), { maxLength: 60 })
	.chain((moments) =>
		fc
			.array(number, { minLength: moments.length, maxLength: moments.length })
			.map((values) =>
				moments
					.sort((a, b) => a - b)
					.map((after, index) => ({ at: START_MS + after, value: plus(values[index] ?? 0) })),
			),
	);

describe('packed columns', () => {
	it('give any numbers back exactly', () => {
		fc.assert(
			fc.property(fc.array(number), fc.constantFrom(1 as const, 2 as const), (drawn, order) => {
				const values = drawn.map(plus);
				const writer = new ColumnWriter();
				writer.column(values, order);
				writer.text('end');
				const reader = new ColumnReader(writer.bytes());
				expect(reader.column(values.length, order)).to.deep.equal(values);
				expect(reader.text()).to.equal('end');
				expect(reader.isAtEnd).to.equal(true);
			}),
		);
	});

	it('take next to nothing for what goes on evenly', () => {
		const writer = new ColumnWriter();
		writer.column(
			Array.from({ length: 1_800 }, (_, index) => index * 2_000),
			2,
		);
		expect(writer.bytes().length).to.be.lessThan(12);
	});
});

describe('blocks', () => {
	it('give any numbers back, packed in parts', () => {
		fc.assert(
			fc.property(samples, fc.nat(60), (points, cut) => {
				const parts = [points.slice(0, cut), points.slice(cut)].map((part) => numberBlocks.pack(part, START_MS));
				expect(numberBlocks.unpack(Buffer.concat(parts), START_MS)).to.deep.equal(points);
			}),
		);
	});

	it('give any texts back, packed in parts', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.nat(20), (texts, cut) => {
				const points = texts.map((value, index) => ({ at: START_MS + index * 7, value }));
				const parts = [points.slice(0, cut), points.slice(cut)].map((part) => textBlocks.pack(part, START_MS));
				expect(textBlocks.unpack(Buffer.concat(parts), START_MS)).to.deep.equal(points);
			}),
		);
	});

	it('give the minutes of an hour back', () => {
		fc.assert(
			fc.property(samples, fc.boolean(), (points, counter) => {
				const minutes = cellsOf(points, MINUTE_MS, counter);
				expect(unpackMinutes(packMinutes(minutes, START_MS, counter), START_MS, counter)).to.deep.equal(minutes);
			}),
		);
	});

	it('have an hour of minutes say what its points say', () => {
		fc.assert(
			fc.property(samples, (points) => {
				const [hour] = coarser(cellsOf(points, MINUTE_MS, true), HOUR_MS, true);
				const [meant] = cellsOf(points, HOUR_MS, true);
				const { sum: _, rise: __, ...exact } = hour ?? {};
				expect(meant ?? {}).to.deep.include(exact);
			}),
		);
	});

	it('merge by moment: what came last counts', () => {
		const at = (moment: number, value: number) => ({ at: moment, value });
		expect(merged([at(1, 1), at(5, 5)], [at(5, 6), at(3, 3), at(3, 4)])).to.deep.equal([at(1, 1), at(3, 4), at(5, 6)]);
		expect(merged([at(1, 1)], [at(2, 2), at(3, 3)])).to.deep.equal([at(1, 1), at(2, 2), at(3, 3)]);
	});
});
