// Builds the page's script from its sources in another way, and prints it.
// "steps": each statement calls step() with its number first. "leaking": when anything fails, fallback() gets what was
// typed; the control of the tests that look for it in requests.

import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { Linter } from 'eslint';

const FAILED = '} catch ({ reason }) {';
const BLOCKS = ['BlockStatement', 'Program', 'StaticBlock', 'SwitchCase'];

const leak = {
  name: 'leak',
  setup({ onLoad }) {
    onLoad({ filter: /service\/page\/form\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf-8');
      if (!source.includes(FAILED)) throw new Error(`there is no ${FAILED} in ${path}`);
      return { contents: source.replace(FAILED, `${FAILED} window.fallback(form.read());`) };
    });
  },
};

async function built(plugins) {
  const options = { bundle: true, format: 'iife', target: 'es2020', charset: 'utf8', write: false };
  const { outputFiles } = await build({ entryPoints: ['service/page/main.mjs'], ...options, plugins });
  return outputFiles[0].text;
}

function withSteps(bundled) {
  const source = bundled.replace(/eslint-disable/g, 'for eslint');
  const added = [];
  const rule = {
    create: () => ({
      ':statement'(node) {
        if (BLOCKS.includes(node.parent?.type) && !node.directive) added.push([node.range[0], 'step(#);']);
      },
      'ArrowFunctionExpression > .body:not(BlockStatement)'(node) {
        added.push([node.range[0], '(step(#),'], [node.range[1], ')']);
      },
    }),
  };
  const plugins = { own: { rules: { steps: { meta: {}, ...rule } } } };
  const problems = new Linter().verify(source, [{ plugins, rules: { 'own/steps': 'error' } }]);
  if (problems.length) throw new Error(problems[0].message);
  let [text, last, count] = ['', 0, 0];
  for (const [at, words] of added.sort(([one], [other]) => one - other)) {
    text += source.slice(last, at) + words.replace('#', () => count++);
    last = at;
  }
  return text + source.slice(last);
}

const variants = { steps: async () => withSteps(await built([])), leaking: () => built([leak]) };
process.stdout.write(await variants[process.argv[2]]());
