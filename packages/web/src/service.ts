import { topics } from '@pilotwire/contract';
import { type Bus, RpcClient, type Service, type ServiceContext, TrustedProxies } from '@pilotwire/runtime';
import type { FastifyInstance } from 'fastify';
import { addApi } from './api/api.ts';
import { apiDocumentOnce } from './api/document-once.ts';
import { HouseStates } from './api/house-states.ts';
import { addLegacyApi } from './api/legacy.ts';
import type { ApiParts } from './api/parts.ts';
import { roleAccounts, type WebConfig } from './config.ts';
import { type CredentialsOf, embeddedCredentials, outsideCredentials } from './core/broker-account.ts';
import type { HouseFile } from './core/house-file.ts';
import { Sessions } from './core/sessions.ts';
import type { HouseAccounts } from './core/sign-in.ts';
import { refusals } from './errors.ts';
import { addAccountRoutes } from './io/account-routes.ts';
import { addDashboardFiles } from './io/dashboard-files.ts';
import { addHistoryRoutes } from './io/history-routes.ts';
import { addHouseFileRoutes } from './io/house-file-routes.ts';
import { type Address, answerRefusal, createHttp, listen } from './io/http-server.ts';
import { MqttEndpoint } from './io/mqtt-endpoint.ts';
import { SessionCookie } from './io/session-cookie.ts';
import { SessionFile } from './io/session-file.ts';
import { addHealthRoute, addOriginCheck, addSessionRoutes, type RouteParts, sessionOf } from './io/session-routes.ts';

const DAY_MS = 86_400_000;
/** How often sessions that have lasted long enough are looked for. Milliseconds. */
const SWEEP_MS = 1_000;
/** How often the last use of each session is put on disk. Milliseconds. */
const SAVE_MS = 6 * 3_600_000;
const SESSIONS_PER_PERSON = 50;
/** An answer of the history may take a while: years on an SD card. Milliseconds. */
const HISTORY_WITHIN_MS = 60_000;

/** The dashboard's files, sign-in and sign-out, and `/mqtt`, under one origin. */
export class Web implements Service {
	readonly #context: ServiceContext;
	readonly #bus: Bus;
	readonly #config: WebConfig;
	readonly #openAccounts: () => Promise<HouseAccounts>;
	readonly #houseFile: HouseFile | undefined;
	readonly #sessions: Sessions;
	readonly #file: SessionFile;
	#accounts: HouseAccounts | undefined;
	#app: FastifyInstance | undefined;
	#mqtt: MqttEndpoint | undefined;
	#address: Address | undefined;

