import globals from 'globals';
import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';

/** Who may import whom (docs/decisions/0001-processes.md). Each message names the replacement. */
const zone = (target, from, message) => ({
  target: `./src/${target}`,
  from: `./src/${from}`,
  message,
});
const zones = [
  ...['main', 'preload', 'worker', 'renderer'].map((process) =>
    zone('imaging', process, 'src/imaging is a library of host and worker: pass values in.'),
  ),
  ...['shared', 'preload', 'renderer'].map((process) =>
    zone(process, 'imaging', 'Pictures are decoded in the host or the worker only.'),
  ),
  ...['main', 'preload', 'worker', 'renderer'].map((process) =>
    zone('shared', process, 'src/shared is pure: move what is shared there, or pass values in.'),
  ),
  ...['preload', 'worker', 'renderer'].map((process) =>
    zone(
      'main',
      process,
      'The host talks to other processes only through src/shared/rpc.ts and worker-protocol.ts.',
    ),
  ),
  ...['main', 'preload', 'renderer'].map((process) =>
    zone(
      'worker',
      process,
      'The worker receives everything in a job payload (src/shared/worker-protocol.ts).',
    ),
  ),
  ...['main', 'preload', 'worker'].map((process) =>
    zone(
      'renderer',
      process,
      'The renderer knows one thing: the RPC contract in src/shared/rpc.ts.',
    ),
  ),
];

/** One owner per dependency: importing it elsewhere is an error that names the owner. */
const owned = (name, owner) => ({ name, message: `${name} belongs to ${owner}.` });
const ownedPatterns = [
  { group: ['@tensorflow/*'], message: 'TensorFlow.js belongs to src/worker.' },
  {
    regex: '^electron(/|$)', // Not './shells/electron'.
    message: 'Electron belongs to src/main/shells/electron and src/preload.',
  },
];
const owners = [
  owned('better-sqlite3', 'src/main/db'),
  owned('sharp', 'src/imaging and src/main/export'),
  owned('ws', 'src/main/shells/server'),
];

export default tseslint.config(
  { ignores: ['node_modules', 'out', '.runtime', 'test-results', 'coverage'] },
  ...tseslint.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.svelte'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // Typed RPC helpers name a parameter once on purpose.
      'import-x/no-restricted-paths': ['error', { zones, basePath: import.meta.dirname }],
      'no-restricted-imports': ['error', { paths: owners, patterns: ownedPatterns }],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Randomness is counter-based: src/shared/random.ts.',
        },
      ],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // A plain Map or Set says that nothing on screen depends on it; reactive ones are SvelteMap.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      // ESLint sees another component's props and snippets as `any`; svelte-check sees their types.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['src/worker/**', 'test/**', 'bench/**'],
    rules: {
      'no-restricted-imports': ['error', { paths: owners }],
    },
  },
  {
    files: [
      'src/main/db/**',
      'src/imaging/**',
      'src/main/export/**',
      'src/main/shells/**',
      'src/preload/**',
      'test/**',
    ],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/renderer/**'],
    languageOptions: { globals: globals.browser },
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js', '*.config.ts'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { globals: globals.node, parserOptions: { projectService: false } },
  },
);
