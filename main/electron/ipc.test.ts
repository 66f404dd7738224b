import type { IpcMain, WebContents } from "electron";
import { beforeEach, describe, expect, it } from "vitest";
import type { Handlers } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import { callChannel, eventChannel } from "./channels.ts";
import { type CallEvent, isTrustedSender, openIpc, tellPage } from "./ipc.ts";
import { createSurface } from "./preload-surface.ts";

type Frame = NonNullable<CallEvent["senderFrame"]>;
const ownContents = new Set([7]);

function eventFrom(url: string | null, more: { parent?: Frame; id?: number } = {}): CallEvent {
  const frame = url === null ? null : ({ url, parent: more.parent ?? null } as Frame);
  return { senderFrame: frame, sender: { id: more.id ?? 7 } };
}

describe("isTrustedSender", () => {
  it("trusts the top frame of our window on our page", () => {
    expect(isTrustedSender(eventFrom("app://earmark/review/1"), ownContents)).toBe(true);
  });
  it.each([
    ["a frame that is gone", eventFrom(null)],
    ["another host", eventFrom("app://evil/")],
    ["a host that begins alike", eventFrom("app://earmark.evil/")],
    ["the web", eventFrom("https://earmark/")],
    ["a frame inside our page", eventFrom("app://earmark/", { parent: { url: "app://earmark/" } as Frame })],
    ["a window that is not ours", eventFrom("app://earmark/", { id: 8 })],
    ["no address", eventFrom("")],
  ])("does not trust %s", (_what, event) => {
    expect(isTrustedSender(event, ownContents)).toBe(false);
  });
});

describe("openIpc", () => {
  let listeners: Map<string, (event: CallEvent, ...args: unknown[]) => Promise<unknown>>;
  let called: unknown[];
  let ipcMain: Pick<IpcMain, "handle" | "removeHandler">;
  const handlers = {
    "queue.cancel": (input: unknown) => {
      called.push(input);
      return Promise.resolve({});
    },
    "doctor.run": () => Promise.reject(new EarmarkError("library-locked", "Locked.")),
  } as unknown as Handlers;

  beforeEach(() => {
    listeners = new Map();
    called = [];
    ipcMain = {
      handle: (channel: string, listener: never) => listeners.set(channel, listener),
      removeHandler: (channel: string) => listeners.delete(channel),
    } as unknown as typeof ipcMain;
  });
  const call = (event: CallEvent, ...args: unknown[]): Promise<unknown> | undefined =>
    listeners.get(callChannel)?.(event, ...args);

  it("answers our page, parsed at the door", async () => {
    openIpc({ ipcMain, handlers, ownContents });
    const ours = eventFrom("app://earmark/");
    expect(await call(ours, "queue.cancel", { id: "1", extra: true })).toEqual({ ok: true, value: {} });
    expect(called).toEqual([{ id: "1" }]);
    expect(await call(ours, "queue.cancel", { id: "" })).toMatchObject({ ok: false, error: { code: "input-invalid" } });
    expect(await call(ours, "no.such", {})).toMatchObject({ ok: false, error: { code: "input-invalid" } });
    expect(await call(ours, { toString: () => "queue.cancel" }, {})).toMatchObject({
      ok: false,
      error: { code: "input-invalid" },
    });
    expect(await call(ours, "doctor.run", {})).toMatchObject({ ok: false, error: { code: "library-locked" } });
    expect(called).toHaveLength(1);
  });

  it("does not let a forged caller reach a handler", async () => {
    openIpc({ ipcMain, handlers, ownContents });
    for (const event of [eventFrom("https://evil.example/"), eventFrom(null), eventFrom("app://earmark/", { id: 9 })]) {
      expect(await call(event, "queue.cancel", { id: "1" })).toMatchObject({ ok: false, error: { code: "not-allowed" } });
    }
    expect(called).toEqual([]);
  });

  it("has one channel, and shuts it", () => {
    const close = openIpc({ ipcMain, handlers, ownContents });
    expect([...listeners.keys()]).toEqual([callChannel]);
    close();
    expect(listeners.size).toBe(0);
  });
});

describe("tellPage", () => {
  const message = { name: "library.changed", payload: {} } as const;
  const contents = (url: string, isGone: boolean, sent: unknown[]) =>
    ({ isDestroyed: () => isGone, getURL: () => url, send: (...args: unknown[]) => sent.push(args) }) as unknown as WebContents;

  it("tells our page and nobody else", () => {
    const sent: unknown[] = [];
    tellPage(contents("app://earmark/", false, sent), message);
    expect(sent).toEqual([[eventChannel, message]]);
    tellPage(contents("https://evil.example/", false, sent), message);
    tellPage(contents("app://earmark/", true, sent), message);
    expect(sent).toHaveLength(1);
  });
});

describe("createSurface", () => {
  function surface() {
    const invoked: unknown[][] = [];
    const listeners = new Set<(event: unknown, message: unknown) => void>();
    const ipcRenderer = {
      invoke: (...args: unknown[]) => {
        invoked.push(args);
        return Promise.resolve({ ok: true, value: 1 });
      },
      on: (channel: string, listener: (event: unknown, message: unknown) => void) =>
        channel === eventChannel && listeners.add(listener),
      removeListener: (_channel: string, listener: (event: unknown, message: unknown) => void) => listeners.delete(listener),
    };
    const made = createSurface(ipcRenderer as never, { getPathForFile: () => "/somewhere/a.wav" }, ["queue.list"]);
    return { made, invoked, listeners };
  }

  it("has three functions and nothing else", () => {
    expect(Object.keys(surface().made).sort()).toEqual(["call", "on", "pathForFile"]);
  });
  it("passes on calls of the contract alone", async () => {
    const { made, invoked } = surface();
    expect(await made.call("queue.list", { limit: 1 })).toEqual({ ok: true, value: 1 });
    expect(await made.call("shell.openExternal", {})).toMatchObject({ ok: false, error: { code: "input-invalid" } });
    expect(await made.call(["queue.list"], {})).toMatchObject({ ok: false });
    expect(invoked).toEqual([[callChannel, "queue.list", { limit: 1 }]]);
  });
  it("gives listeners the message without the event, until they stop", () => {
    const { made, listeners } = surface();
    const heard: unknown[][] = [];
    const stop = made.on((...args) => heard.push(args));
    for (const listener of listeners) listener({ sender: "ipcRenderer" }, { name: "library.changed" });
    expect(heard).toEqual([[{ name: "library.changed" }]]);
    stop();
    expect(listeners.size).toBe(0);
  });
});
