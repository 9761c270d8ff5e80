import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { refusals } from '../errors.ts';
import { answerRefusal } from './http-server.ts';

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Pilotwire</title>
<h1>Pilotwire</h1>
<p>The dashboard is not built yet. In the folder of Pilotwire, run <code>npm install</code>, which builds it; then load this page again.</p>
`;

/** The dashboard's files, and its page for every address that a person opens. */
export async function addDashboardFiles(app: FastifyInstance, folder: string): Promise<void> {
	const hashed = join(folder, 'assets') + sep;
	const { fastifyStatic } = await import('@fastify/static');
	await app.register(fastifyStatic, {
		root: folder,
		index: ['index.html'],
		preCompressed: true,
		dotfiles: 'ignore',
		cacheControl: false,
		suppressWarning: true,
		setHeaders: (reply, path) => {
			// The names of files in assets/ change with what they hold.
			const cache = path.startsWith(hashed) ? 'public, max-age=31536000, immutable' : 'no-cache';
			reply.header('cache-control', cache);
		},
	});
	app.setNotFoundHandler((request, reply) => {
		if (!isNavigation(request)) return answerRefusal(reply, refusals.notFound);
		if (existsSync(join(folder, 'index.html'))) return reply.sendFile('index.html');
		const { status } = refusals.notBuilt;
		return reply.code(status).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(notBuilt);
	});
}

/** Whether a person opens an address, as against a page that asks for a file. */
function isNavigation({ method, headers, url }: FastifyRequest): boolean {
	if (method !== 'GET' && method !== 'HEAD') return false;
	const path = url.split('?')[0] ?? '';
	if (/^\/(api|mqtt|assets)(\/|$)/.test(path) || /\.[^/]*$/.test(path)) return false;
	const mode = headers['sec-fetch-mode'];
	if (mode !== undefined && mode !== 'navigate') return false;
	return headers.accept?.includes('text/html') === true;
}
