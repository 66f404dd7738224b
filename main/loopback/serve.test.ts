import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "./serve.ts";

describe("Earmark behind 127.0.0.1", () => {
  let library = "";
  beforeAll(async () => {
    library = await mkdtemp(join(tmpdir(), "earmark serves é "));
  });
  afterAll(() => rm(library, { recursive: true, force: true, maxRetries: 5 }));

  it("answers a browser from a real library, and gives the library back when its parent is gone", async () => {
    for (let round = 0; round < 2; round += 1) {
      const parentStdin = new PassThrough();
      const served = await serve({ library, parentStdin });
      const origin = `http://127.0.0.1:${served.port}`;
      const entered = await fetch(served.url, { redirect: "manual" });
      const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
      const response = await fetch(`${origin}/rpc/app.state`, {
        method: "POST",
        headers: { "content-type": "application/json", origin, cookie },
        body: "{}",
      });
      expect(await response.json()).toMatchObject({ ok: true, value: { libraryPath: library, conversations: 0 } });
      expect((await fetch(`${origin}/media/unknown`, { headers: { cookie } })).status).toBe(404);
      parentStdin.end();
      // A second round on the same library only works when the first has let go of it.
      await served.closed;
    }
  });
});
