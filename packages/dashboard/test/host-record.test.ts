import type { HostLog } from '@pilotwire/contract';
import { expect } from 'chai';
import {
	csvHead,
	csvLine,
	curveOf,
	jsonLine,
	KEPT_MS,
	KEPT_SAMPLES,
	keep,
	type Point,
	pathOf,
	pointOf,
	withPoint,
} from '../src/core/host-record.ts';
import { at, T0 } from './messages.ts';

const busy = (pid: number, command = `sleep ${pid}`) => ({
	pid,
	name: 'sleep',
	user: 'me',
	cpuPercent: 1,
	memoryBytes: 2,
	command,
});
const sample = (changes: Partial<HostLog> = {}): HostLog => ({
	...{ at: at(T0), everyS: 2, cpuPercent: 12.5, coresPercent: [10, 15], load: 0.4, disks: [], processCount: 40 },
	...{ memory: { totalBytes: 200, usedBytes: 50 }, processes: Array.from({ length: 40 }, (_, pid) => busy(pid)) },
	network: [
		{ interface: 'eth0', receivedBytesPerS: 10, sentBytesPerS: 1 },
		{ interface: 'wlan0', receivedBytesPerS: 5, sentBytesPerS: 2 },
	],
	...changes,
});
const point = (atMs: number, cpu = 1): Point => ({ atMs, cpu, memory: 0, temperatureC: undefined });

describe('the record of a watched machine', () => {
	it('keeps the busiest processes of each sample', () => {
		const kept = keep(sample());
		expect(kept.processes).to.have.length(10);
		expect(kept).to.include({ atMs: T0 }).and.not.have.any.keys('everyS', 'problem');
		expect(pointOf(kept)).to.deep.equal({ atMs: T0, cpu: 12.5, memory: 25, temperatureC: undefined });
	});

	it('is bounded by number and by age, and leaves out a sample from before its last', () => {
		const many = Array.from({ length: KEPT_SAMPLES }, (_, index) => point(T0 + index));
		const more = withPoint(many, point(T0 + KEPT_SAMPLES));
		expect([more.length, more[0]?.atMs]).to.deep.equal([KEPT_SAMPLES, T0 + 1]);
		expect(withPoint([point(T0), point(T0 + 5)], point(T0 + KEPT_MS + 1)).map(({ atMs }) => atMs - T0)).to.deep.equal([
			5,
			KEPT_MS + 1,
		]);
		expect(withPoint([point(T0)], point(T0))).to.have.length(1);
	});

	it('is drawn with its peaks, and with a gap where nobody watched', () => {
		const night = [point(0, 10), point(1_000, 90), point(2_000, 10), point(9_000_000, 50), point(9_001_000, 50)];
		const curve = curveOf(night, ({ cpu }) => cpu, 600, 100);
		expect(curve).to.deep.equal([[0, 0.1], [0.25, 0.9], [0.5, 0.1], undefined, [0.75, 0.5], [1, 0.5]]);
		expect(pathOf(curve, 100, 10)).to.equal('M0.0 9.0L25.0 1.0L50.0 9.0M75.0 5.0L100.0 5.0');
		expect(Math.max(...curveOf(night, ({ cpu }) => cpu, 2, 100).map((place) => place?.[1] ?? 0))).to.equal(0.9);
		expect(curveOf([point(0)], ({ cpu }) => cpu, 600, 100)).to.deep.equal([]);
	});

	it('is written out as CSV with every figure in its column', () => {
		const columns = csvHead.trim().split(',');
		const cells = csvLine(keep(sample())).trim().split(',');
		expect(cells).to.have.length(columns.length);
		const of = (name: string): string | undefined => cells[columns.indexOf(name)];
		expect([
			of('cpuPercent'),
			of('coresPercent'),
			of('memoryUsedBytes'),
			of('swapUsedBytes'),
			of('receivedBytesPerS'),
			of('busiest'),
		]).to.deep.equal(['12.5', '10 15', '50', '', '15', 'sleep 0']);
	});

	it('lets no command break a line of CSV, nor become a formula', () => {
		const nasty = (command: string): string => csvLine(keep(sample({ processes: [busy(1, command)] })));
		expect(nasty('a "b",\nc')).to.match(/,"a ""b"",\nc"\n$/);
		expect(nasty('=HYPERLINK("x")')).to.match(/,"'=HYPERLINK\(""x""\)"\n$/);
		expect(nasty('-1+1')).to.match(/,'-1\+1\n$/);
	});

	it('is written out as JSON lines', () => {
		const line = jsonLine(keep(sample()));
		expect(line.endsWith('\n')).to.equal(true);
		expect(JSON.parse(line))
			.to.include({ at: at(T0), cpuPercent: 12.5 })
			.and.not.have.property('atMs');
	});
});
