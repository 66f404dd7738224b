import { EventEmitter } from "node:events";
import type { App, WebContents } from "electron";
import { describe, expect, it } from "vitest";
import { isOwnUrl } from "./origin.ts";
import {
  createOpenOutside,
  externalUrl,
  mayRequest,
  type RestrictedContents,
  type RestrictedSession,
  restrictAllContents,
  restrictSession,
} from "./security.ts";

const foreign = [
  "https://example.com/",
  "http://earmark/",
  "app://earmark.example.com/",
  "app://earmark@example.com/",
  "app://user:word@earmark/",
  "app://earmark:8080/",
  "app://earmarkx/",
  "app://EARMARK/",
  "app:earmark",
  "app:///earmark/",
  "appx://earmark/",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/html,<p>",
  "blob:app://earmark/1",
  "about:blank",
  "not a url",
  "",
];

describe("isOwnUrl", () => {
  it.each(["app://earmark/", "app://earmark/review/42?tab=1#w", "app://earmark"])("knows its own %s", (url) => {
    expect(isOwnUrl(url)).toBe(true);
  });
  it.each(foreign)("does not take %j for its own", (url) => {
    expect(isOwnUrl(url)).toBe(false);
  });
});

/** A web contents that emits as Electron's does: an event with a `url` that can be prevented. */
function contentsDouble() {
  const emitter = new EventEmitter();
  let decide: Parameters<WebContents["setWindowOpenHandler"]>[0] | undefined;
  const contents = {
    on: emitter.on.bind(emitter),
    setWindowOpenHandler: (handler: typeof decide) => {
      decide = handler;
    },
  } as unknown as RestrictedContents;
  const isPrevented = (name: string, url: string): boolean => {
    let prevented = false;
    emitter.emit(name, {
      url,
      preventDefault: () => {
        prevented = true;
      },
    });
    return prevented;
  };
  return { contents, isPrevented, openWindow: (url: string) => decide?.({ url } as Electron.HandlerDetails) };
}

function restricted() {
  const app = new EventEmitter();
  const opened: string[] = [];
  restrictAllContents(app as unknown as Pick<App, "on">, (url) => opened.push(url));
  const double = contentsDouble();
  app.emit("web-contents-created", {}, double.contents);
  return { ...double, opened };
}

describe("restrictAllContents", () => {
  it.each(["will-navigate", "will-redirect", "will-frame-navigate"])(
    "stops %s to every foreign address, and only to those",
    (name) => {
      const { isPrevented } = restricted();
      expect(foreign.filter((url) => !isPrevented(name, url))).toEqual([]);
      expect(isPrevented(name, "app://earmark/library")).toBe(false);
    },
  );
  it("attaches no webview", () => {
    expect(restricted().isPrevented("will-attach-webview", "app://earmark/")).toBe(true);
  });
  it("opens no window, not even for its own page, and offers the link to the allow-list", () => {
    const { openWindow, opened } = restricted();
    expect(openWindow("app://earmark/")).toEqual({ action: "deny" });
    expect(openWindow("https://huggingface.co/")).toEqual({ action: "deny" });
    expect(opened).toEqual(["app://earmark/", "https://huggingface.co/"]);
  });
});

function sessionDouble() {
  const kept: {
    request?: Parameters<RestrictedSession["setPermissionRequestHandler"]>[0];
    check?: Parameters<RestrictedSession["setPermissionCheckHandler"]>[0];
    device?: Parameters<RestrictedSession["setDevicePermissionHandler"]>[0];
    before?: (details: { url: string }, decide: (response: { cancel?: boolean }) => void) => void;
    spelling?: boolean;
  } = {};
  const session = {
    setPermissionRequestHandler: (handler: typeof kept.request) => Object.assign(kept, { request: handler }),
    setPermissionCheckHandler: (handler: typeof kept.check) => Object.assign(kept, { check: handler }),
    setDevicePermissionHandler: (handler: typeof kept.device) => Object.assign(kept, { device: handler }),
    setSpellCheckerEnabled: (enabled: boolean) => Object.assign(kept, { spelling: enabled }),
    webRequest: { onBeforeRequest: (handler: typeof kept.before) => Object.assign(kept, { before: handler }) },
  } as unknown as RestrictedSession;
  return { session, kept };
}

describe("restrictSession", () => {
  it("refuses every permission, asked or checked, and every device", () => {
    const { session, kept } = sessionDouble();
    restrictSession(session);
    const answers: boolean[] = [];
    for (const permission of ["media", "geolocation", "notifications", "clipboard-read", "openExternal", "fileSystem", "usb"]) {
      kept.request?.(
        {} as WebContents,
        permission as "media",
        (granted) => answers.push(granted),
        {} as Electron.PermissionRequest,
      );
      answers.push(
        kept.check?.(null, permission as "media", "app://earmark", {} as Electron.PermissionCheckHandlerHandlerDetails) ?? true,
      );
    }
    answers.push(kept.device?.({} as Electron.DevicePermissionHandlerHandlerDetails) ?? true);
    expect(answers).toHaveLength(15);
    expect(answers.every((granted) => granted === false)).toBe(true);
    expect(kept.spelling).toBe(false);
  });

  it("cancels every request that would leave the page", () => {
    const { session, kept } = sessionDouble();
    restrictSession(session);
    const isCancelled = (url: string): boolean | undefined => {
      let cancelled: boolean | undefined;
      kept.before?.({ url }, (response) => {
        cancelled = response.cancel;
      });
      return cancelled;
    };
    const away = [
      "https://example.com/a.js",
      "http://127.0.0.1/",
      "ws://x/",
      "wss://x/",
      "ftp://x/",
      "file:///etc/passwd",
      "app://other/",
    ];
    expect(away.map(isCancelled)).toEqual(away.map(() => true));
    expect(["app://earmark/assets/a.js", "blob:app://earmark/1", "data:image/png;base64,AA=="].map(isCancelled)).toEqual([
      false,
      false,
      false,
    ]);
    expect(mayRequest("nonsense")).toBe(false);
  });
});

describe("externalUrl", () => {
  it("passes https to the linked hosts and plain mail, written anew", () => {
    expect(externalUrl("https://huggingface.co/onnx-community/x y")).toBe("https://huggingface.co/onnx-community/x%20y");
    expect(externalUrl("HTTPS://HUGGINGFACE.CO")).toBe("https://huggingface.co/");
    expect(externalUrl("mailto:a.b@example.com?subject=Call 4&attach=/etc/passwd&bcc=x@y.z")).toBe(
      "mailto:a.b@example.com?subject=Call%204",
    );
  });
  it.each([
    "http://huggingface.co/",
    "https://huggingface.co.example.com/",
    "https://example.com/?https://huggingface.co",
    "https://huggingface.co@example.com/",
    "https://user@huggingface.co/",
    "https://huggingface.co:8443/",
    "file:///bin/sh",
    "smb://host/share",
    "ms-msdt:/id",
    "javascript:alert(1)",
    "mailto:a@b.c,d@e.f",
    "mailto:",
    "app://earmark/",
    "x",
  ])("does not open %s", (url) => {
    expect(externalUrl(url)).toBeNull();
  });
  it("hands only allowed URLs to the system, and outlives its refusal", async () => {
    const opened: string[] = [];
    const openOutside = createOpenOutside((url) => {
      opened.push(url);
      return Promise.reject(new Error("no browser"));
    });
    openOutside("https://example.com/");
    openOutside("https://ffmpeg.org/download.html");
    await Promise.resolve();
    expect(opened).toEqual(["https://ffmpeg.org/download.html"]);
  });
});
