// Drives a Firefox in which no script runs at all: not even a driver's. WebDriver BiDi finds elements and presses keys
// from outside the page; its low-level commands are used, because puppeteer's own run scripts in the page.

const ENTER = '\uE007';
const PAUSE = 50;

/** The commands of drive.mjs that need no script, for the tab that `tab` gives and its browser. */
export function scriptless(tab, timeout) {
  const send = async (method, given) => {
    const page = tab();
    const context = page.mainFrame()._id;
    return (await page.browser().connection.send(method, { context, ...given })).result;
  };
  const find = async (on) => {
    const locator = { type: 'css', value: on };
    const { nodes } = await send('browsingContext.locateNodes', {
      locator,
      serializationOptions: { maxDomDepth: null },
    });
    return nodes[0];
  };
  const wordsOf = ({ value }) => (value.nodeValue || '') + (value.children || []).map(wordsOf).join('');
  const perform = (actions) => send('input.performActions', { actions: [actions] });

  return {
    goto: ({ url }) => send('browsingContext.navigate', { url, wait: 'complete' }).then(() => {}),
    async click({ on }) {
      const origin = { type: 'element', element: { sharedId: (await find(on)).sharedId } };
      await perform({
        type: 'pointer',
        id: 'finger',
        actions: [
          { type: 'pointerMove', x: 0, y: 0, origin },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ],
      });
    },
    async type({ on, text }) {
      await this.click({ on });
      const keys = [...text].map((key) => (key === '\n' ? ENTER : key));
      const actions = keys.flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await perform({ type: 'key', id: 'keys', actions });
    },
    async says({ on, words }) {
      const deadline = Date.now() + timeout;
      for (;;) {
        const found = await find(on);
        if (found && wordsOf(found).includes(words)) return;
        if (Date.now() > deadline) throw new Error(`there: ${found ? wordsOf(found) : 'nothing'}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    },
  };
}
