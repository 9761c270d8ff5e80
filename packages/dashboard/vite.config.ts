import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { mqttFromSources } from './mqtt-sources.js';
import { withoutWords } from './without-words.js';
import { wordsOnce } from './words-once.js';

const OUT = 'dist';

/** Writes each file once more, compressed: the server sends these as they are. */
function compressed(): Plugin {
	let folder = OUT;
	return {
		name: 'compressed',
		apply: 'build',
		configResolved: ({ root, build }) => {
			folder = join(root, build.outDir);
		},
		closeBundle: {
			// After the service worker has been written.
			order: 'post',
			sequential: true,
			handler: () => {
				for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
					const path = join(folder, name);
					if (!statSync(path).isFile() || !/\.(js|css|html|svg|webmanifest)$/.test(name)) continue;
					const bytes = readFileSync(path);
					writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
					writeFileSync(`${path}.br`, brotliCompressSync(bytes));
				}
			},
		},
	};
}

export default defineConfig({
	base: '/',
	// The pure packages are compiled from their source: the page can be built before anything else is.
	resolve: { conditions: ['pilotwire:source', ...defaultClientConditions] },
	oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
	plugins: [
		mqttFromSources(),
		withoutWords(),
		wordsOnce(),
		VitePWA({
			strategies: 'injectManifest',
			srcDir: 'src/worker',
			filename: 'sw.ts',
			// Registered by src/io/service-worker.ts; the manifest is a file of its own in public/.
			injectRegister: false,
			manifest: false,
			injectManifest: {
				rollupFormat: 'iife',
				globPatterns: ['**/*.{html,js,css,svg,png,webmanifest}'],
				// Their names say what they hold.
				dontCacheBustURLsMatching: /^assets\//,
			},
		}),
		compressed(),
	],
	build: {
		outDir: OUT,
		emptyOutDir: true,
		target: ['chrome111', 'firefox114', 'safari16.4'],
		// Nothing inline: the Content-Security-Policy allows neither inline scripts nor data URLs.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		manifest: 'manifest.json',
	},
});
