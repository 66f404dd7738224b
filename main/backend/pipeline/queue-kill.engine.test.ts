import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { libraryPaths } from "../library-paths.ts";
import { openStore } from "../store/store.ts";

const program = join(import.meta.dirname, "queue-kill.test-process.ts");
const names = ["probe", "decode", "recognise", "index"];
const places = ["run", "commit", "committed"];

/** Works the queue in a process of its own; answers with the signal that ended it, or its exit code. */
async function work(folder: string, stage: string, place: string): Promise<string | number | null> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, folder, stage, place], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== null && code !== 0) throw new Error(complaint);
  return signal ?? code;
}

describe.skipIf(process.platform === "win32")("the queue killed with SIGKILL", () => {
  it.concurrent.each(names)(
    "in %s: while it ran, in its commit and after it, loses no stage and commits none twice",
    async (stage) => {
      const folder = mkdtempSync(join(tmpdir(), "earmark-kill-"));
      try {
        // One library lives through every kind of kill in turn.
        for (const place of places) {
          expect(await work(folder, stage, place)).toBe("SIGKILL");
          expect(existsSync(join(folder, `killed-${stage}-${place}`))).toBe(true);
        }
        expect(await work(folder, stage, "none")).toBe(0);

        const store = openStore(libraryPaths(folder), { clock: Date, version: "0.1.0" });
        try {
          expect(store.notices.list()).toEqual([]);
          for (const id of ["c0", "c1", "c2"]) {
            // Every stage has left its name exactly once, in order.
            expect(store.conversations.get(id)?.title).toBe([id, ...names].join(" "));
            expect(store.jobs.byConversation(id)?.state).toBe("done");
          }
        } finally {
          store.close();
        }
        // What was done before a kill did not run again after it: only runs that were cut off were begun anew.
        const runs = readFileSync(join(folder, "runs.log"), "utf8").trim().split("\n");
        expect(runs.length).toBeLessThanOrEqual(names.length * 3 + places.length * 3);
        expect(new Set(runs).size).toBe(names.length * 3);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
