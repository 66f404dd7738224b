import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseByteRange } from "./byte-range.ts";
import { createRouter, type Router } from "./router.ts";

describe("a byte range", () => {
  it.each([
    [null, 10, null],
    ["bytes=0-4", 10, { start: 0, end: 4 }],
    ["bytes=5-", 10, { start: 5, end: 9 }],
    ["bytes=-3", 10, { start: 7, end: 9 }],
    ["bytes=-30", 10, { start: 0, end: 9 }],
    ["bytes=8-99", 10, { start: 8, end: 9 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=10-12", 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=7-5", 10, null],
    ["bytes=-", 10, null],
    ["bytes=a-b", 10, null],
    ["bytes=0-1,3-4", 10, null],
    ["items=0-1", 10, null],
    ["bytes=99999999999999999999-", 10, null],
  ])("%s of %i bytes", (header, size, expected) => {
    expect(parseByteRange(header, size)).toEqual(expected);
  });
});

describe("the router", () => {
  let folder = "";
  let router: Router;
  const sound = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => router(new Request(`http://127.0.0.1:1${path}`, init));
  /** As a client that does not tidy up its paths. */
  const askRaw = (path: string): Promise<Response> =>
    router({ method: "GET", headers: new Headers(), url: `app://earmark${path}` } as Request);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark page é "));
    await mkdir(join(folder, "page", "assets"), { recursive: true });
    await writeFile(
      join(folder, "page", "index.html"),
      '<!doctype html><html><head><meta property="csp-nonce" nonce="__CSP_NONCE__" /></head><body>Earmark</body></html>',
    );
    await writeFile(join(folder, "page", "assets", "main-1a2b.js"), "run()");
    await writeFile(join(folder, "page", "icon.svg"), "<svg/>");
    await writeFile(join(folder, "page", "notes.exe"), "no");
    await writeFile(join(folder, "secret.txt"), "secret");
    await symlink(join(folder, "secret.txt"), join(folder, "page", "link.txt"));
    await symlink(folder, join(folder, "page", "out"));
    await writeFile(join(folder, "sound.wav"), sound);
    await writeFile(join(folder, "empty.wav"), "");
    router = createRouter({
      pageFolder: join(folder, "page"),
      version: '1.2.3"<',
      mediaFile: (id) => {
        if (id === "throws") return Promise.reject(new Error(`no such table in ${folder}`));
        const name = { "42": "sound.wav", gone: "gone.wav", empty: "empty.wav" }[id];
        return Promise.resolve(name === undefined ? null : { path: join(folder, name), mediaType: "audio/wav" });
      },
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("serves the page with a nonce of its own each time, in policy and page alike", async () => {
    const nonces = new Set<string>();
    for (const path of ["/", "/index.html", "/review/42", "/settings"]) {
      const response = await ask(path);
      const html = await response.text();
      const policy = response.headers.get("content-security-policy") ?? "";
      const nonce = /'nonce-([^']+)'/u.exec(policy)?.[1] ?? "";
      expect(response.status).toBe(200);
      expect(html).toContain(`<meta property="csp-nonce" nonce="${nonce}"`);
      expect(html).not.toContain("__CSP_NONCE__");
      expect(html.match(/csp-nonce/gu)).toHaveLength(1);
      expect(html).toContain('content="1.2.3&#34;&#60;"');
      expect(policy).toBe(
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; media-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      );
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(4);
  });

  it("gives every answer the same protections", async () => {
    for (const path of ["/", "/assets/main-1a2b.js", "/nothing.js", "/media/42", "/media/unknown"]) {
      const { headers } = await ask(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("cache-control")).not.toBeNull();
      expect(headers.get("content-type")).not.toBeNull();
    }
  });

  it("serves the page's files with their types", async () => {
    const script = await ask("/assets/main-1a2b.js");
    expect(await script.text()).toBe("run()");
    expect(script.headers.get("content-type")).toContain("text/javascript");
    expect(script.headers.get("cache-control")).toContain("immutable");
    expect((await ask("/icon.svg")).headers.get("content-type")).toBe("image/svg+xml");
    expect((await ask("/assets/absent.js")).status).toBe(404);
    expect((await ask("/assets/absent")).status).toBe(404);
    expect((await ask("/notes.exe")).status).toBe(404);
  });

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/%252e%252e/secret.txt",
    "/link.txt",
    "/out/secret.txt",
    "/secret.txt%00.js",
    "//secret.txt",
    "/C:/secret.txt",
    "/%5c%5cserver%5cshare%5csecret.txt",
    "/%",
    "/media/../secret.txt",
    "/media/%2e%2e%2fsecret.txt",
  ])("does not give away what lies outside: %s", async (path) => {
    const answers = await Promise.all([askRaw(path), ask(path)]);
    for (const response of answers) {
      expect(await response.text()).not.toContain("secret");
      expect(response.status).toBe(404);
    }
  });

  it("serves a recording whole and in parts", async () => {
    const whole = await ask("/media/42");
    expect(whole.status).toBe(200);
    expect(whole.headers.get("accept-ranges")).toBe("bytes");
    expect(whole.headers.get("content-length")).toBe("300000");
    expect(whole.headers.get("content-type")).toBe("audio/wav");
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(sound);
    for (const [range, start, end] of [
      ["bytes=0-0", 0, 0],
      ["bytes=100-70000", 100, 70_000],
      ["bytes=299990-", 299_990, 299_999],
      ["bytes=-10", 299_990, 299_999],
    ] as const) {
      const part = await ask("/media/42", { headers: { range } });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-range")).toBe(`bytes ${start}-${end}/300000`);
      expect(part.headers.get("content-length")).toBe(String(end + 1 - start));
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(sound.slice(start, end + 1));
    }
    const beyond = await ask("/media/42", { headers: { range: "bytes=300000-" } });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */300000"]);
    for (const range of ["bytes=7-5", "bytes=0-1,5-6", "nonsense"]) {
      const all = await ask("/media/42", { headers: { range } });
      expect([all.status, all.headers.get("content-length")]).toEqual([200, "300000"]);
      await all.body?.cancel();
    }
  });

  it("answers HEAD without a body, and an empty file", async () => {
    const head = await ask("/media/42", { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), head.body]).toEqual([200, "300000", null]);
    const part = await ask("/media/42", { method: "HEAD", headers: { range: "bytes=0-9" } });
    expect([part.status, part.headers.get("content-length")]).toEqual([206, "10"]);
    expect((await ask("/", { method: "HEAD" })).body).toBeNull();
    const empty = await ask("/media/empty");
    expect([empty.status, empty.headers.get("content-length")]).toEqual([200, "0"]);
  });

  it("closes the file when the listener goes away, and does not read ahead", async () => {
    const openBefore = await openFiles();
    const response = await ask("/media/42");
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(65_536);
    expect(await openFiles()).toBe(openBefore + (process.platform === "linux" ? 1 : 0));
    await reader?.cancel();
    expect(await openFiles()).toBe(openBefore);
  });

  it("holds no file for an answer that nobody reads", async () => {
    const openBefore = await openFiles();
    await ask("/media/42");
    expect(await openFiles()).toBe(openBefore);
  });

  it("knows no other media and no other methods, and keeps its troubles to itself", async () => {
    expect((await ask("/media/unknown")).status).toBe(404);
    expect((await ask("/media/gone")).status).toBe(404);
    expect((await ask("/media/")).status).toBe(404);
    expect((await ask("/media/42/more")).status).toBe(404);
    const posted = await ask("/media/42", { method: "POST", body: "x" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await ask("/", { method: "DELETE" })).status).toBe(405);
    const failed = await ask("/media/throws");
    expect([failed.status, (await failed.text()).includes(folder)]).toEqual([500, false]);
  });

  it("says what to do when the page has not been built", async () => {
    const unbuilt = createRouter({ pageFolder: join(folder, "absent"), version: "1", mediaFile: () => Promise.resolve(null) });
    const response = await unbuilt(new Request("http://127.0.0.1:1/"));
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("npm run build")]);
  });
});

/** Open files of this process on Linux; a constant elsewhere, where the check then says nothing. */
async function openFiles(): Promise<number> {
  if (process.platform !== "linux") return 0;
  const { readdir, readlink } = await import("node:fs/promises");
  const links = await Promise.all((await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return links.filter((link) => link.endsWith("sound.wav")).length;
}
