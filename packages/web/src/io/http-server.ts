import type { AddressInfo } from 'node:net';
import { type Logger, messageOf, type TrustedProxies } from '@pilotwire/runtime';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { cannotListen, type Refusal, refusals } from '../errors.ts';

/** The largest request body: a name and a password. Bytes. */
const MAX_BODY_BYTES = 4 * 1024;
/** A client has this long to say its headers, and its whole request. Milliseconds. */
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 15_000;
/** A kept connection without a request is closed after this. Milliseconds. */
const KEEP_ALIVE_MS = 30_000;
/** How often the times above are looked at. Milliseconds. */
const LOOK_EVERY_MS = 1_000;
const MOST_CONNECTIONS = 1_000;

/**
 * The dashboard loads nothing from elsewhere and runs nothing that is written into its page. It may open connections to
 * the brokers of other houses that the configuration names.
 */
const policy = {
	'default-src': ["'self'"],
	'connect-src': ["'self'"],
	'style-src': ["'self'"],
	'img-src': ["'self'", 'data:'],
	'object-src': ["'none'"],
	'frame-ancestors': ["'none'"],
	'base-uri': ["'none'"],
	'form-action': ["'self'"],
};

/** The microphone is used, where somebody speaks through a machine's loudspeaker. */
const unusedFeatures = [
	'accelerometer',
	'camera',
	'display-capture',
	'geolocation',
	'gyroscope',
	'magnetometer',
].concat(['midi', 'payment', 'usb']);

/** Where the service listens. */
export interface Address {
	readonly host: string;
	readonly port: number;
}

/** The bounds on what a client may hold open; tests make them small. */
export interface HttpLimits {
	readonly headersWithinMs: number;
	readonly requestWithinMs: number;
	readonly lookEveryMs: number;
	readonly connections: number;
}

const defaultLimits: HttpLimits = {
	headersWithinMs: HEADERS_WITHIN_MS,
	requestWithinMs: REQUEST_WITHIN_MS,
	lookEveryMs: LOOK_EVERY_MS,
	connections: MOST_CONNECTIONS,
};

/** An HTTP server with this service's headers, bounds and refusals, and no route yet. */
export async function createHttp(
	proxies: TrustedProxies,
	log: Logger,
	otherBrokers: readonly string[] = [],
	limits: HttpLimits = defaultLimits,
): Promise<FastifyInstance> {
	// Loaded where it is needed: every `pilotwire` command would wait for it.
	const [{ fastify }, { fastifyHelmet }] = await Promise.all([import('fastify'), import('@fastify/helmet')]);
	const app = fastify({
		logger: false,
		trustProxy: (address: string) => proxies.has(address),
		bodyLimit: MAX_BODY_BYTES,
		requestTimeout: limits.requestWithinMs,
		keepAliveTimeout: KEEP_ALIVE_MS,
		forceCloseConnections: true,
		http: { headersTimeout: limits.headersWithinMs, connectionsCheckingInterval: limits.lookEveryMs },
	});
	app.server.maxConnections = limits.connections;
	app.removeContentTypeParser('text/plain');
	await app.register(fastifyHelmet, {
		contentSecurityPolicy: {
			useDefaults: false,
			directives: { ...policy, 'connect-src': [...policy['connect-src'], ...otherBrokers] },
		},
		// Over plain HTTP browsers ignore these with a complaint; over TLS the first is the proxy's affair.
		strictTransportSecurity: false,
		crossOriginOpenerPolicy: false,
		originAgentCluster: false,
		xFrameOptions: { action: 'deny' },
		referrerPolicy: { policy: 'same-origin' },
	});
	const permissions = unusedFeatures.map((feature) => `${feature}=()`).join(', ');
	app.addHook('onRequest', async (_request, reply) => {
		reply.header('permissions-policy', permissions);
	});
	app.setErrorHandler((error: FastifyError, _request, reply) => {
		const known = refusalOf(error);
		if (known === refusals.failed) log.error({ err: error }, `A request failed: ${messageOf(error)}`);
		return answerRefusal(reply, known);
	});
	return app;
}

/** Begins to listen. Throws `WEB_*`. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<Address> {
	try {
		await app.listen({ host, port });
	} catch (error) {
		throw cannotListen(host, port, error);
	}
	const { address, port: real } = app.server.address() as AddressInfo;
	return { host: address, port: real };
}

/** Says no, as JSON. */
export function answerRefusal(reply: FastifyReply, { status, code, message }: Refusal): FastifyReply {
	return reply.code(status).header('cache-control', 'no-store').send({ code, message });
}

/** What a fault of the server library comes to. */
export function refusalOf({ statusCode = 500 }: FastifyError): Refusal {
	if (statusCode === 413) return refusals.tooLarge;
	if (statusCode === 414) return refusals.addressTooLong;
	if (statusCode === 415) return refusals.notJson;
	if (statusCode === 404) return refusals.notFound;
	return statusCode >= 400 && statusCode < 500 ? refusals.badRequest : refusals.failed;
}
