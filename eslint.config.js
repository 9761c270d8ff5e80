// Biome formats and lints; ESLint is here for the two rules that need types: promises that nobody awaits.
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{
		ignores: [
			'**/dist/**',
			'**/build/**',
			'test/architecture/fixture/**',
			'**/vite.config.ts',
			'**/coverage/**',
			'node_modules/**',
			'**/*.js',
			'**/*.cjs',
			'**/*.mjs',
		],
	},
	{
		// One program for everything: a program for each workspace would read what it imports anew, for minutes.
		files: ['**/*.ts'],
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname },
		},
	},
	{
		// Programs of their own: a browser's types are not Node's.
		files: ['packages/dashboard/src/**/*.ts'],
		languageOptions: {
			parserOptions: { project: ['packages/dashboard/tsconfig.json', 'packages/dashboard/src/worker/tsconfig.json'] },
		},
	},
	{
		files: ['**/*.ts'],
		plugins: { '@typescript-eslint': tseslint.plugin },
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error',
		},
	},
);
