import type { CustomScheme, Protocol } from "electron";
import type { Router } from "../backend/http/router.ts";
import { appHost, appScheme } from "./origin.ts";

/**
 * The scheme of the page, to be registered once before the app is ready (item 18 of the security tutorial). It behaves
 * like https and streams media; it does not pass by the Content-Security-Policy, and has neither CORS, service workers
 * nor extensions.
 */
export const appSchemes: CustomScheme[] = [
  {
    scheme: appScheme,
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
  },
];

/** Serves the page and its media through the one router, and refuses every other host and every `file:` URL. */
export function serveApp(protocol: Pick<Protocol, "handle">, router: Router): void {
  protocol.handle(appScheme, async (request) => {
    // The URL of a scheme of one's own is not normalised as https would be: the host is compared as written.
    if (new URL(request.url).host !== appHost) return new Response("Not found", { status: 404 });
    return await router(request);
  });
  protocol.handle("file", () => new Response("Forbidden", { status: 403 }));
}
