import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Protocol } from "electron";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRouter } from "../backend/http/router.ts";
import { appSchemes, serveApp } from "./protocol.ts";

let folder: string;
const handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  if (handler === undefined) throw new Error("nobody serves this");
  return await handler(new Request(url, init));
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-protocol-"));
  const page = join(folder, "page");
  mkdirSync(join(page, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(page, "index.html"), "<html><head></head><body>page</body></html>");
  writeFileSync(join(page, "assets", "a.js"), "1");
  writeFileSync(join(folder, "call.wav"), "0123456789");
  if (process.platform !== "win32") symlinkSync(join(folder, "secret.txt"), join(page, "assets", "link.txt"));
  const protocol = {
    handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) => handlers.set(scheme, handler),
  } as unknown as Pick<Protocol, "handle">;
  const mediaFile = (id: string) =>
    Promise.resolve(id === "42" ? { path: join(folder, "call.wav"), mediaType: "audio/wav" } : null);
  serveApp(protocol, createRouter({ pageFolder: page, mediaFile, version: "1" }));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the scheme", () => {
  it("has the privileges it needs and none of those that weaken the page", () => {
    expect(appSchemes).toEqual([
      { scheme: "app", privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
    ]);
  });
});

describe("serveApp", () => {
  it("serves the page with its policy", async () => {
    const response = await ask("app://earmark/review/1");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'/u);
    expect(await response.text()).toContain("page");
    expect((await ask("app://earmark/assets/a.js")).status).toBe(200);
  });
  it("serves media by id, with ranges", async () => {
    const response = await ask("app://earmark/media/42", { headers: { Range: "bytes=2-4" } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe("bytes 2-4/10");
    expect(await response.text()).toBe("234");
  });
  it.each(["app://other/", "app://earmark.evil/", "app://earmark:1/"])("knows nobody at %s", async (url) => {
    expect((await ask(url)).status).toBe(404);
  });
  it.each([
    "app://earmark/../secret.txt",
    "app://earmark/%2e%2e/secret.txt",
    "app://earmark/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
    "app://earmark/assets/..%5c..%5csecret.txt",
    "app://earmark/assets/link.txt",
    "app://earmark/assets/a.js%00.txt",
    "app://earmark//server/share.txt",
    "app://earmark/media/..%2f..%2fsecret.txt",
    "app://earmark/media/43",
  ])("does not lead out of the page by %s", async (url) => {
    const response = await ask(url);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain("secret");
  });
  it("only gives", async () => {
    expect((await ask("app://earmark/", { method: "POST", body: "x" })).status).toBe(405);
  });
  it("refuses files", async () => {
    expect((await ask("file:///etc/hostname")).status).toBe(403);
  });
});
