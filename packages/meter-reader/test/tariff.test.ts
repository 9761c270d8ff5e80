import { Calendar } from '@pilotwire/calendar';
import { type ReadingState, topics } from '@pilotwire/contract';
import { instantOf, tariffSections } from '@pilotwire/runtime';
import { temporaryDirectory } from '@pilotwire/test/temporary';
import { expect } from 'chai';
import fc from 'fast-check';
import { scheduledAt } from '../src/tariff/schedule.ts';
import { TariffWatch } from '../src/tariff/tariff-watch.ts';
import { colourOfWord, periodOfWord, wordIn } from '../src/tariff/topic-words.ts';
import { frame, ReaderBench } from './support.ts';

const paris = new Calendar('Europe/Paris');
const night = [{ from: '22:00', to: '06:00' }];
const local = (date: string, time: string, which?: 'last'): number => {
	const [hour = 0, minute = 0] = time.split(':').map(Number);
	return paris.instant(date, hour * 60 + minute, which);
};
const watch = (config: unknown) => new TariffWatch(tariffSections.tariff.parse(config), paris);
const at = local('2026-01-15', '12:00');

describe('the scheduled tariff', () => {
	it('knows when the period began and when the next one does, over midnight', () => {
		expect(scheduledAt(paris, night, local('2026-01-15', '01:00'))).to.deep.equal({
			period: 'off_peak',
			sinceMs: local('2026-01-14', '22:00'),
			untilMs: local('2026-01-15', '06:00'),
		});
		expect(scheduledAt(paris, night, local('2026-01-15', '06:00')).period).to.equal('peak');
		expect(scheduledAt(paris, [], at)).to.deep.equal({ period: 'all_hours' });
	});

	it('goes by the clocks on both days of their change', () => {
		const hours = [{ from: '01:30', to: '02:30' }];
		const spring = scheduledAt(paris, hours, local('2026-03-29', '01:45'));
		// 02:00 to 03:00 is left out: the hours end as clocks go on.
		expect(spring).to.deep.equal({
			period: 'off_peak',
			sinceMs: local('2026-03-29', '01:30'),
			untilMs: local('2026-03-29', '03:00'),
		});
		// 02:00 to 03:00 comes twice: what clocks show for the second time counts again.
		const [first, second] = [local('2026-10-25', '02:30'), local('2026-10-25', '02:30', 'last')];
		expect(scheduledAt(paris, hours, first).period).to.equal('peak');
		expect(scheduledAt(paris, hours, first).untilMs).to.equal(second - 1_800_000);
		expect(scheduledAt(paris, hours, second - 1).period).to.equal('off_peak');
		expect(scheduledAt(paris, hours, second).period).to.equal('peak');
	});

	it('has no moment without a period, and changes exactly where it said', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
				fc.constantFrom(night, [
					{ from: '02:15', to: '07:00' },
					{ from: '12:38', to: '14:38' },
				]),
				(momentMs, hours) => {
					const { period, sinceMs = 0, untilMs = 0 } = scheduledAt(paris, hours, momentMs);
					expect(sinceMs).to.be.at.most(momentMs);
					expect(untilMs).to.be.above(momentMs);
					expect(scheduledAt(paris, hours, untilMs - 1).period).to.equal(period);
					expect(scheduledAt(paris, hours, untilMs).period).not.to.equal(period);
					expect(scheduledAt(paris, hours, sinceMs - 1).period).not.to.equal(period);
				},
			),
			{ numRuns: 200 },
		);
	});
});

