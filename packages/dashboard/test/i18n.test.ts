import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { formatOf, withFirst } from '../src/core/format.ts';
import { languageFor, translatorOf } from '../src/i18n/index.ts';
import { dictionaries } from '../src/i18n/words.ts';

const root = new URL('../src/', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
	(name) => /\.tsx?$/.test(name) && !name.startsWith('i18n/'),
);
// Each screen brings its words along.
for (const name of readdirSync(new URL('i18n/', root))) await import(new URL(`i18n/${name}`, root).href);
const sources = new Map(files.map((name) => [name, readFileSync(new URL(name, root), 'utf8')]));
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

describe('the two languages', () => {
	const { en, fr } = dictionaries;

	it('have the same sentences, none empty, with the same figures', () => {
		expect(Object.keys(fr)).to.deep.equal(Object.keys(en));
		for (const [key, text] of Object.entries(en)) {
			expect(fr[key]?.trim(), key).to.not.equal('');
			expect(placeholders(fr[key] ?? ''), key).to.deep.equal(placeholders(text));
		}
	});

	it('have no sentence that no screen says', () => {
		const all = [...sources.values()].join('\n');
		const templates = [...all.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{[^}]+\}`/g)].map(([, start = '']) => start);
		const isSaid = (key: string): boolean =>
			all.includes(`'${key}'`) ||
			all.includes(`="${key}"`) ||
			templates.some((start) => key.startsWith(start) && !key.slice(start.length).includes('.'));
		const unused = Object.keys(en).filter((key) => !isSaid(key));
		expect(unused).to.deep.equal([]);
	});

	it('hold every word that people see: none stands in a view', () => {
		// A type of a generic is no element.
		const names = new Set(['Pilotwire', 'Promise']);
		const found: string[] = [];
		for (const [name, source] of sources) {
			if (!name.endsWith('.tsx')) continue;
			for (const [, text = ''] of source.matchAll(/<\w[^<>]*>\s*([A-Za-zÀ-ÿ][^<>{}]*)</g)) {
				if (!names.has(text.trim())) found.push(`${name}: ${text.trim()}`);
			}
			for (const [, text = ''] of source.matchAll(/(?:aria-label|title|alt|placeholder)="([^"]+)"/g)) {
				found.push(`${name}: ${text}`);
			}
		}
		expect(found).to.deep.equal([]);
	});

	it('put figures into sentences, and leave none out in silence', () => {
		expect(translatorOf('fr')('now.over', { phase: 2 })).to.equal('Phase 2 au-dessus de sa limite');
		expect(translatorOf('en')('now.over')).to.include('{phase}');
	});

	it("use the trade's own words in French", () => {
		const said = Object.values(fr).join('\n').toLowerCase();
		for (const word of ['délestage', 'fil pilote', 'hors-gel', 'heures creuses', 'confort\u00a0−1', 'éco', 'arrêt']) {
			expect(said).to.include(word);
		}
	});

	it('are chosen by the first that the browser names', () => {
		expect(languageFor(['de-DE', 'fr-CA', 'en'])).to.equal('fr');
		expect(languageFor(['en-US', 'fr'])).to.equal('en');
		expect(languageFor(['de'])).to.equal('en');
	});
});

describe('figures in words', () => {
	const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

	it('are written as each language writes them', () => {
		expect(formatOf('fr').kilo(2_345)).to.equal('2,35');
		expect(formatOf('en').kilo(2_345)).to.equal('2.35');
		expect(formatOf('en').kilo(12_345)).to.equal('12.3');
		expect(plain(formatOf('fr').kwh(12_345_678))).to.equal('12 345 kWh');
		expect(formatOf('en').percent(0.428)).to.equal('43%');
	});

	it('name the day of a moment that is not today', () => {
		const now = new Date(2026, 0, 15, 18).getTime();
		expect(formatOf('en').moment(new Date(2026, 0, 15, 17, 5).getTime(), now)).to.equal('17:05');
		expect(formatOf('en').moment(new Date(2026, 0, 14, 17, 5).getTime(), now)).to.match(/14.*17:05/);
	});

	it("are in the house's time zone, wherever the screen is", () => {
		const atMs = Date.UTC(2026, 0, 15, 3, 30);
		expect(formatOf('en', 'America/Los_Angeles').clock(atMs)).to.equal('19:30');
		expect(formatOf('en', 'Asia/Tokyo').clock(atMs)).to.equal('12:30');
		// The same day in one place, the day after in the other.
		const later = atMs + 5 * 3_600_000;
		expect(formatOf('en', 'Asia/Tokyo').moment(atMs, later)).to.equal('12:30');
		expect(formatOf('en', 'America/Los_Angeles').moment(atMs, later)).to.match(/14.*19:30/);
		expect(formatOf('en', 'America/Los_Angeles').tick(Date.UTC(2026, 0, 15, 8), 3_600_000)).to.equal('15 Jan');
	});

	it("call a month's first day in French what it is called", () => {
		expect(formatOf('fr').day('2026-02-01')).to.equal('1er février 2026');
		expect(formatOf('fr').day('2026-02-21')).to.equal('21 février 2026');
		expect(formatOf('en').day('2026-02-01')).to.equal('1 February 2026');
		expect(withFirst('dimanche 1 mars 2026', 'fr-FR')).to.equal('dimanche 1er mars 2026');
	});

	it('say lengths of time in one unit', () => {
		const { duration } = formatOf('fr');
		expect([45_000, 200_000, 7_300_000, 3 * 86_400_000].map((ms) => plain(duration(ms)))).to.deep.equal([
			'45 s',
			'3 min',
			'2 h',
			'3 j',
		]);
	});
});
