import { expect } from 'chai';
import fc from 'fast-check';
import {
	emqxRights,
	emqxUsers,
	filtersOf,
	isEmqxText,
	maySubscribe,
	type Principal,
	serviceNames,
} from '../src/index.ts';

/** A rule of acl.conf, read back. */
interface Rule {
	readonly word: 'allow' | 'deny';
	readonly action: string;
	readonly topics: readonly { readonly exact: boolean; readonly filter: string }[];
}

function readRule(line: string): Rule {
	const [, word = '', action = '', topics = ''] =
		/^\{(allow|deny), \{username, "[^"\\]+"\}, (publish|subscribe), \[(.+)\]\}\.$/.exec(line) ?? [];
	if (word === '') throw new Error(`not a rule: ${line}`);
	const terms = [...topics.matchAll(/(\{eq, )?"([^"\\]+)"/g)];
	return {
		...{ word: word as Rule['word'], action },
		topics: terms.map(([, eq, filter = '']) => ({ exact: eq !== undefined, filter })),
	};
}

/** As `emqx_topic:match/2` does it, which takes a wildcard that is asked for as a word like any other. */
function matches([first, ...name]: readonly string[], [wanted, ...filter]: readonly string[]): boolean {
	if (wanted === '#' && filter.length === 0) return true;
	if (first === undefined || wanted === undefined) return first === wanted;
	return (first === wanted || wanted === '+') && matches(name, filter);
}

/** What EMQX decides: the first rule that fits. */
function decides(rules: readonly Rule[], action: string, asked: string): boolean {
	const fits = ({ exact, filter }: Rule['topics'][number]): boolean =>
		exact ? filter === asked : matches(asked.split('/'), filter.split('/'));
	return rules.find((rule) => rule.action === action && rule.topics.some(fits))?.word === 'allow';
}

describe("accounts in EMQX's files", () => {
	const everybody: readonly Principal[] = [
		{ kind: 'home', name: 'dupont', house: 'dupont' },
		{ kind: 'integrator', name: 'fitter', houses: ['dupont'] },
		...serviceNames.map((name) => ({ kind: 'service', name }) as const),
		{ kind: 'person', name: 'lou', role: 'resident' },
		{ kind: 'person', name: 'max', role: 'admin' },
		{ kind: 'device', name: 'probe' },
	];

	it('have the hash of their secret, and no salt', () => {
		// `emqx_authn_mnesia:import_users/3` of EMQX 5.8.9; its CSV has no room for an empty field.
		expect(JSON.parse(emqxUsers([{ name: 'Lou Martin', hash: 'ab12' }]))).to.deep.equal([
			{ user_id: 'Lou Martin', password_hash: 'ab12', salt: '', is_superuser: false },
		]);
		for (const name of ['lou', 'Lou Martin', 'élodie', 'a,b']) expect(isEmqxText(name), name).to.equal(true);
		for (const name of ['', 'a"b', 'a\\b', 'a\nb', ' a', 'eq a', ['$', '{username}'].join('')])
			expect(isEmqxText(name), name).to.equal(false);
	});

	it('have rules that EMQX reads, and none that is empty', () => {
		expect(emqxRights('dupont', { publish: [], read: [] })).to.deep.equal([]);
		for (const principal of everybody)
			for (const line of emqxRights(principal.name, filtersOf('home', principal)))
				expect(() => readRule(line)).to.not.throw();
		expect(emqxRights('x', { publish: ['a/+', 'a/+', 'b"c'], read: ['a/+', 'b/#', 'c/+', 'c/#'] })).to.deep.equal([
			'{deny, {username, "x"}, subscribe, [{eq, "a/#"}]}.',
			'{allow, {username, "x"}, publish, ["a/+"]}.',
			'{allow, {username, "x"}, subscribe, ["a/+", "b/#", "c/+", "c/#"]}.',
		]);
	});

	it('let nobody subscribe to more than the rules do, by whatever filter', () => {
		const level = fc.constantFrom(
			...['pilotwire', 'home', 'dupont', 'circuits', 'salon', 'state', 'set', 'services'],
			'+',
			'#',
		);
		let allowed = 0;
		for (const principal of everybody) {
			const filters = filtersOf('home', principal);
			const rules = emqxRights(principal.name, filters).map(readRule);
			const near = fc.constantFrom(...filters.read).map((filter) => filter.split('/'));
			const asked = fc.oneof(
				fc.array(level, { minLength: 1, maxLength: 6 }),
				fc
					.tuple(near, fc.nat(6), level)
					.map(([levels, at, other]) => levels.map((one, index) => (index === at ? other : one))),
				fc.tuple(near, fc.nat(6)).map(([levels, at]) => [...levels.slice(0, at), '#']),
			);
			fc.assert(
				fc.property(asked, (levels) => {
					const hash = levels.indexOf('#');
					const filter = (hash < 0 ? levels : levels.slice(0, hash + 1)).join('/');
					if (!decides(rules, 'subscribe', filter)) return;
					allowed += 1;
					// Where the rules want the id of a caller, a filter has a wildcard; and `x/+` with a wildcard in `x` can't be
					// kept from granting `x/#`, which the agents' own account alone has.
					if (!/\/rpc\/|\/agents\/[^+]+\/to\/#$/.test(filter))
						expect(maySubscribe('home', principal, filter), filter).to.equal(true);
				}),
				{ numRuns: 200 },
			);
		}
		expect(allowed).to.be.greaterThan(100);
	});
});