	/** `openAccounts` is called once, by `start`; `stop` closes what it gave. `houseFile`: what administrators may change. */
	constructor(
		context: ServiceContext,
		bus: Bus,
		config: WebConfig,
		openAccounts: () => Promise<HouseAccounts>,
		houseFile?: HouseFile,
	) {
		const { idleDays, maxDays } = config.session;
		this.#context = context;
		this.#bus = bus;
		this.#config = config;
		this.#openAccounts = openAccounts;
		this.#houseFile = houseFile;
		this.#sessions = new Sessions(context.clock, {
			idleMs: Math.round(idleDays * DAY_MS),
			totalMs: Math.round(maxDays * DAY_MS),
			perPerson: SESSIONS_PER_PERSON,
		});
		this.#file = new SessionFile(config.dataDir, this.#sessions, context.log);
	}

	/** Takes up the sessions of its last life, then listens. Throws `WEB_*`, `SECRET_UNREADABLE` or what the accounts throw. */
	async start(): Promise<void> {
		const { clock, log, guard } = this.#context;
		const credentialsOf = await this.#prepare();
		const { host, port } = this.#config;
		const shared = this.#sharedParts();
		this.#app = await createHttp(shared.proxies, log, this.#config.otherBrokers);
		const rpc = new RpcClient(this.#bus, clock);
		await addOriginCheck(this.#app, shared);
		addHealthRoute(this.#app, shared);
		const { api, dashboard, legacyApi } = this.#config;
		const parts = this.#apiParts(shared, rpc);
		if (api) await addApi(this.#app, parts, apiDocumentOnce());
		if (legacyApi) await addLegacyApi(this.#app, { ...parts, ...shared });
		if (dashboard) await this.#addPages(this.#app, shared, rpc, credentialsOf);
		else this.#app.setNotFoundHandler((_request, reply) => answerRefusal(reply, refusals.notFound));
		this.#address = await listen(this.#app, host, port);
		this.#sessions.onEnd(
			guard(({ person }, reason) => {
				const facts = { audit: 'session_ended', account: person.name, reason };
				log.info(facts, `A session of ${person.name} ended: ${reason.replaceAll('_', ' ')}`);
			}),
		);
		clock.every(SWEEP_MS, () => this.#sessions.sweep());
		clock.every(
			SAVE_MS,
			guard(() => this.#file.save()),
		);
		this.#context.measure([
			{
				name: 'pilotwire_web_sessions',
				help: 'People signed in, by browser.',
				type: 'gauge',
				read: () => this.#sessions.count,
			},
		]);
		this.#bus.start();
		log.info({ ...this.#address }, `Web listens on ${this.#address.host}, port ${this.#address.port}`);
	}

	/** Closes every connection; sessions go on in the next life. */
	async stop(): Promise<void> {
		await this.#mqtt?.close();
		await this.#app?.close();
		if (this.#accounts !== undefined) await this.#file.save();
		await this.#accounts?.close();
		await this.#bus.stop();
	}

	/** The real address, once started. */
	address(): Address | undefined {
		return this.#address;
	}

	/** The dashboard's files, what its pages ask for, and `/mqtt`. */
	async #addPages(
		app: FastifyInstance,
		shared: RouteParts,
		rpc: RpcClient,
		credentialsOf: CredentialsOf,
	): Promise<void> {
		addSessionRoutes(app, shared);
		addAccountRoutes(app, { ...shared, outsideBroker: !this.#config.broker.embedded });
		if (this.#houseFile !== undefined) addHouseFileRoutes(app, shared, this.#houseFile);
		addHistoryRoutes(app, {
			...shared,
			sessionOf: (request) => sessionOf(shared, request),
			ask: (method, parameters) => rpc.call('telemetry', method, parameters, HISTORY_WITHIN_MS),
		});
		await addDashboardFiles(app, this.#config.assets);
		this.#mqtt = new MqttEndpoint({
			...{ ...shared, credentialsOf, brokerUrl: this.#config.broker.url },
			clock: this.#context.clock,
		});
		this.#mqtt.attach(app.server);
	}

	#apiParts(shared: RouteParts, rpc: RpcClient): ApiParts {
		const { clock, log } = this.#context;
		const { accounts, busConnected } = shared;
		return {
			...{ accounts, clock, log, busConnected },
			states: new HouseStates(this.#bus, clock),
			callers: {
				tokenOf: (secret) => accounts.apiTokenOf(secret),
				sessionOf: (request) => (this.#config.dashboard ? sessionOf(shared, request)?.person : undefined),
			},
			call: (service, method, parameters, withinMs) => rpc.call(service, method, parameters, withinMs),
			order: (circuit, order) => this.#bus.publish(topics.circuitSet, { circuit }, order),
			tell: ({ name, role }, what, whom) =>
				log.info({ audit: 'api', account: name, role, what, whom }, `${name}, by the API: ${what} ${whom}`),
		};
	}

	/** What the routes and `/mqtt` have in common. */
	#sharedParts(): RouteParts {
		const { site, language, origins, trustProxy, session } = this.#config;
		if (this.#accounts === undefined) throw new Error('the accounts are not open');
		return {
			...{ site, language, origins },
			accounts: this.#accounts,
			sessions: this.#sessions,
			file: this.#file,
			cookie: new SessionCookie(site, Math.round((session.maxDays * DAY_MS) / 1000)),
			proxies: new TrustedProxies(trustProxy),
			busConnected: () => this.#bus.connected,
			log: this.#context.log,
		};
	}

	/** Opens the accounts and restores the sessions that still hold. */
	async #prepare(): Promise<CredentialsOf> {
		const outside = roleAccounts(this.#config);
		const accounts = await this.#openAccounts();
		this.#accounts = accounts;
		accounts.onChange(this.#context.guard((names) => this.#endSessionsOf(names)));
		this.#sessions.restore(await this.#file.read());
		await this.#review();
		return this.#config.broker.embedded ? embeddedCredentials(accounts) : outsideCredentials(outside);
	}

	/** Ends the restored sessions of people whose account isn't any more what they signed in to. */
	async #review(): Promise<void> {
		for (const name of this.#sessions.names()) {
			const stamp = await this.#accounts?.stampOf(name);
			for (const session of this.#sessions.ofPerson(name))
				if (session.stamp !== stamp) this.#sessions.end(session, 'account_changed');
		}
	}

	/** Ends the sessions of people whose account changed or is gone. */
	async #endSessionsOf(names: readonly string[]): Promise<void> {
		const theirs = names.flatMap((name) => this.#sessions.ofPerson(name));
		for (const session of theirs) this.#sessions.end(session, 'account_changed');
		if (theirs.length > 0) await this.#file.save();
	}
}
