import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openZip } from "./zip.ts";

/* Archives as they come, and as somebody means harm with them. */

let folder: string;
const quiet = new AbortController().signal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark-zip-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function archive(bytes: Uint8Array): Promise<string> {
  const path = join(folder, "archive.zip");
  await writeFile(path, bytes);
  return path;
}

describe("an archive", () => {
  it("lists its files without folders and what hides, and gives their bytes", async () => {
    const path = await archive(
      zipSync({
        "calls/a.txt": strToU8("Agent: hello"),
        "calls/.DS_Store": strToU8("x"),
        "__MACOSX/calls/a.txt": strToU8("x"),
        "calls/": new Uint8Array(),
      }),
    );
    const zip = await openZip(path, quiet);
    expect(zip.members.map(({ name, bytes }) => [name, bytes])).toEqual([["calls/a.txt", 12]]);
    expect(new TextDecoder().decode(await zip.read("calls/a.txt", 100, quiet))).toBe("Agent: hello");
    await expect(zip.read("calls/a.txt", 3, quiet)).rejects.toMatchObject({ code: "file-too-large" });
    await expect(zip.read("calls/b.txt", 100, quiet)).rejects.toMatchObject({ code: "not-found" });
    zip.close();
  });

  it.each(["../out.txt", "/etc/out.txt", "..\\out.txt", "C:/out.txt"])("with a file named %s is not opened", async (name) => {
    const path = await archive(zipSync({ [name]: strToU8("x") }));
    await expect(openZip(path, quiet)).rejects.toMatchObject({ code: "format-malformed" });
  });

  it("that promises far more than it holds is not opened", async () => {
    const path = await archive(zipSync({ "bomb.txt": [new Uint8Array(64 * 1024 ** 2), { level: 9 }] }));
    await expect(openZip(path, quiet)).rejects.toMatchObject({ code: "format-malformed" });
  });

  it("that lies about a size is broken off while it is read", async () => {
    const bytes = zipSync({ "a.txt": [strToU8("b".repeat(50_000)), { level: 9 }] });
    const view = Buffer.from(bytes);
    // The directory at the end says 10 bytes; the stream unpacks to 50,000.
    view.writeUInt32LE(10, view.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
    const zip = await openZip(await archive(view), quiet);
    await expect(zip.read("a.txt", 100_000, quiet)).rejects.toMatchObject({ code: "format-malformed" });
    zip.close();
  });

  it("that is damaged, or none, says so", async () => {
    const bytes = Buffer.from(zipSync({ "a.txt": strToU8("hello") }));
    await expect(openZip(await archive(bytes.subarray(0, 30)), quiet)).rejects.toMatchObject({ code: "format-malformed" });
    await expect(openZip(await archive(Buffer.from("nothing")), quiet)).rejects.toMatchObject({ code: "format-malformed" });
    await expect(openZip(join(folder, "none.zip"), quiet)).rejects.toMatchObject({ code: "file-missing" });
  });
});
