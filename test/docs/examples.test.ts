// What the guides show of a program's answers, beside what the program says.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noProcessLeft, startProcess } from '@pilotwire/test/processes';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import { blockThat, pageText } from './guides.ts';

/** A line without its figures, and a decision without the circuit that it falls on: these follow from how shedding works. */
const form = (line: string): string =>
	line
		.replace(/\d+(?:[.,:-]\d+)*/g, '0')
		.replace(/^(0 0 {2})\S+/, '$1')
		.replace(/\b(?:once|twice|0 times)\b/g, 'n times')
		.replace(/: \S.* from 0 0$/, ':')
		.replace(/^ {11}.* n times/, 'n times')
		.replace(/ \([^()]*\)$/, '');

describe('the examples in the guides', function () {
	this.timeout(120_000);
	const directory = temporaryDirectory();
	noProcessLeft();

	it('of a replay are lines as it prints them', async () => {
		const page = pageText('guides/replay.md');
		const curve = join(directory.path, 'evening.csv');
		writeFileSync(curve, blockThat(page, 'time,active_power_w'));
		const shown = blockThat(page, '$ npx pilotwire replay evening.csv --outside=-5').split('\n').slice(1);
		const replay = startProcess(['packages/cli/src/main.ts', 'replay', curve, '--outside=-5']);
		expect((await replay.ended).code).to.equal(0);
		const printed = new Set(replay.lines.map(({ text }) => form(text.replace(curve, 'evening.csv'))));
		expect(shown.filter((line) => line !== '' && line !== '...' && !printed.has(form(line)))).to.deep.equal([]);
	});
});
