import { expect } from 'chai';
import { type Process, sortingFor, tableOf } from '../src/core/process-table.ts';

const process = (pid: number, name: string, cpuPercent: number, command = name): Process => ({
	...{ pid, name, cpuPercent, command, user: pid === 1 ? 'root' : 'me', memoryBytes: pid * 10 },
});
const all = [process(3, 'node', 5, 'node broker.js'), process(1, 'init', 0), process(2, 'bash', 5)];
const pids = (...of: Parameters<typeof tableOf>): number[] => tableOf(...of).map(({ pid }) => pid);
const byCpu = { by: 'cpuPercent', descending: true } as const;

describe('the table of processes', () => {
	it('is sorted by each column, equals by their number', () => {
		expect(pids(all, byCpu, '')).to.deep.equal([2, 3, 1]);
		expect(pids(all, { by: 'name', descending: false }, '')).to.deep.equal([2, 1, 3]);
		expect(pids(all, { by: 'pid', descending: true }, '')).to.deep.equal([3, 2, 1]);
	});

	it('begins with the highest figure or with A, and turns round when asked again', () => {
		expect(sortingFor('memoryBytes', byCpu)).to.deep.equal({ by: 'memoryBytes', descending: true });
		expect(sortingFor('user', byCpu)).to.deep.equal({ by: 'user', descending: false });
		expect(sortingFor('cpuPercent', byCpu)).to.deep.equal({ by: 'cpuPercent', descending: false });
	});

	it('finds every word in name, command, user or number', () => {
		expect(pids(all, byCpu, 'NODE broker')).to.deep.equal([3]);
		expect(pids(all, byCpu, 'root')).to.deep.equal([1]);
		expect(pids(all, byCpu, 'nothing')).to.deep.equal([]);
	});

	it('holds the order that somebody reads: newcomers follow, those that ended leave', () => {
		const later = [process(9, 'new', 99), process(1, 'init', 50), process(3, 'node', 1)];
		expect(pids(later, byCpu, '', [2, 3, 1])).to.deep.equal([3, 1, 9]);
	});
});
