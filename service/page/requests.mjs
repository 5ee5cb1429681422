// How the page asks the service for anything: without what could name the person, keeping nothing, going nowhere else.

/** For `fetch`. */
export const DISCREET = {
  credentials: 'omit',
  cache: 'no-store',
  redirect: 'error',
  referrerPolicy: 'no-referrer',
};
