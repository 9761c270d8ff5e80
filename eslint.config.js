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
		files: ['packages/*/src/**/*.ts', 'broker/src/**/*.ts'],
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
		},
	},
	{
		files: ['packages/*/test/**/*.ts', 'broker/test/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
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
