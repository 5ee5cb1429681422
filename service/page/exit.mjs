// The script of pages on which nothing is typed or checked: the quick exit and nothing else.

import { startExit } from './leaving.mjs';

startExit();
