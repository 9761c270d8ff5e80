import { alertKinds } from '@pilotwire/contract';
import { expect } from 'chai';
import type { Alert, Notice } from '../src/core/alert.ts';
import { Speaker } from '../src/core/message.ts';
import { type Language, languages } from '../src/words/words.ts';

/** 19:02 in Paris. */
const SINCE_MS = Date.UTC(2026, 0, 15, 18, 2);
const alert: Alert = {
	...{ id: 'meter_silent main 1', kind: 'meter_silent', subject: 'main', severity: 'warning', sinceMs: SINCE_MS },
	detail: 'silent',
};
const minutes = (count: number): number => SINCE_MS + count * 60_000;
const speaker = (language: Language) => new Speaker(language, 'Europe/Paris');
const say = (language: Language, nowMs: number, ...notices: Notice[]) =>
	speaker(language).message({ notices, lost: 0, quiet: false }, nowMs);

describe('a message', () => {
	it('says in English what began, since when, and what to do', () => {
		const { title, text, severity, isOver } = say('en', minutes(5), { alert, phase: 'begin', atMs: minutes(5) });
		expect(title).to.equal('The meter is silent');
		expect(text).to.match(/^Since 19:02\. Look at the cable between the meter and this machine\./);
		expect({ severity, isOver }).to.deep.equal({ severity: 'warning', isOver: false });
	});

	it('says in French what is over, and how long it was', () => {
		const { title, text, isOver } = say('fr', minutes(16), {
			...{ alert, phase: 'end', atMs: minutes(16), untilMs: minutes(14) },
		});
		expect(title).to.equal('Le compteur parle de nouveau');
		expect(text).to.equal('De 19:02 à 19:16 : 14 minutes.');
		expect(isOver).to.equal(true);
	});

	it('says the day where it is not today’s', () => {
		const past = { alert, phase: 'past', atMs: minutes(840), untilMs: minutes(840) } as const;
		expect(say('en', minutes(900), past).text).to.match(/^From Thursday 15 January at 19:02 to 09:02: 14 h\./);
		expect(say('fr', minutes(900), past).text).to.match(/^De jeudi 15 janvier à 19:02 à 09:02 : 14 h\./);
	});

	it('tells several things in one, the numbers of each', () => {
		const breaker: Alert = { ...alert, id: 'b', kind: 'breaker_opened', severity: 'alarm', detail: 'load_gone' };
		const { title, text, severity, alerts } = speaker('en').message(
			{
				notices: [
					{ alert: breaker, phase: 'begin', atMs: minutes(1) },
					{ alert, phase: 'past', atMs: minutes(3), untilMs: minutes(3) },
				],
				...{ lost: 2, quiet: false },
			},
			minutes(4),
		);
		expect(title).to.equal('2 messages from the house');
		expect(text.split('\n')[0]).to.match(/^• The breaker opened\. Since 19:02\. More than the limit/);
		expect(text.split('\n').slice(1)).to.deep.equal([
			'• The meter was silent. From 19:02 to 19:05: 3 minutes.',
			'2 more had no room.',
		]);
		expect(severity).to.equal('alarm');
		expect(alerts.map(({ id, state }) => [id, state])).to.deep.equal([
			['b', 'on'],
			[alert.id, 'over'],
		]);
	});

	it('has words for every kind and phase in every language, and no word of a program', () => {
		for (const language of languages) {
			for (const kind of alertKinds) {
				for (const phase of ['begin', 'end', 'past', 'unknown'] as const) {
					for (const name of [undefined, 'Salon']) {
						const one: Alert = { ...alert, kind, ...(name === undefined ? {} : { name }), figure: 5.25 };
						const { title, text } = say(language, minutes(9), { alert: one, phase, atMs: 0, untilMs: minutes(8) });
						for (const sentence of [title, text]) {
							expect(sentence, `${language} ${kind} ${phase}`).to.match(/\S/);
							expect(sentence, `${language} ${kind} ${phase}`).to.not.match(/undefined|NaN|_|\{|\s\s|\.\./);
						}
						expect(title.length).to.be.lessThan(80);
					}
				}
			}
		}
	});

	it('says figures as the language writes them', () => {
		const cold: Alert = { ...alert, kind: 'room_cold', name: 'Salon', figure: 6.42 };
		const begin = { alert: cold, phase: 'begin', atMs: 0 } as const;
		expect(say('en', minutes(1), begin).title).to.equal('Salon is cold: 6.4 °C');
		expect(say('fr', minutes(1), begin).title).to.equal('Il fait froid dans Salon : 6,4 °C');
	});
});
