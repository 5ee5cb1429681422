// What must not be in our JavaScript. Formatting is prettier's.
import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['service/static/', 'node_modules/', '.venv/', 'var/'] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-control-regex': 'off', // the formats speak of control characters
    },
  },
  { files: ['service/page/**'], languageOptions: { globals: globals.browser } },
  // Formats have no clock, no network and no page: only what every engine has.
  {
    files: ['crypto/js/**'],
    languageOptions: {
      globals: { TextEncoder: 'readonly', TextDecoder: 'readonly', atob: 'readonly', btoa: 'readonly' },
    },
  },
  { files: ['tests/**', 'bench/**', 'bundle/**'], languageOptions: { globals: globals.node } },
  // What they give a browser to run is written among what node runs.
  { files: ['tests/browser/**', 'bench/**'], languageOptions: { globals: globals.browser } },
];
