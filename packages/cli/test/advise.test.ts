import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { sentences, triedText } from '../src/advise/advice-text.ts';
import { program } from '../src/program.ts';

const DAY_MINUTES = 1440;
const HEADER = 'time,active_power_w';
const RADIATORS = ['--radiators', '1500,1000,750', '--outside', '0'];

/** A whole day: 300 W, and 3 kW from 18:00 to 20:00. */
const rows = (): string[] =>
	Array.from({ length: DAY_MINUTES }, (_, minute) => {
		const time = new Date(Date.UTC(2026, 0, 5, 0, minute)).toISOString().slice(0, 19);
		return `${time},${minute >= 18 * 60 && minute < 20 * 60 ? 3000 : 300}`;
	});

/** What the command printed. Throws what it throws. */
async function advised(...given: string[]): Promise<string> {
	const lines: string[] = [];
	const { log } = console;
	console.log = (...words: unknown[]) => lines.push(words.join(' '));
	try {
		await program().parseAsync(['node', 'pilotwire', 'advise', ...given]);
	} finally {
		console.log = log;
	}
	return lines.join('\n');
}

const failure = (...given: string[]): Promise<unknown> => advised(...given).catch((error: unknown) => error);

describe('pilotwire advise --load', function () {
	this.timeout(30_000);
	const directory = temporaryDirectory();
	const file = async (name: string, content: string | Buffer): Promise<string> => {
		const path = join(directory.path, name);
		await writeFile(path, content);
		return path;
	};

	it('prints a row for each size and the smallest that would do, with what it saves', async () => {
		const path = await file('load.csv', [HEADER, ...rows()].join('\n'));
		const text = await advised('--load', path, ...RADIATORS, '--price', '6=150', '--price', '9=185.5', '--now', '9');
		const lines = text.split('\n');
		expect(lines[0]).to.match(
			/^ +size +phases +openings +without heating +minutes shed a day +comfort lost +coldest +a year$/,
		);
		expect(lines.slice(1, 19).map((line) => line.trim().split(' ')[0])).to.deep.equal(
			[1, 3].flatMap(() => ['3', '6', '9', '12', '15', '18', '24', '30', '36']),
		);
		expect(lines[2]).to.match(/^ +6 kVA +1 +0 +0 +\d+ +0 K h +\d+\.\d °C +-35\.50$/);
		expect(lines[3]).to.match(/ 0\.00$/);
		expect(lines[4]).to.match(/°C *$/);
		expect(text).to.match(
			/\nSingle-phase: 6 kVA would do; radiators would wait during \d+ minutes a day, 35\.50 a year less than 9 kVA\./,
		);
		expect(text).to.match(
			/\nTried on 1 day of .*load\.csv, with 3 radiators of 3250 W together, 0 °C outside, tolerant\.\n/,
		);
		expect(text).to.match(/comfort lost is degrees below\nwhat is wanted times hours/);
		expect(text).to.match(/\nThree-phase: \d+ kVA would do/);
	});

	it('says whose radiators it takes where nobody names any, and what costs as much as now', () => {
		const three = [1500, 1500, 1000].map((powerW) => ({ powerW }));
		const house = { radiators: three, outsideC: 2, mode: 'strict' } as const;
		expect(triedText(house, { days: 14, from: 'the history', whose: ' (whose)' })).to.match(
			/^Tried on 14 days of the history, with 3 radiators of 4000 W together \(whose\), 2 °C outside, strict\.\n/,
		);
		const trial = (prefKVA: number, yearlyDifference: number) =>
			({ prefKVA, phases: 1, minutesShed: 60, days: 2, yearlyDifference }) as Parameters<typeof sentences>[0][number];
		expect(sentences([trial(9, 0), trial(12, 35)], 9)).to.deep.equal([
			'Single-phase: 9 kVA would do; radiators would wait during 30 minutes a day, the size that prices are compared with.',
			'Three-phase: 12 kVA would do; radiators would wait during 30 minutes a day, 35.00 a year more than 9 kVA.',
		]);
		expect(sentences([undefined, undefined], undefined)[0]).to.equal('Single-phase: no size on sale would do.');
	});

	it('gives the same to a program, from a packed file', async () => {
		const path = await file('load.csv.gz', gzipSync([HEADER, ...rows()].join('\n')));
		const { trials, smallest, history } = JSON.parse(await advised('--load', path, ...RADIATORS, '--json')) as {
			trials: Record<string, number>[];
			smallest: Record<string, number>[];
			history?: unknown;
		};
		expect(trials).to.have.length(18);
		expect(trials[0]).to.include({ prefKVA: 3, phases: 1, days: 1 }).and.not.have.property('yearlyDifference');
		expect(trials[0]?.['minutesShed']).to.be.above(60);
		expect(smallest[0]).to.deep.equal(trials[1]);
		expect(history).to.equal(undefined);
	});

	it('names a bad line by its number and what was expected there', async () => {
		const lines = rows();
		lines[700] = `${lines[700]?.slice(0, 19)},much`;
		const error = await failure('--load', await file('bad.csv', [HEADER, ...lines].join('\n')), ...RADIATORS);
		expect(error).to.have.property('code', 'CURVE_INVALID');
		expect(String(error)).to.include('line 702: expected a figure of at least 0').and.include(',much');
	});

	it('says when the file holds no whole day', async () => {
		const path = await file('short.csv', [HEADER, ...rows().slice(0, 1439)].join('\n'));
		const error = await failure('--load', path, ...RADIATORS);
		expect(String(error)).to.include('expected a whole day from midnight to midnight');
	});

	for (const [given, expected] of [
		[[], 'either --load FILE or --history is needed'],
		[['--history', '--load', 'x.csv'], 'either --load FILE or --history is needed'],
		[['--history', '--radiators', '1000'], "cannot be used with option '--history'"],
		[['--load', 'x.csv', '--price', '7=100'], 'sizes are 3, 6, 9'],
		[['--load', 'x.csv', '--radiators', '1000,x'], 'ratings in watts'],
		[['--load', 'x.csv', '--now', '7'], 'a size out of 3, 6, 9'],
		[['--load', 'x.csv', '--price', '6=150', '--now', '9'], 'give --price 9=AMOUNT too'],
	] as const) {
		it(`is refused: ${given.join(' ') || 'nothing given'}`, async () => {
			const { write } = process.stderr;
			process.stderr.write = () => true;
			try {
				expect(String(await failure(...given))).to.include(expected);
			} finally {
				process.stderr.write = write;
			}
		});
	}
});
