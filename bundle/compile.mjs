// Compiles Python modules with a pinned CPython, whatever Python and processor this machine has:
//   node bundle/compile.mjs node_modules/cpython-3.11 sources.zip bytecode.zip
// The package is Pyodide: CPython for WebAssembly. It sees the two files that it is given here, and no others.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [python, sources, bytecode] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(resolve(python, 'pyodide.mjs')).href);
const pyodide = await loadPyodide({ env: { HOME: '/', PYTHONHASHSEED: '0' } });
pyodide.FS.writeFile('/sources.zip', readFileSync(sources));
pyodide.FS.writeFile('/bytecode.py', readFileSync(new URL('bytecode.py', import.meta.url)));
pyodide.runPython(`
import sys
sys.path.insert(0, "/")
from bytecode import compile_all
compile_all("/sources.zip", "/bytecode.zip")
`);
writeFileSync(bytecode, pyodide.FS.readFile('/bytecode.zip'));
