import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type S3Double, startS3Double } from "../../../e2e/aws/s3-double.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { importBulk, isBulk } from "./import-bulk.ts";

let folder: string;
let library: string;
let out: string;
let err: string;
let s3: S3Double;
const before = { ...process.env };
const terminal: Terminal = {
  out: (text) => {
    out += text;
  },
  err: (text) => {
    err += text;
  },
  interactive: false,
  signal: new AbortController().signal,
};
const chat = (text: string): string => `Agent: Hello, how can I help?\nCustomer: ${text}\n`;

beforeEach(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" });
  folder = await mkdtemp(join(tmpdir(), "earmark-cli-bulk-"));
  library = join(folder, "library");
  out = "";
  err = "";
  s3 = await startS3Double(["calls"]);
});
afterEach(async () => {
  process.env = { ...before };
  await s3.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("import of a bucket", () => {
  const options = () => ({ library, region: "eu-west-1", s3Url: s3.url });

  it("prints what would come, brings it, and the next time nothing", async () => {
    for (const name of ["a", "b"]) s3.objects.set(`calls/in/${name}.txt`, Buffer.from(chat(name)));
    s3.writtenAt.set("calls/in/a.txt", new Date("2025-01-01T00:00:00Z"));
    const places = ["s3://calls/in/"];
    expect(await importBulk(places, { ...options(), dryRun: true, since: "2026-01-01" }, terminal)).toBe(exitCodes.done);
    expect(out).toMatch(/^ +\d+ {2}2026-01-01T00:00:00.000Z {2}in\/b\.txt\n$/u);
    expect(await importBulk(places, options(), terminal)).toBe(exitCodes.done);
    expect(err).toContain("2 taken in, 0 failed, 0 to come");
    out = "";
    expect(await importBulk(places, { ...options(), dryRun: true, json: true }, terminal)).toBe(exitCodes.done);
    expect(JSON.parse(out)).toMatchObject({ total: 0, known: 2 });
  });

  it("says what is refused, and what cannot be asked for", async () => {
    s3.refuse = () => ({ status: 403, code: "AccessDenied" });
    await expect(importBulk(["s3://calls"], options(), terminal)).rejects.toMatchObject({ code: "aws-denied" });
    await expect(importBulk(["s3://Not A Bucket/x"], options(), terminal)).rejects.toMatchObject({ code: "input-invalid" });
    await expect(importBulk(["s3://calls", "file.wav"], options(), terminal)).rejects.toMatchObject({ code: "input-invalid" });
  });
});

describe("import of a choice of files", () => {
  it("takes those that the patterns name, and answers with the code of what failed", async () => {
    await mkdir(join(folder, "in", "deep"), { recursive: true });
    await writeFile(join(folder, "in", "a.txt"), chat("a"));
    await writeFile(join(folder, "in", "b.json"), "{}");
    await writeFile(join(folder, "in", "c.tmp"), "x");
    await writeFile(join(folder, "in", "deep", "d.txt"), chat("d"));
    const asked = { library, exclude: ["*.tmp"], recursive: false, json: true };
    expect(isBulk([join(folder, "in")], asked)).toBe(true);
    expect(isBulk([join(folder, "in")], { recursive: true })).toBe(false);
    expect(await importBulk([join(folder, "in")], asked, terminal)).toBe(exitCodes.unreadable);
    expect(JSON.parse(out)).toMatchObject({
      done: 1,
      failed: 1,
      failures: [{ name: "b.json", failure: { code: "format-unknown" } }],
    });
  });
});
