import { readdirSync, readFileSync } from 'node:fs';
import { type Topic, topics } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { expect } from 'chai';
import { DerivedPoints } from '../src/core/derived.ts';
import { cellFields } from '../src/core/influx-cells.ts';
import { fields } from '../src/core/influxql.ts';
import { recordedTopics } from '../src/core/points.ts';
import type { Recorded } from '../src/core/thinning.ts';

const deploy = new URL('../../../deploy/grafana/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, deploy), 'utf8');

interface Query {
	readonly dashboard: string;
	readonly source: string;
	readonly series: string;
	readonly fields: readonly string[];
	readonly tags: readonly string[];
}

const dashboards = readdirSync(new URL('dashboards/', deploy));

/** What the panels ask: InfluxQL names what it selects from and groups by in double quotes. */
const queries = dashboards.flatMap((dashboard): Query[] => {
	const { panels } = JSON.parse(read(`dashboards/${dashboard}`)) as {
		panels: { targets: { query: string; datasource: { uid: string } }[] }[];
	};
	return panels.flatMap(({ targets }) =>
		targets.map(({ query, datasource }) => {
			const [, selected = '', series = '', rest = ''] = /^SELECT (.*) FROM "([^"]+)" WHERE (.*)$/.exec(query) ?? [];
			const quoted = (text: string) => [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '');
			return { dashboard, source: datasource.uid, series, fields: quoted(selected), tags: quoted(rest) };
		}),
	);
});

/** Tags of each series that telemetry writes, from messages that hold all that the dashboards show. */
function written(): Map<string, Set<string>> {
	const at = instantOf(Date.UTC(2026, 0, 5));
	const later = instantOf(Date.UTC(2026, 0, 5, 0, 2));
	const phase = { phase: 1 as const, loadVA: 1, limitVA: 2, headroomVA: 1, predictedVA: 1, filterUsed: 0.5 };
	const waiting = [{ circuit: 'a', phase: 1 as const, since: at, shed: true, why: 'no headroom' }];
	const shedder = { at, mode: 'shedding' as const, phases: [phase], waiting };
	const take = (topic: Topic<string, never>, payload: unknown, parameters: Record<string, string> = {}): Recorded[] =>
		recordedTopics.find((each) => each.topic === (topic as unknown))?.points(payload, parameters, 0) ?? [];
	const derived = new DerivedPoints();
	const points = [
		...take(
			topics.loadLog as never,
			{ at, first: 0, samples: [{ at, phase: 1, apparentPowerVA: 1, currentA: 1 }] },
			{ meter: 'main' },
		),
		...take(
			topics.reading as never,
			{ at, mode: 'historic', phases: 1, energyWh: { BASE: 1 }, reactiveEnergyVArh: {} },
			{ meter: 'main' },
		),
		...take(topics.link as never, { at, groupsGood: 1, connected: true }, { meter: 'main' }),
		...take(topics.circuit as never, { at, measuredPowerW: 1 }, { circuit: 'a' }),
		...take(topics.probe as never, { at, temperatureC: 1, room: 'b' }, { probe: 'a' }),
		...take(topics.shedder as never, shedder),
		...derived.shedder({ ...shedder }),
		...derived.shedder({ ...shedder, at: later }),
	];
	const series = new Map<string, Set<string>>();
	for (const { draft } of points) {
		if (draft.value !== undefined) series.set(draft.series, new Set(Object.keys(draft.tags)));
	}
	return series;
}

describe('the dashboards for Grafana', () => {
	it('are there, and every panel asks something', () => {
		expect(dashboards).to.have.members(['house.json', 'years.json']);
		expect(queries.length).to.be.greaterThan(14);
		expect(queries.filter(({ series, fields: asked }) => series === '' || asked.length === 0)).to.deep.equal([]);
	});

	it('ask only for series, tags and fields that telemetry writes', () => {
		const series = written();
		for (const { dashboard, source, series: name, fields: asked, tags } of queries) {
			const known = series.get(name) ?? expect.fail(`${dashboard} asks for ${name}`);
			expect([...known], `${dashboard}: tags of ${name}`).to.include.members([...tags]);
			const there: readonly string[] = source === 'pilotwire-points' ? Object.values(fields) : cellFields;
			expect(there, `${dashboard}: fields of ${name}`).to.include.members([...asked]);
		}
	});

	it('ask sources that are set up', () => {
		const text = read('provisioning/datasources/pilotwire.yaml');
		const sources = [...text.matchAll(/^\s+uid: (\S+)$/gm)].map(([, uid]) => uid);
		expect(sources).to.include.members([...new Set(queries.map(({ source }) => source))]);
	});
});
