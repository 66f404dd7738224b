import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { callNames, type Handlers } from "../../app/contract/api.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import type { EventMessage } from "../../app/contract/transport.ts";
import type { Backend } from "../backend/backend.ts";
import type { Router } from "../backend/http/router.ts";
import { type Loopback, type LoopbackOptions, startLoopback } from "./server.ts";

/* The door over real sockets, with a small backend in memory behind it. */

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

interface SmallBackend extends Backend {
  readonly uploads: Map<string, number>;
  readonly aborted: string[];
  emit(message: EventMessage): void;
  readonly listeners: number;
}

function smallBackend(): SmallBackend {
  const listeners = new Set<(message: EventMessage) => void>();
  const uploads = new Map<string, number>();
  const aborted: string[] = [];
  const refuse = (): Promise<never> => Promise.reject(new EarmarkError("not-found", "Not in this test."));
  const handlers = {
    ...(Object.fromEntries(callNames.map((name) => [name, refuse])) as unknown as Handlers),
    "queue.pause": () => Promise.resolve({}),
    "queue.cancel": () => Promise.reject(new EarmarkError("conflict", "It has ended.", { job: "7" })),
    "queue.resume": () => {
      throw new TypeError("a fault of ours");
    },
  } satisfies Handlers;
  return {
    handlers,
    uploads,
    aborted,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit(message) {
      for (const listener of listeners) listener(message);
    },
    get listeners() {
      return listeners.size;
    },
    mediaFile: () => Promise.resolve(null),
    async receiveUpload(name, bytes, signal) {
      signal.addEventListener("abort", () => aborted.push(name));
      let size = 0;
      for await (const piece of bytes) size += piece.length;
      uploads.set(name, size);
      return { uploadId: "u1", name, bytes: size };
    },
    close: () => Promise.resolve(),
  };
}

const open: Loopback[] = [];
afterEach(async () => {
  for (const loopback of open.splice(0)) await loopback.close();
});

const pageRouter: Router = (request) => {
  const path = new URL(request.url).pathname;
  if (path === "/throws") return Promise.reject(new Error("lost"));
  return Promise.resolve(
    new Response(request.method === "HEAD" ? null : `page ${path}`, { headers: { "Content-Type": "text/html" } }),
  );
};

async function start(more: Partial<LoopbackOptions> = {}): Promise<{ loopback: Loopback; backend: SmallBackend }> {
  const backend = smallBackend();
  const loopback = await startLoopback({ backend, router: pageRouter, ...more });
  open.push(loopback);
  return { loopback, backend };
}

/** A request byte for byte as given: fetch would tidy up what is to be tested. */
function ask(port: number, path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((done, failed) => {
    const request = httpRequest(
      { host: "127.0.0.1", port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (piece: string) => {
          text += piece;
        });
        response.on("end", () => done({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.on("error", failed);
      },
    );
    request.on("error", failed);
    request.end(body);
  });
}

async function signIn(loopback: Loopback): Promise<{ cookie: string; origin: string }> {
  const url = new URL(loopback.newUrl());
  const answer = await ask(loopback.port, url.pathname + url.search);
  expect(answer.status).toBe(303);
  return { cookie: answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "", origin: `http://127.0.0.1:${loopback.port}` };
}

const json = { "content-type": "application/json" };

describe("letting a browser in", () => {
  it("exchanges the token once, for a cookie that no script and no other site sees", async () => {
    const { loopback } = await start();
    const { search } = new URL(loopback.url);
    expect(new URL(loopback.url).hostname).toBe("127.0.0.1");
    const first = await ask(loopback.port, `/${search}`);
    expect([first.status, first.headers.location]).toEqual([303, "/"]);
    expect(first.headers["set-cookie"]?.[0]).toMatch(/^earmark-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/u);
    expect(first.headers["cache-control"]).toBe("no-store");
    const again = await ask(loopback.port, `/${search}`);
    expect(again.status).toBe(403);
    expect(again.headers["set-cookie"]).toBeUndefined();
    expect(again.text).toContain("This address has been used");
    expect(again.headers["content-security-policy"]).toContain("default-src 'none'");
    const cookie = first.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await ask(loopback.port, "/review/1", { headers: { cookie } })).text).toBe("page /review/1");
    // The same browser following its old bookmark is not shut out.
    expect((await ask(loopback.port, `/${search}`, { headers: { cookie } })).status).toBe(303);
  });

  it("gives further addresses, keeps the rest of the address, and does not spend a token on HEAD", async () => {
    const { loopback } = await start();
    const token = new URL(loopback.newUrl()).searchParams.get("token");
    expect((await ask(loopback.port, `/?token=${token}`, { method: "HEAD" })).status).toBe(403);
    const answer = await ask(loopback.port, `/review/7?token=${token}&at=12`);
    expect([answer.status, answer.headers.location]).toEqual([303, "/review/7?at=12"]);
    const other = new URL(loopback.newUrl()).searchParams.get("token");
    expect((await ask(loopback.port, `//evil.example/x?token=${other}`)).headers.location).toBe("/evil.example/x");
  });

  it("refuses wrong tokens and cookies, with words for people and a failure for programs", async () => {
    const { loopback } = await start();
    const { port } = loopback;
    expect((await ask(port, "/?token=")).status).toBe(403);
    expect((await ask(port, `/?token=${"a".repeat(43)}`)).status).toBe(403);
    const page = await ask(port, "/", { headers: { accept: "text/html,*/*" } });
    expect([page.status, page.text.includes("does not know this browser")]).toEqual([401, true]);
    for (const path of ["/", "/media/1", "/events", "/assets/a.js"]) expect((await ask(port, path)).status).toBe(401);
    const forged = await ask(port, "/", { headers: { cookie: `earmark-${port}=${"a".repeat(43)}` } });
    expect(forged.status).toBe(401);
    const origin = `http://127.0.0.1:${port}`;
    const call = await ask(port, "/rpc/queue.pause", { method: "POST", headers: { ...json, origin }, body: "{}" });
    expect([call.status, JSON.parse(call.text).error.code]).toEqual([401, "not-allowed"]);
  });

  it("is not fooled by another Earmark's cookie", async () => {
    const [one, two] = [await start(), await start()];
    const { cookie } = await signIn(one.loopback);
    expect((await ask(two.loopback.port, "/", { headers: { cookie } })).status).toBe(401);
  });
});

