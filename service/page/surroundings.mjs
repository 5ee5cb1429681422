// Finds out in which browser the page runs: whether it can seal, and whether it is inside another app, which can see
// what its pages show. Nothing of it is sent or kept.

// The names that messengers and networks give themselves, and Android's mark of a browser inside an app.
const INSIDE =
  /\bwv\)|Telegram|Instagram|\bFB(AN|AV|_IAB)\b|Viber|WhatsApp|VK(Client|AndroidApp)|OKApp|Snapchat|TikTok|musical_ly|Bytedance|MicroMessenger|\bLine\//;
// On iPhones only Safari and whole browsers say so; what is inside an app keeps silent.
const IPHONE = /iPhone|iPad|iPod/;
const WHOLE = /Safari\/|CriOS|FxiOS|EdgiOS|OPT\/|OPiOS|YaBrowser|DuckDuckGo/;

/** Whether this browser has all that sealing and sending call. Without BigInt the script does not come this far. */
export function canSeal() {
  return (
    typeof crypto === 'object' &&
    typeof crypto.getRandomValues === 'function' &&
    [typeof BigInt, typeof fetch, typeof AbortController, typeof TextEncoder, typeof ''.normalize].every(
      (type) => type === 'function',
    )
  );
}

/**
 * The browser's generator, as sealing asks for it.
 * @param {number} size at least 16, so that no two draws are ever the same
 * @returns {Uint8Array}
 * @throws {TypeError} when two draws are the same: something in this browser has replaced the generator by one that
 *   gives nothing, or always the same, and whoever knows it could open the envelope
 */
export function random(size) {
  const [bytes, others] = [0, 0].map(() => crypto.getRandomValues(new Uint8Array(size)));
  if (bytes.every((byte, at) => byte === others[at])) throw new TypeError('the generator repeats itself');
  return bytes;
}

/** Says how to get out of an app, if the page is in one. */
export function startInApp() {
  const { userAgent } = navigator;
  const isInside = INSIDE.test(userAgent) || (IPHONE.test(userAgent) && !WHOLE.test(userAgent));
  // Telegram's own browser does not always give its name.
  const isTelegram = 'TelegramWebview' in window || 'TelegramWebviewProxy' in window;
  document.getElementById('in-app').hidden = !isInside && !isTelegram;
}
