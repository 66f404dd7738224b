import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { StageName } from "../../../app/contract/views.ts";
import { libraryPaths } from "../library-paths.ts";
import { openStore } from "../store/store.ts";
import { createQueue, type Stage } from "./queue.ts";

/*
 * A process that works a real queue over a real library, and kills itself as a power cut would: at the named stage, while
 * it runs, inside its commit, or just after it. Each place is met once; the mark that it was is written before.
 *
 * Arguments: folder, stage, place ("run", "commit", "committed" or "none").
 */

const [folder = "", target = "", place = "none"] = process.argv.slice(2);
const names: StageName[] = ["probe", "decode", "recognise", "index"];
const store = openStore(libraryPaths(folder), { clock: Date, version: "0.1.0" });

function dieAt(name: string, here: string): void {
  const mark = join(folder, `killed-${name}-${here}`);
  if (name !== target || here !== place || existsSync(mark)) return;
  writeFileSync(mark, "");
  process.kill(process.pid, "SIGKILL");
  // The signal is on its way: nothing more may happen meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
}

const stages = names.map(
  (name, position): Stage => ({
    name,
    version: 1,
    resource: position === 2 ? "speech" : "io",
    needs: names.slice(0, position),
    facts: () => ({ position }),
    async run({ conversationId }) {
      dieAt(name, "run");
      appendFileSync(join(folder, "runs.log"), `${name} ${conversationId}\n`);
      await wait(1);
      return { name };
    },
    commit(_result, { conversationId }) {
      // Counts the commits of every stage of every conversation in the library itself.
      const share = store.conversations.get(conversationId)?.title ?? "";
      store.conversations.update(conversationId, { title: `${share} ${name}` });
      dieAt(name, "commit");
      setImmediate(() => dieAt(name, "committed"));
    },
  }),
);

const queue = createQueue({
  store,
  stages,
  clock: Date,
  concurrency: { io: 2, cpu: 1, speech: 1 },
  onChange: () => undefined,
});
const ids = Array.from({ length: 3 }, (_, number) => `c${number}`);
for (const id of ids) {
  if (store.conversations.get(id) !== null) continue;
  store.transaction(() => {
    const source = { name: "a.wav", sha256: id, bytes: 1, format: "WAV" };
    store.conversations.insert({ id, kind: "call", channel: "voice", title: id, source });
    queue.add(id, names);
  });
}
queue.start();
await Promise.all(ids.map((id) => queue.settled(id)));
await queue.close();
store.close();