describe("who may ask", () => {
  it("answers under its own address alone (a name made to point here is refused)", async () => {
    const { loopback } = await start();
    const { cookie } = await signIn(loopback);
    for (const host of [
      "evil.example",
      `evil.example:${loopback.port}`,
      "127.0.0.1",
      "127.0.0.1:1",

      `127.0.0.1:${loopback.port}.evil.example`,
    ]) {
      expect((await ask(loopback.port, "/", { headers: { cookie, host } })).status, host).toBe(421);
    }
    expect((await ask(loopback.port, "/", { headers: { cookie, host: `localhost:${loopback.port}` } })).status).toBe(200);
    // Two hosts: which one counts would be a matter of who reads.
    const socket = connect(loopback.port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${loopback.port}\r\nHost: evil.example\r\nCookie: ${cookie}\r\n\r\n`);
    const heard = await new Promise<string>((done) => socket.once("data", (data) => done(String(data))));
    socket.destroy();
    expect(heard).toMatch(/^HTTP\/1\.1 421 /u);
  });

  it("refuses other sites, other ports of this machine, and calls without an origin", async () => {
    const { loopback } = await start();
    const { port } = loopback;
    const { cookie, origin } = await signIn(loopback);
    const call = (headers: Record<string, string>): Promise<Answer> =>
      ask(port, "/rpc/queue.pause", { method: "POST", headers: { ...json, cookie, ...headers }, body: "{}" });
    expect((await call({ origin })).status).toBe(200);
    for (const headers of [
      {},
      { origin: "null" },
      { origin: "https://evil.example" },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: `https://127.0.0.1:${port}` },
      { origin: `http://localhost:${port}` },
      { origin, "sec-fetch-site": "cross-site" },
      { origin, "sec-fetch-site": "same-site" },
    ]) {
      expect((await call(headers)).status, JSON.stringify(headers)).toBe(403);
    }
    const get = async (headers: Record<string, string>): Promise<number> =>
      (await ask(port, "/media/1", { headers: { cookie, ...headers } })).status;
    expect(await get({ "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await get({ "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" })).toBe(200);
    expect(await get({ "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "audio" })).toBe(403);
    expect(await get({ "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" })).toBe(403);
    expect(await get({ origin: "https://evil.example" })).toBe(403);
  });

  it("gives no permission to share, and knows few methods", async () => {
    const { loopback } = await start();
    const { cookie, origin } = await signIn(loopback);
    const headers = { cookie, origin };
    const preflight = await ask(loopback.port, "/rpc/queue.pause", {
      method: "OPTIONS",
      headers: { ...headers, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(405);
    expect(Object.keys(preflight.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect((await ask(loopback.port, "/", { method: "DELETE", headers })).status).toBe(405);
    expect((await ask(loopback.port, "/", { method: "POST", headers, body: "x" })).status).toBe(405);
    expect((await ask(loopback.port, "/rpc/queue.pause", { headers })).text).toBe("page /rpc/queue.pause");
    expect((await ask(loopback.port, "http://evil.example/", { headers })).status).toBe(400);
    expect((await ask(loopback.port, "/throws", { headers })).status).toBe(500);
  });
});

describe("calls", () => {
  it("answers with the value, the failure, or what was wrong with the call", async () => {
    const { loopback } = await start();
    const headers = await signIn(loopback);
    const call = async (name: string, body: string, more: Record<string, string> = json): Promise<[number, unknown]> => {
      const answer = await ask(loopback.port, `/rpc/${name}`, { method: "POST", headers: { ...headers, ...more }, body });
      return [answer.status, JSON.parse(answer.text)];
    };
    expect(await call("queue.pause", "{}")).toEqual([200, { ok: true, value: {} }]);
    expect(await call("queue.cancel", '{"id":"7"}')).toEqual([
      200,
      { ok: false, error: { code: "conflict", message: "It has ended.", details: { job: "7" } } },
    ]);
    expect(await call("queue.resume", "{}")).toMatchObject([200, { ok: false, error: { code: "internal" } }]);
    expect(await call("queue.cancel", '{"id":7}')).toMatchObject([200, { ok: false, error: { code: "input-invalid" } }]);
    expect(await call("no.such", "{}")).toMatchObject([200, { ok: false, error: { code: "input-invalid" } }]);
    expect(await call("__proto__", "{}")).toMatchObject([200, { ok: false, error: { code: "input-invalid" } }]);
    expect(await call("queue.pause", "{")).toMatchObject([400, { ok: false, error: { code: "input-invalid" } }]);
    expect(await call("queue.pause", "{}", { "content-type": "text/plain" })).toMatchObject([415, { ok: false }]);
    expect(await call("queue.pause", "{}", {})).toMatchObject([415, { ok: false }]);
  });

  it("takes no call of unreasonable size, announced or not", async () => {
    const { loopback } = await start();
    const headers = { ...(await signIn(loopback)), ...json };
    const body = `{"filler":"${"x".repeat(5 * 1024 * 1024)}"}`;
    const outcome = async (more: Record<string, string>): Promise<unknown> =>
      (
        await ask(loopback.port, "/rpc/queue.pause", { method: "POST", headers: { ...headers, ...more }, body }).catch(
          (error: NodeJS.ErrnoException) => ({
            // The server may hang up while the rest is still being sent.
            status: ["EPIPE", "ECONNRESET"].includes(error.code ?? "") ? 413 : error.code,
          }),
        )
      ).status;
    expect(await outcome({ "content-length": String(body.length) })).toBe(413);
    expect(await outcome({ "transfer-encoding": "chunked" })).toBe(413);
    // And goes on answering others.
    expect((await ask(loopback.port, "/", { headers })).status).toBe(200);
  });
});

describe("uploads", () => {
  it("stream into the backend under a plain name", async () => {
    const { loopback, backend } = await start({ maxUploadBytes: 1_000_000 });
    const headers = await signIn(loopback);
    const send = async (name: string, body: Uint8Array, more: Record<string, string> = {}): Promise<[number, unknown]> => {
      const answer = await ask(loopback.port, `/upload?name=${name}`, {
        method: "POST",
        headers: { ...headers, "content-length": String(body.length), ...more },
        body,
      });
      return [answer.status, JSON.parse(answer.text)];
    };
    const sound = new Uint8Array(500_000);
    expect(await send(encodeURIComponent("Anruf é 1.wav"), sound)).toEqual([
      200,
      { ok: true, value: { uploadId: "u1", name: "Anruf é 1.wav", bytes: 500_000 } },
    ]);
    await send(encodeURIComponent("..\\..\\evil/../x.wav"), new Uint8Array(3));
    expect([...backend.uploads]).toEqual([
      ["Anruf é 1.wav", 500_000],
      ["x.wav", 3],
    ]);
    expect(await send("", sound)).toMatchObject([400, { ok: false }]);
    expect(await send("..", sound)).toMatchObject([400, { ok: false }]);
    expect(await send("big.wav", new Uint8Array(10), { "content-length": "1000001" }).catch(() => "hung up")).toBeTruthy();
    expect(backend.uploads.has("big.wav")).toBe(false);
  });

  it("that break off tell the backend", async () => {
    const { loopback, backend } = await start();
    const headers = await signIn(loopback);
    const request = httpRequest({
      host: "127.0.0.1",
      port: loopback.port,
      path: "/upload?name=half.wav",
      method: "POST",
      headers: { ...headers, host: `127.0.0.1:${loopback.port}`, "content-length": "1000" },
    });
    request.on("error", () => undefined);
    request.write("half");
    await new Promise((done) => setTimeout(done, 50));
    request.destroy();
    await expect.poll(() => backend.aborted).toEqual(["half.wav"]);
    expect(backend.uploads.size).toBe(0);
  });
});

describe("events", () => {
  async function listen(loopback: Loopback, cookie: string): Promise<{ text(): string; end(): void; ended: Promise<void> }> {
    return await new Promise((done, failed) => {
      const request = httpRequest(
        { host: "127.0.0.1", port: loopback.port, path: "/events", headers: { cookie, host: `127.0.0.1:${loopback.port}` } },
        (response) => {
          expect(response.headers["content-type"]).toContain("text/event-stream");
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (piece: string) => {
            text += piece;
          });
          response.on("error", () => undefined);
          const ended = new Promise<void>((over) => response.on("close", () => over()));
          done({ text: () => text, end: () => request.destroy(), ended });
        },
      );
      request.on("error", failed);
      request.end();
    });
  }

  it("reach every open page, with signs of life between; a page that comes back hears what happens then", async () => {
    const { loopback, backend } = await start({ heartbeatMs: 20 });
    const { cookie } = await signIn(loopback);
    const pages = [await listen(loopback, cookie), await listen(loopback, cookie), await listen(loopback, cookie)];
    backend.emit({ name: "conversation.changed", payload: { id: "a\nb" } });
    for (const page of pages) {
      await expect.poll(page.text).toContain('data: {"name":"conversation.changed","payload":{"id":"a\\nb"}}\n\n');
      await expect.poll(page.text).toContain(": still here\n\n");
    }
    pages[0]?.end();
    const back = await listen(loopback, cookie);
    backend.emit({ name: "library.changed", payload: {} });
    await expect.poll(back.text).toContain("library.changed");
    expect(back.text()).not.toContain("conversation.changed");
    expect(pages[1]?.text()).toContain("library.changed");
    expect(pages[0]?.text()).not.toContain("library.changed");
  });

  it("let go of a page that has stopped reading", async () => {
    const { loopback, backend } = await start();
    const { cookie } = await signIn(loopback);
    const { connect } = await import("node:net");
    const socket = connect(loopback.port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${loopback.port}\r\nCookie: ${cookie}\r\n\r\n`);
    await new Promise((done) => socket.once("data", done));
    socket.pause();
    const reading = await listen(loopback, cookie);
    const id = "x".repeat(100_000);
    for (let sent = 0; sent < 200; sent += 1) {
      backend.emit({ name: "conversation.changed", payload: { id } });
      await new Promise((done) => setImmediate(done));
    }
    socket.resume();
    await new Promise<void>((done) => socket.once("close", () => done()));
    backend.emit({ name: "library.changed", payload: {} });
    await expect.poll(reading.text).toContain("library.changed");
    reading.end();
  });

  it("end when Earmark ends", async () => {
    const { loopback, backend } = await start();
    const page = await listen(loopback, (await signIn(loopback)).cookie);
    await loopback.close();
    await page.ended;
    expect(backend.listeners).toBe(0);
  });
});

describe("a recording on its way", () => {
  it("is read no faster than the browser takes it, and let go when the browser goes away", async () => {
    let given = 0;
    let cancelled = false;
    const endless: Router = () =>
      Promise.resolve(
        new Response(
          new ReadableStream<Uint8Array>(
            {
              pull(controller) {
                given += 65_536;
                controller.enqueue(new Uint8Array(65_536));
              },
              cancel() {
                cancelled = true;
              },
            },
            { highWaterMark: 0 },
          ),
        ),
      );
    const { loopback } = await start({ router: endless });
    const { cookie } = await signIn(loopback);
    const headers = { cookie, host: `127.0.0.1:${loopback.port}` };
    const response = await new Promise<IncomingMessage>((done, failed) => {
      httpRequest({ host: "127.0.0.1", port: loopback.port, path: "/media/1", headers }, done).on("error", failed).end();
    });
    response.pause();
    let before = -1;
    await expect
      .poll(() => {
        const settled = given === before;
        before = given;
        return settled;
      })
      .toBe(true);
    // What the sockets' own buffers hold, and not more.
    expect(given).toBeLessThan(20_000_000);
    expect(cancelled).toBe(false);
    response.on("error", () => undefined);
    response.destroy();
    await expect.poll(() => cancelled).toBe(true);
  });
});

describe("ending", () => {
  it("comes when the parent's standard input ends", async () => {
    const parentStdin = new PassThrough();
    const { loopback } = await start({ parentStdin });
    expect((await ask(loopback.port, "/")).status).toBe(401);
    parentStdin.end();
    await loopback.closed;
    await expect(ask(loopback.port, "/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await loopback.close();
  });

  it("says when a port is taken", async () => {
    const { loopback } = await start();
    await expect(start({ port: loopback.port })).rejects.toMatchObject({ code: "conflict" });
  });
});
