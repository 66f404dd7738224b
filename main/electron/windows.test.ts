import { EventEmitter } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserWindowConstructorOptions, Screen } from "electron";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EventMessage } from "../../app/contract/transport.ts";
import { createJobNotices, type Notice } from "./job-notices.ts";
import type { WindowState } from "./window.ts";
import { createWindows, type ManagedWindow } from "./windows.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-windows-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }] } as unknown as Pick<
  Screen,
  "getAllDisplays"
>;

class WindowDouble extends EventEmitter {
  static count = 0;
  readonly webContents = { id: ++WindowDouble.count };
  readonly state: WindowState | null;
  url = "";
  focused = 0;
  constructor(options: BrowserWindowConstructorOptions & { state?: WindowState | null }) {
    super();
    this.state = options.state ?? null;
  }
  getNormalBounds = () => ({ x: this.state?.x ?? 100, y: this.state?.y ?? 100, width: 1000, height: 700 });
  isMaximized = () => false;
  maximize(): void {}
  show(): void {}
  isFocused = () => false;
  isDestroyed = () => false;
  focus(): void {
    this.focused += 1;
    this.emit("focus");
  }
  loadURL(url: string): Promise<void> {
    this.url = url;
    return Promise.resolve();
  }
  close(): void {
    this.emit("close");
    this.emit("closed");
  }
}

function start() {
  const forgotten: string[] = [];
  const ownContents = new Set<number>();
  const windows = createWindows<WindowDouble & ManagedWindow>({
    create: (options) => new WindowDouble(options) as unknown as WindowDouble & ManagedWindow,
    optionsFor: (state) => ({ state }) as unknown as BrowserWindowConstructorOptions,
    screen,
    folder,
    ownContents,
    onForgotten: (name) => forgotten.push(name),
  });
  return { windows, forgotten, ownContents };
}

describe("windows", () => {
  it("have names that are free, and open beside the one used last", () => {
    const { windows, ownContents } = start();
    const first = windows.open();
    const second = windows.open("/conversation/a?t=5");
    expect([first.url, second.url]).toEqual(["app://earmark/?window=1", "app://earmark/conversation/a?t=5&window=2"]);
    expect(second.state).toMatchObject({ x: 132, y: 132 });
    expect(windows.current()).toBe(second);
    first.emit("focus");
    expect(windows.current()).toBe(first);
    expect(ownContents.size).toBe(2);
    second.close();
    expect(ownContents.size).toBe(1);
    expect(windows.open().url).toBe("app://earmark/?window=2");
  });

  it("come back where they were when Earmark ended, and not when a person closed them", () => {
    const before = start();
    before.windows.open();
    const second = before.windows.open();
    const third = before.windows.open();
    second.close();
    expect(before.forgotten).toEqual(["2"]);
    before.windows.ending();
    third.close();
    expect(before.forgotten).toEqual(["2"]);
    expect([existsSync(join(folder, "window-2.json")), existsSync(join(folder, "window-3.json"))]).toEqual([false, true]);
    const after = start();
    expect(after.windows.open("/", "3").state).toMatchObject({ width: 1000, height: 700 });
    expect(after.windows.open("/", "3").focused).toBe(1);
    expect(after.windows.all()).toHaveLength(1);
  });

  it("keep the last one's place though it was closed by hand", () => {
    const { windows, forgotten } = start();
    windows.open().close();
    expect(forgotten).toEqual([]);
    expect(existsSync(join(folder, "window.json"))).toBe(true);
    expect(windows.current()).toBeNull();
  });
});

describe("notices of long jobs", () => {
  const event = (seconds: number, state: string): EventMessage =>
    ({
      name: "job.changed",
      payload: {
        job: {
          id: "j1",
          conversationId: "c1",
          title: "A call",
          state,
          // It was imported long before: what counts is how long it is at work now.
          createdAt: "2025-02-03T10:00:00.000Z",
          endedAt: state === "running" ? null : new Date(begun + seconds * 1_000).toISOString(),
        },
      },
    }) as unknown as EventMessage;
  const begun = Date.parse("2026-02-03T10:00:00.000Z");
  const worked = (seconds: number, state: string) => [event(0, "running"), event(seconds, state)];

  async function told(messages: readonly EventMessage[], { wanted = true, isSeen = false } = {}) {
    const notices: { title?: string; body?: string; notice: EventEmitter }[] = [];
    const went: string[] = [];
    let time = begun;
    const hear = createJobNotices({
      create: ({ title, body }) => {
        const notice = Object.assign(new EventEmitter(), { show: () => undefined });
        notices.push({ ...(title === undefined ? {} : { title }), ...(body === undefined ? {} : { body }), notice });
        return notice as unknown as Notice;
      },
      wanted: () => Promise.resolve(wanted),
      isSeen: () => isSeen,
      goTo: (id) => went.push(id),
      now: () => time,
    });
    for (const message of messages) {
      const { job } = message.payload as { job: { endedAt: string | null } };
      time = job.endedAt === null ? begun : Date.parse(job.endedAt);
      hear(message);
    }
    await new Promise((done) => setImmediate(done));
    return { notices, went };
  }

  it("are shown once, and lead to the conversation", async () => {
    const { notices, went } = await told([event(31, "running"), event(31, "done"), event(31, "done")]);
    expect(notices).toMatchObject([{ title: "A call", body: "Ready to review" }]);
    notices[0]?.notice.emit("click");
    expect(went).toEqual(["c1"]);
  });

  it("are not shown for a short job, a cancelled one, to somebody who looks, or to nobody who asked", async () => {
    expect((await told(worked(29, "done"))).notices).toEqual([]);
    // An end of which nobody heard the beginning.
    expect((await told([event(31, "done")])).notices).toEqual([]);
    expect((await told(worked(31, "cancelled"))).notices).toEqual([]);
    expect((await told(worked(31, "done"), { isSeen: true })).notices).toEqual([]);
    expect((await told(worked(31, "failed"), { wanted: false })).notices).toEqual([]);
    expect((await told(worked(31, "failed"))).notices).toMatchObject([{ body: "Could not be finished" }]);
  });
});
