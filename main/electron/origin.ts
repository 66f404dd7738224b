/** The scheme under which the page is served. */
export const appScheme = "app";
/** The one host of that scheme. */
export const appHost = "earmark";
/** The address of the page. */
export const pageAddress = `${appScheme}://${appHost}/`;

/**
 * Whether a URL belongs to the page. Parsed and compared piece by piece: `app://earmark.evil/`, `app://earmark@evil/`
 * and `app:earmark` do not belong. (`URL.origin` says "null" for every scheme of one's own, so it is no help.)
 */
export function isOwnUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return protocol === `${appScheme}:` && host === appHost && username === "" && password === "";
}
