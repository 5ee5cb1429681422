// The options of every request: no cookies, no referrer, no cache, no other site.

/** For `fetch`. */
export const DISCREET = {
  credentials: 'omit',
  cache: 'no-store',
  redirect: 'error',
  referrerPolicy: 'no-referrer',
};
