import { expect } from 'chai';
import { Table } from '../src/table.ts';

describe('a table', () => {
	const table = new Table<string, number>();
	for (const [index, key] of ['a', 'b', 'c'].entries()) table.put(key, index);

	it('keeps the order in which its keys came, whatever is put again', () => {
		const copy = table.copy();
		copy.put('a', 10);
		expect(copy.values()).to.deep.equal([10, 1, 2]);
	});

	it('is left as it was by what its copies are told', () => {
		const copy = table.copy();
		copy.put('b', 10);
		copy.put('d', 11);
		copy.drop('a');
		expect(table.values()).to.deep.equal([0, 1, 2]);
		expect([table.get('a'), table.get('b'), table.get('d')]).to.deep.equal([0, 1, undefined]);
	});

	it('finds all others once a key is gone, which comes last when it comes again', () => {
		const copy = table.copy();
		copy.drop('a');
		copy.drop('nobody');
		expect([copy.get('a'), copy.get('b'), copy.get('c')]).to.deep.equal([undefined, 1, 2]);
		copy.put('a', 3);
		expect(copy.values()).to.deep.equal([1, 2, 3]);
	});
});
