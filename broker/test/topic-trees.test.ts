import { expect } from 'chai';
import fc from 'fast-check';
import { FilterTree } from '../src/persistence/filter-tree.ts';
import { levelsOf } from '../src/persistence/filters.ts';
import { TopicTree } from '../src/persistence/topic-tree.ts';

/** MQTT 3.1.1 section 4.7, word by word. */
function takesIn(filter: readonly string[], topic: readonly string[]): boolean {
	if (topic[0]?.startsWith('$') === true && (filter[0] === '#' || filter[0] === '+')) return false;
	for (const [index, level] of filter.entries()) {
		if (level === '#') return topic.length >= index;
		if (index >= topic.length || (level !== '+' && level !== topic[index])) return false;
	}
	return filter.length === topic.length;
}

const name = fc.constantFrom('a', 'b', '', '$SYS', '__proto__', 'é');
const topic = fc.array(name, { minLength: 1, maxLength: 4 });
const filter = fc
	.tuple(fc.array(fc.oneof(name, fc.constant('+')), { maxLength: 4 }), fc.boolean())
	.map(([levels, open]) => (open || levels.length === 0 ? [...levels, '#'] : levels));
const sorted = (all: Iterable<string>): string[] => [...all].sort();

describe('topic trees', () => {
	it('find the topics that a filter takes in, after any additions and removals', () => {
		fc.assert(
			fc.property(fc.array(topic), fc.array(topic), filter, (added, removed, wanted) => {
				const tree = new TopicTree<string>();
				const left = new Set(added.map((levels) => levels.join('/')));
				for (const one of left) tree.set(one, one);
				for (const levels of removed) {
					tree.delete(levels.join('/'));
					left.delete(levels.join('/'));
				}
				const expected = [...left].filter((one) => takesIn(wanted, one.split('/')));
				expect(sorted(tree.matching(wanted.join('/')))).to.deep.equal(sorted(expected));
				expect(sorted(tree.all())).to.deep.equal(sorted(left));
				for (const one of added)
					expect(tree.get(one.join('/'))).to.equal(left.has(one.join('/')) ? one.join('/') : undefined);
			}),
		);
	});

	it('find the filters that take a topic in, shared ones too', () => {
		const wide = fc
			.tuple(filter, fc.boolean())
			.map(([levels, shared]) => `${shared ? '$share/g/' : ''}${levels.join('/')}`);
		fc.assert(
			fc.property(fc.array(wide), fc.array(wide), topic, (added, removed, published) => {
				const tree = new FilterTree<string>();
				for (const one of added) tree.add(levelsOf(one), one, 'value');
				for (const one of removed) tree.remove(levelsOf(one), one, 'value');
				const left = [...new Set(added)].filter((one) => !removed.includes(one));
				const found: string[] = [];
				tree.match(published.join('/'), (one, values) => found.push(...[...values].map(() => one)));
				expect(sorted(found)).to.deep.equal(sorted(left.filter((one) => takesIn(levelsOf(one), published))));
			}),
		);
	});
});
