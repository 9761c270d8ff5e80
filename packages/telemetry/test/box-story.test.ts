import type { BoxStory } from '@pilotwire/contract';
import { expect } from 'chai';
import { blackBoxMethods } from '../src/methods.ts';

const story: BoxStory = {
	...{ ending: 'running', at: '2026-01-15T18:00:00.000Z', phases: [], rises: [], decisions: [], waited: [] },
	...{ circuits: 0, disobeyed: [], offline: [], boards: [], advice: [{ what: 'nothing' }] },
};
const blackBox = { save: () => Promise.resolve('0001-asked.box') };

describe('the story of a black box', () => {
	it('is told once, however many ask at a time, and anew afterwards', async () => {
		const tellings: ((told: BoxStory) => void)[] = [];
		const storyteller = { tell: () => new Promise<BoxStory>((resolve) => tellings.push(resolve)) };
		const { 'blackBox.story': method } = blackBoxMethods(blackBox, storyteller);
		const ask = method?.run as (parameters: object) => Promise<unknown>;
		const both = [ask({}), ask({})];
		expect(tellings).to.have.length(1);
		tellings[0]?.(story);
		expect(await Promise.all(both)).to.deep.equal([story, story]);
		const later = ask({});
		expect(tellings).to.have.length(2);
		tellings[1]?.(story);
		expect(await later).to.deep.equal(story);
	});

	it('is no method where nobody can tell it', () => {
		expect(Object.keys(blackBoxMethods(blackBox))).to.deep.equal(['blackBox.save']);
	});
});
