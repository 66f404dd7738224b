import type { App, Session, WebContents } from "electron";
import { isOwnUrl } from "./origin.ts";

/*
 * What the window may not do, by the items of Electron's security tutorial
 * (https://www.electronjs.org/docs/latest/tutorial/security). Item 7, the Content-Security-Policy, is a header of every
 * answer in main/backend/http/router.ts, the same in both shells.
 *
 * A change in this file changes what a hostile recording, transcript or page could reach. Read the item before you
 * change its lines, and change its test with it.
 */

// #region Security: do not loosen without reading the item named above each function

/** The part of a session that is restricted here. */
export type RestrictedSession = Pick<
  Session,
  "setPermissionRequestHandler" | "setPermissionCheckHandler" | "setDevicePermissionHandler" | "setSpellCheckerEnabled"
> & { readonly webRequest: Pick<Session["webRequest"], "onBeforeRequest"> };

/** The part of a web contents that is restricted here. */
export type RestrictedContents = Pick<WebContents, "on" | "setWindowOpenHandler">;

/** Schemes that the window may load anything from. Nothing of these leaves the machine. */
const localSchemes: ReadonlySet<string> = new Set(["app:", "blob:", "data:", "devtools:"]);

/** Hosts that Earmark itself links to: where models come from, and where its licences are explained. */
const linkedHosts: ReadonlySet<string> = new Set(["huggingface.co", "ffmpeg.org", "www.apache.org", "www.gnu.org"]);

/** Whether the window may make a request: its own page and media, and what it made itself. Never the network, never files. */
export function mayRequest(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === "app:" ? isOwnUrl(url) : localSchemes.has(protocol);
}

/**
 * Permissions (item 5: https://www.electronjs.org/docs/latest/tutorial/security#5-handle-session-permission-requests-from-remote-content),
 * all refused: microphone, camera, notifications, devices, everything that comes. And the network: the page has none.
 */
export function restrictSession(session: RestrictedSession): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) => decide({ cancel: !mayRequest(details.url) }));
  // Spell checking would download a dictionary.
  session.setSpellCheckerEnabled(false);
}

/**
 * Navigation, new windows and webviews of every web contents
 * (items 11 and 12: https://www.electronjs.org/docs/latest/tutorial/security#12-verify-webview-options-before-creation,
 * 13: https://www.electronjs.org/docs/latest/tutorial/security#13-disable-or-limit-navigation,
 * 14: https://www.electronjs.org/docs/latest/tutorial/security#14-disable-or-limit-creation-of-new-windows).
 * A link that would open a window is offered to `openOutside`, which decides by the allow-list.
 */
function restrictContents(contents: RestrictedContents, openOutside: (url: string) => void): void {
  contents.on("will-navigate", (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on("will-frame-navigate", (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: "deny" };
  });
}

/** Restricts every web contents the moment it comes into being, whoever makes it. */
export function restrictAllContents(app: Pick<App, "on">, openOutside: (url: string) => void): void {
  app.on("web-contents-created", (_event, contents) => restrictContents(contents, openOutside));
}

/**
 * The URL to hand to the system, or null when it is not to be opened
 * (item 15: https://www.electronjs.org/docs/latest/tutorial/security#15-do-not-use-shellopenexternal-with-untrusted-content).
 * `https:` to the linked hosts, and `mailto:` with a subject and a body at most; always written anew from its parsed parts.
 */
export function externalUrl(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  switch (parsed.protocol) {
    case "https:":
      if (!linkedHosts.has(parsed.hostname) || parsed.port !== "" || parsed.username !== "" || parsed.password !== "")
        return null;
      return parsed.href;
    case "mailto:": {
      // Other headers (attach, bcc) are for the person to write, not for a page.
      if (!/^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/u.test(parsed.pathname)) return null;
      const headers = ["subject", "body"].flatMap((name) => {
        const value = parsed.searchParams.get(name);
        return value === null ? [] : [`${name}=${encodeURIComponent(value)}`];
      });
      return `mailto:${parsed.pathname}${headers.length === 0 ? "" : `?${headers.join("&")}`}`;
    }
    default:
      return null;
  }
}

/** Opens an allowed URL in the person's own browser or mail program; anything else is let go. */
export function createOpenOutside(openExternal: (url: string) => Promise<void>): (url: string) => void {
  return (url) => {
    const allowed = externalUrl(url);
    if (allowed !== null) void openExternal(allowed).catch(() => undefined);
  };
}

// #endregion
