import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LibraryPaths, libraryPaths } from "../library-paths.ts";
import { copyIn, moveIn, originalPath, receiveUpload } from "./originals.ts";

let folder: string;
let paths: LibraryPaths;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark originals é "));
  paths = libraryPaths(join(folder, "library"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;

describe("taking files into the library", () => {
  it("keeps a copy under the content's hash and leaves the file as it was", async () => {
    const path = join(folder, "Gespräch 1 %20.WAV");
    const bytes = Buffer.from("sound ".repeat(50_000));
    await writeFile(path, bytes);
    const incoming = await copyIn(paths, path, never);
    expect(incoming).toMatchObject({
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      name: "Gespräch 1 %20.WAV",
    });
    const place = originalPath(incoming.sha256, path);
    expect(place.endsWith(".wav")).toBe(true);
    await moveIn(paths, incoming, join(paths.root, place));
    expect(await readFile(join(paths.root, place))).toEqual(bytes);
    expect(await readFile(path)).toEqual(bytes);
    expect(await readdir(paths.incoming)).toEqual([]);
  });

  it("says what is wrong with a file that is missing, empty or a folder, and leaves nothing behind", async () => {
    await writeFile(join(folder, "empty.wav"), "");
    await expect(copyIn(paths, join(folder, "gone.wav"), never)).rejects.toMatchObject({ code: "file-missing" });
    await expect(copyIn(paths, join(folder, "empty.wav"), never)).rejects.toMatchObject({ code: "file-empty" });
    await expect(copyIn(paths, folder, never)).rejects.toMatchObject({ code: "file-unreadable" });
    expect(await readdir(paths.incoming)).toEqual([]);
  });

  it("stops when cancelled", async () => {
    const path = join(folder, "long.wav");
    await writeFile(path, Buffer.alloc(8_000_000));
    await expect(copyIn(paths, path, AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
    expect(await readdir(paths.incoming)).toEqual([]);
  });

  it("copies a file anew that changes meanwhile, and refuses one that goes on changing", async () => {
    const path = join(folder, "recorder.wav");
    await writeFile(path, Buffer.alloc(40_000_000, 1));
    const once = setTimeout(() => appendFileSync(path, "more"), 3);
    const settled = await copyIn(paths, path, never);
    clearTimeout(once);
    expect(settled.bytes).toBe(40_000_004);
    expect(settled.sha256).toBe(
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    );

    const always = setInterval(() => appendFileSync(path, "more"), 2);
    await expect(copyIn(paths, path, never)).rejects.toMatchObject({ code: "file-unreadable", details: { changing: true } });
    clearInterval(always);
    expect(await readdir(paths.incoming)).toHaveLength(1);
  });

  it("takes what a page sends, and never a path out of its name", async () => {
    const bytes = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array([1, 2, 3]));
        controller.enqueue(new Uint8Array([4]));
        controller.close();
      },
    });
    const upload = await receiveUpload(paths, "../../etc/passwd", bytes, never);
    expect(upload).toMatchObject({ name: "passwd", bytes: 4 });
    expect([...(await readFile(upload.path))]).toEqual([1, 2, 3, 4]);
    expect(upload.path.startsWith(paths.incoming)).toBe(true);
  });
});