describe('the tariff in force', () => {
	const reading = (fields: Partial<ReadingState>): ReadingState => ({
		at: instantOf(at),
		mode: 'historic',
		phases: 1,
		energyWh: {},
		reactiveEnergyVArh: {},
		...fields,
	});
	const blue = { name: 'off_peak', colour: 'blue', text: 'HCJB' } as const;
	const red = { name: 'peak', colour: 'red', text: 'HPJR' } as const;

	it("is the meter's, with its own word and the days' colours", () => {
		const tariff = watch({});
		expect(tariff.state(at)).to.deep.equal({ at: instantOf(at), source: 'meter' });
		tariff.hearReading(reading({ tariffPeriod: blue, colourToday: 'blue', colourTomorrow: 'red' }), at);
		expect(tariff.state(at)).to.deep.equal({
			...{ at: instantOf(at), source: 'meter', period: 'off_peak', label: 'HCJB', colour: 'blue' },
			...{ colourToday: 'blue', colourTomorrow: 'red' },
		});
		tariff.hearReading(reading({ tariffPeriod: red, colourToday: 'red' }), at + 5_000);
		expect(tariff.state(at + 9_000)).to.include({ period: 'peak', colour: 'red', since: instantOf(at + 5_000) });
		expect(tariff.state(at + 9_000)).not.to.have.property('colourTomorrow');
	});

	it('is a day of peaks for EJP once the meter gives notice', () => {
		const tariff = watch({});
		tariff.hearReading(reading({ tariffPeriod: { name: 'normal', text: 'HN..' } }), at);
		expect(tariff.state(at)).not.to.have.property('colourToday');
		tariff.hearReading(reading({ tariffPeriod: { name: 'normal', text: 'HN..' }, peakNoticeMin: 30 }), at);
		expect(tariff.state(at)).to.include({ period: 'normal', colourToday: 'peak' });
	});

	it('is that of the hours where the meter does not say it', () => {
		const tariff = watch({ source: 'schedule' });
		tariff.hearReading(reading({ tariffPeriod: { name: 'all_hours', text: 'TH..' } }), at);
		expect(tariff.state(at)).to.deep.equal({
			...{ at: instantOf(at), source: 'schedule', period: 'peak', since: instantOf(local('2026-01-15', '06:00')) },
			next: { at: instantOf(local('2026-01-15', '22:00')), period: 'off_peak' },
		});
	});

	it('is that of topics, and until 06:00 has the colour of the day before', () => {
		const day = { topic: 'rte/tempo', path: 'days.today' };
		const tariff = watch({
			source: 'topic',
			topic: { colourToday: day, colourTomorrow: { ...day, path: 'days.tomorrow' } },
		});
		tariff.hearTopic('rte/tempo', '{"days":{"today":"TEMPO_BLANC","tomorrow":"TEMPO_ROUGE"}}', at);
		expect(tariff.state(at)).to.include({
			period: 'peak',
			colour: 'white',
			colourToday: 'white',
			colourTomorrow: 'red',
		});
		const early = local('2026-01-16', '03:00');
		tariff.hearTopic('rte/tempo', '{"days":{"today":"TEMPO_ROUGE","tomorrow":null}}', early);
		expect(tariff.state(early)).to.include({ period: 'off_peak', colour: 'white', colourTomorrow: 'red' });
		const six = tariff.state(local('2026-01-16', '06:00'));
		expect(six).to.include({ colour: 'red', colourToday: 'red' });
		expect(six).not.to.have.property('colourTomorrow');
	});

	it('says what a topic says that nobody understands, and keeps what was known', () => {
		const tariff = watch({ source: 'topic', topic: { period: { topic: 'ha/tariff', words: { Nuit: 'off_peak' } } } });
		expect(tariff.state(at).problem).to.include('said nothing yet');
		tariff.hearTopic('ha/tariff', 'Nuit', at);
		expect(tariff.state(at)).to.include({ period: 'off_peak', label: 'Nuit' });
		tariff.hearTopic('ha/tariff', 'Jour', at);
		expect(tariff.state(at)).to.include({ period: 'off_peak' });
		expect(tariff.state(at).problem).to.include('"Jour"');
	});

	it('never breaks on what a topic says', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
				const said = { topic: 't', path: 'a.b', words: {} };
				const tariff = watch({
					source: 'topic',
					topic: { period: said, colourToday: { topic: 't' }, colourTomorrow: said },
				});
				tariff.hearTopic('t', text, at);
				expect(tariff.state(at).source).to.equal('topic');
			}),
		);
	});
});

describe('the words of topics', () => {
	const words = {};
	it('are those of meters, of suppliers and of this house', () => {
		for (const word of ['HC', 'HC..', 'HEURE  CREUSE', 'off_peak'])
			expect(periodOfWord(word, { words })).to.equal('off_peak');
		for (const word of ['HP', 'HPJR', 'peak']) expect(periodOfWord(word, { words })).to.equal('peak');
		expect(periodOfWord('42', { words })).to.equal(undefined);
		for (const word of ['BLEU', 'Blue', '1', 'TEMPO_BLEU']) expect(colourOfWord(word, { words })).to.equal('blue');
		for (const word of ['ROUGE', 'red', '3']) expect(colourOfWord(word, { words })).to.equal('red');
		expect(colourOfWord('NON_DEFINI', { words })).to.equal(undefined);
		expect(colourOfWord('J', { words: { J: 'white' } })).to.equal('white');
	});
	it('stand whole, or at a path', () => {
		expect(wordIn(' HC ', undefined)).to.equal('HC');
		expect(wordIn('{"a":{"b":2}}', 'a.b')).to.equal('2');
		expect(wordIn('{"a":[]}', 'a.b')).to.equal(undefined);
		expect(wordIn('{', 'a')).to.equal(undefined);
	});
});

describe('what the meter-reader says of a meter', () => {
	const directory = temporaryDirectory();
	const base = (address: string, wh: string) =>
		frame(
			'historic',
			`ADCO ${address}|OPTARIF HC..|ISOUSC 30|HCHC ${wh}|HCHP 000000100|PTEC HP..|IINST 003|PAPP 00690`,
		);

	it('tells one meter from another without its address, the same after a restart', async () => {
		const identities = async (addresses: readonly string[]) => {
			const bench = new ReaderBench(directory.path);
			await bench.start();
			for (const address of addresses) await bench.send(base(address, '000456789'));
			await bench.stop();
			expect(bench.failures).to.deep.equal([]);
			return bench.readings.map(({ identity }) => identity);
		};
		const [first, other] = await identities(['031861234567', '031867654321']);
		expect(first).to.match(/^[0-9a-f]{16}$/);
		expect(other)
			.to.match(/^[0-9a-f]{16}$/)
			.and.not.equal(first);
		expect(await identities(['031861234567'])).to.deep.equal([first]);
	});

	it('publishes the tariff in force when it changes, and again after five minutes', async () => {
		const bench = new ReaderBench(directory.path);
		await bench.start();
		await bench.send(base('031861234567', '000456789'));
		expect(bench.published(topics.tariff).at(-1)).to.include({ period: 'peak', label: 'HP..', source: 'meter' });
		const { length } = bench.published(topics.tariff);
		await bench.send(base('031861234567', '000456790'));
		expect(bench.published(topics.tariff)).to.have.length(length);
		await bench.clock.advanceAsync(301_000);
		expect(bench.published(topics.tariff)).to.have.length(length + 1);
		await bench.stop();
	});
});
