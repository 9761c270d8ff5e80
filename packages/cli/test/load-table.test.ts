import { expect } from 'chai';
import { curveOf, loadTable } from '../src/load-table.ts';

const minute = (at: number): string => new Date(Date.UTC(2026, 0, 15, 19, at)).toISOString().slice(0, 19);
const table = (...rows: string[]): string => ['time,active_power_w', ...rows].join('\n');
const wattsOf = (text: string): number[] => [...curveOf('x.csv', loadTable(text)).apparentVA];

function faultOf(text: string): string {
	try {
		curveOf('x.csv', loadTable(text));
		return 'no fault';
	} catch (error) {
		return (error as Error).message;
	}
}

describe('the table of a load curve', () => {
	it('is left as it is where it has the form already', () => {
		const text = table(`${minute(0)},400`, `${minute(1)},`, '');
		expect(loadTable(text)).to.equal(text);
	});

	it('is read as a spreadsheet writes it: byte order mark, semicolons or tabs, decimal commas, quotes', () => {
		const french = `\uFEFFtime;active_power_w;kitchen_wh\r\n${minute(0)};1200,5;3\r\n${minute(1)};;\r\n${minute(2)};7;0\r\n`;
		expect(wattsOf(french)).to.deep.equal([1200.5, 1200.5, 7]);
		expect(wattsOf(`active_power_w\ttime\n12,5\t${minute(0)}\n13\t${minute(1)}`)).to.deep.equal([12.5, 13]);
		expect(wattsOf(`"time","active_power_w"\n"${minute(0)}","12,5"\n"${minute(1)}","13.5"`)).to.deep.equal([
			12.5, 13.5,
		]);
		expect(wattsOf(`time, active_power_w\n${minute(0)}, 12\n`)).to.deep.equal([12]);
	});

	it('goes on through the clock change where its times say their zone', () => {
		const rows = ['2026-03-29T01:59:00+01:00,1', '2026-03-29T03:00:00+02:00,2', '2026-03-29T01:01:00Z,3'];
		expect(wattsOf(table(...rows))).to.deep.equal([1, 2, 3]);
	});

	it('with a gap names the gap alone, what is missing, and what would fill it', () => {
		const rows = [0, 1, 5, 6, 7].map((at) => `${minute(at)},400`);
		const said = faultOf(table(...rows, `${minute(8)},much`, `${minute(8)},1`, `${minute(3)},1`));
		expect(said.match(/ {2}line \d+: .*/g)).to.deep.equal([
			'  line 4: expected 2026-01-15T19:02, got 2026-01-15T19:05:00: 3 minutes are missing (a row with a time and no figures repeats the one before)',
			`  line 7: expected a figure of at least 0 in each column, got ${minute(8)},much`,
			'  line 8: expected 2026-01-15T19:09, got 2026-01-15T19:08:00: the same minute again',
			'  line 9: expected 2026-01-15T19:09, got 2026-01-15T19:03:00: it goes back by 6 minutes (times are winter time all year, or UTC)',
		]);
	});

	it('of half hours, and an export of InfluxDB, are told as what they are', () => {
		expect(faultOf(table(...[0, 30, 60, 90].map((at) => `${minute(at)},400`)))).to.match(
			/1 fault:\n {2}line 3: expected a row a minute, got rows 30 minutes apart: means over so long hide/,
		);
		const annotated = `#group,false,false,true\n,result,table,_time,_value\n,,0,${minute(0)}Z,400\n`;
		for (const text of [annotated, annotated.slice(24), `name,time,mean\nload,1767225600000000000,1\n`]) {
			expect(faultOf(text)).to.match(/leave out the lines that begin with #, rename .*, got an InfluxDB export/);
		}
	});
});
