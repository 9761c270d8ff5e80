import { expect } from 'chai';
import { type ConfigList, entriesIn, withEntries } from '../src/config/edit.ts';

const radiators: ConfigList = { path: ['radiators'], key: 'id' };
const boards: ConfigList = { path: ['boards', 'modules'], key: 'address', keyDefault: 0x20 };

const TEXT = `# My house
site: home
boards:
  bus: 1 # the GPIO header
  modules:
    - address: 0x20 # left
      phase: 1
radiators:
  # The warm one
  - id: salon
    board: 0x20
    wire: 1
    powerW: 1500 # on its plate
  - id: bureau
    wire: 2
    powerW: 750
mqtt:
  password: 'kept # as it is'
`;

describe('a change of entries in a configuration', () => {
	const with1 = (list: ConfigList, entries: readonly Record<string, unknown>[], text = TEXT) =>
		withEntries(text, [{ list, entries }]);
	const [salon, bureau] = entriesIn(TEXT, radiators) as [Record<string, unknown>, Record<string, unknown>];

	it('leaves a text as it is where nothing is another', () => {
		expect(with1(radiators, [salon, bureau])).to.equal(TEXT);
		expect(with1({ path: ['rooms'], key: 'id' }, [])).to.equal(TEXT);
	});

	it('changes only what is another: comments, hexadecimal figures and the rest stay', () => {
		const edited = with1(radiators, [{ ...salon, powerW: 1540, board: 0x21, name: 'Salon' }, bureau]);
		expect(edited).to.equal(
			TEXT.replace('powerW: 1500', 'powerW: 1540')
				.replace('board: 0x20', 'board: 0x21')
				.replace('# on its plate', '# on its plate\n    name: Salon'),
		);
	});

	it('takes out and adds entries', () => {
		const edited = with1(radiators, [salon, { id: 'cuisine', board: 0x20, wire: 3, powerW: 500 }]);
		expect(edited).to.include('# The warm one');
		expect(edited).to.include('board: 0x20\n    wire: 3');
		expect(entriesIn(edited, radiators).map(({ id }) => id)).to.deep.equal(['salon', 'cuisine']);
		expect(with1(radiators, [bureau, salon])).to.match(/id: bureau[\s\S]*id: salon/);
	});

	it('begins a list that was not there', () => {
		const edited = with1({ path: ['rooms'], key: 'id' }, [{ id: 'salon', name: 'Salon' }]);
		expect(edited).to.include('rooms:\n  - id: salon\n    name: Salon\n');
		const bare = with1(boards, [{ address: 0x21, phase: 2 }], 'site: home\n');
		expect(entriesIn(bare, boards)).to.deep.equal([{ address: 0x21, phase: 2 }]);
		expect(with1(radiators, [{ id: 'a', wire: 1 }], 'radiators: []\n')).to.equal(
			'radiators:\n  - id: a\n    wire: 1\n',
		);
	});

	it('knows an entry that leaves out what it is told apart by', () => {
		const text = 'boards:\n  modules:\n    - phase: 1 # the only one\n';
		expect(with1(boards, [{ phase: 2 }], text)).to.equal(text.replace('phase: 1', 'phase: 2'));
	});

	it('changes an entry that others borrow from, and refuses to take away what they borrow', () => {
		const text = 'radiators:\n  - { id: a, wire: 1, output: &o { on: 1 } }\n  - { id: b, wire: 2, output: *o }\n';
		const [a, b] = entriesIn(text, radiators) as [Record<string, unknown>, Record<string, unknown>];
		const edited = with1(radiators, [{ ...a, output: { on: 2 } }, b], text);
		expect(entriesIn(edited, radiators).map(({ output }) => output)).to.deep.equal([{ on: 2 }, { on: 1 }]);
		expect(() => with1(radiators, [b], text)).to.throw('CONFIGURATION_NOT_EDITABLE');
		expect(() => with1(radiators, [a], 'radiators: [')).to.throw('CONFIGURATION_NOT_YAML');
	});
});
