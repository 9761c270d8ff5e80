import { expect } from 'chai';
import { eventReason } from '../src/core/event-reasons.ts';
import { translatorOf } from '../src/i18n/index.ts';
import '../src/i18n/history.ts';

/** Each reason with the figures that the shedder gives it, as the history keeps them. */
const kept = {
	over_limit: { predictedVA: 7_200, limitVA: 6_000 },
	meter_alert: { limitVA: 6_000 },
	longest_wait: { waitedS: 480 },
	greater_need: { otherMissingK: 1.2, missingK: 1.1, turnS: 540 },
	own_place: {},
	headroom: { loadVA: 4_000, limitVA: 6_000, meanVA: 3_900, deviationVA: 100 },
	rotation: { waitedS: 480, loadVA: 4_000, limitVA: 6_000 },
	rotation_failed: { loadVA: 6_100, limitVA: 6_000 },
	not_obeyed: { afterS: 10 },
	not_drawing: { freedVA: 700, powerVA: 1_000, afterS: 10 },
	silence: {},
	paused: {},
	wants_less: {},
	protected: {},
	asked: { pauseS: 900 },
	carries: { loadVA: 7_000, limitVA: 6_000 },
	time_over: {},
} as const;
const reasons = Object.keys(kept) as (keyof typeof kept)[];

describe("the shedder's reasons", () => {
	for (const reason of reasons) {
		const figures = kept[reason];
		it(`are said whole in both languages, from a word and its figures: ${reason}`, () => {
			const said = eventReason(JSON.stringify({ reason, for: 'bureau', figures }));
			expect(said).to.deep.equal({ reason, who: 'bureau', figures });
			for (const language of ['en', 'fr'] as const) {
				const words = translatorOf(language)(`because.${reason}`, { phase: 2, who: 'Bureau', ...figures });
				expect(words).to.not.match(/[{}]|because/);
			}
		});

		it(`are left to the shedder's own sentence where a figure is missing: ${reason}`, () => {
			for (const name of Object.keys(figures)) {
				const fewer = Object.fromEntries(Object.entries(figures).filter(([other]) => other !== name));
				const said = eventReason(JSON.stringify({ reason, figures: fewer }));
				if (said === undefined) continue;
				expect(translatorOf('en')(`because.${reason}`, { phase: 2, who: '', ...fewer })).to.not.match(/[{}]/);
			}
		});
	}

	it('are unknown where nothing was kept, or what no words are for', () => {
		for (const text of [undefined, '', '{', '{"reason":"something_new","figures":{}}', '"paused"', 'null']) {
			expect(eventReason(text), String(text)).to.equal(undefined);
		}
	});
});
