import { openBackend } from "../backend.ts";
import { forkProcess } from "../speech/start-process.ts";

/*
 * A whole Earmark that ends as a power cut would while it takes in a folder:
 * `node intake-kill.test-process.ts LIBRARY FOLDER MILLISECONDS`. With 0 it goes on to the end and prints how it stands.
 */

const [library = "", folder = "", text = "0"] = process.argv.slice(2);
const killAfterMs = Number(text);
const backend = await openBackend({
  libraryPath: library,
  modelFolders: [],
  resourcesPath: "none",
  version: "0.0.0-test",
  startProcess: forkProcess,
});
if (killAfterMs > 0) setTimeout(() => process.kill(process.pid, "SIGKILL"), killAfterMs);

const { sources } = await backend.handlers["intake.list"]({});
if (sources.length === 0) {
  await backend.handlers["intake.begin"]({ paths: [folder], recursive: true, include: [], exclude: [], speech: {} });
}
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const list = await backend.handlers["intake.list"]({});
  if (list.sources.some(({ counts }) => (counts.waiting ?? 0) + (counts.running ?? 0) > 0)) continue;
  const { jobs } = await backend.handlers["queue.list"]({ limit: 1_000 });
  if (jobs.some(({ state }) => state === "waiting" || state === "running")) continue;
  const { total } = await backend.handlers["library.list"]({
    text: "",
    sortBy: "importedAt",
    direction: "descending",
    offset: 0,
    limit: 1,
  });
  const states = jobs.map(({ state }) => state);
  await backend.close();
  process.stdout.write(JSON.stringify({ sources: list.sources.map(({ counts }) => counts), total, states }));
  break;
}
