import { readdirSync, readFileSync } from 'node:fs';
import { type Topic, topics } from '@pilotwire/contract';
import { instantOf } from '@pilotwire/runtime';
import { VirtualClock } from '@pilotwire/runtime/testing';
import { type InfluxdbProcess, startInfluxdb } from '@pilotwire/test/influxdb';
import { influxdb, need } from '@pilotwire/test/parts';
import { noProcessLeft } from '@pilotwire/test/processes';
import { expect } from 'chai';
import { telemetrySections } from '../src/config.ts';
import { DerivedPoints } from '../src/core/derived.ts';
import { cellFields } from '../src/core/influx-cells.ts';
import { fields } from '../src/core/influxql.ts';
import type { Point } from '../src/core/point.ts';
import { recordedTopics } from '../src/core/points.ts';
import { keepFor } from '../src/core/store.ts';
import type { Recorded } from '../src/core/thinning.ts';
import { InfluxdbStore } from '../src/io/influxdb-store.ts';

const deploy = new URL('../../../deploy/grafana/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, deploy), 'utf8');

interface Query {
	readonly dashboard: string;
	readonly source: string;
	/** As it stands in the file. */
	readonly text: string;
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
			const [, selected = '', series = '', rest = ''] =
				/SELECT ([^()]*\(.*) FROM "([^"]+)" WHERE (.*)$/.exec(query) ?? [];
			const named = [...query.matchAll(/ AS "([^"]+)"/g)].map(([, name]) => name);
			const quoted = (text: string) =>
				[...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '').filter((name) => !named.includes(name));
			return { dashboard, source: datasource.uid, text: query, series, fields: quoted(selected), tags: quoted(rest) };
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

describe('the dashboards for Grafana, asked of a real InfluxDB', function () {
	this.timeout(60_000);
	noProcessLeft('suite');
	const startMs = Date.UTC(2026, 0, 5);
	const [days, dayMs, stepMs] = [3, 86_400_000, 600_000];
	const databases = { 'pilotwire-points': 'pilotwire', 'pilotwire-hours': 'pilotwire_hours' } as const;
	let server: InfluxdbProcess | undefined;

	/** What a meter's register stands at: it is set back on the second day. */
	const standsAt = (index: number): number => (index < 200 ? 5_000 : 0) + index * 7;

	before(async function () {
		need(this, influxdb);
		server = await startInfluxdb();
		const keep = { points: 36_500, minutes: 36_500 };
		const { influxdb: section } = telemetrySections.history.parse({ keep, influxdb: { url: server.url } });
		const store = new InfluxdbStore(section ?? expect.fail(), new VirtualClock(), keepFor(keep));
		const points = [...written()].flatMap(([series, tags]) =>
			Array.from({ length: (days * dayMs) / stepMs }, (_, index): Point[] => {
				const at = startMs + index * stepMs;
				const own = Object.fromEntries([...tags].map((tag) => [tag, tag === 'register' ? 'BASE' : 'x']));
				const value = series === 'reading.energyWh' ? standsAt(index) : index % 50;
				const fedIn = { ...own, register: 'EAIT' };
				const all = [{ series, tags: own, at, value }];
				return series === 'reading.energyWh' ? [...all, { series, tags: fedIn, at, value: index * 2 }] : all;
			}).flat(),
		);
		await store.write(points);
		while (await store.upkeep());
		await store.close();
	});
	after(() => server?.remove());

	const ask = async ({ source, text }: Query): Promise<{ values: [number, number | null][] }[]> => {
		const range = `time >= ${startMs}ms AND time < ${startMs + days * dayMs}ms`;
		const q = text.replaceAll('$timeFilter', range).replaceAll('$__interval', '1h');
		const db = databases[source as keyof typeof databases];
		const answer = await fetch(`${server?.url}/query`, {
			method: 'POST',
			body: new URLSearchParams({ db, epoch: 'ms', q }),
		});
		const { results } = (await answer.json()) as {
			results: { error?: string; series?: { values: [number, number | null][] }[] }[];
		};
		expect(results[0], q).to.not.have.property('error');
		return results[0]?.series ?? [];
	};

	it('have something to show in every panel', async () => {
		for (const query of queries) {
			const shown = (await ask(query)).flatMap(({ values }) => values.filter(([, value]) => value !== null));
			expect(shown.length, query.text).to.be.greaterThan(1);
		}
	});

	it('show the energy of each day, and no step where a register was set back', async () => {
		const drawn = queries.find(({ text }) => text.includes('!~ /^(EAST')) ?? expect.fail();
		const [line] = await ask(drawn);
		// Local days begin at 23:00 UTC: two are whole. The hour in which the register was set back is nobody's.
		const whole = line?.values.slice(1, 3).map(([, wh]) => wh);
		expect(whole).to.deep.equal([(144 - 6) * 7, 144 * 7]);
	});
});
