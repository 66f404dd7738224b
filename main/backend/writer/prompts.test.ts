import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPrompt } from "../../../app/conformity/writing/prompt-text.ts";
import { libraryPaths } from "../library-paths.ts";
import { openStore, type Store } from "../store/store.ts";
import { earmarkFolder } from "../surroundings.ts";
import { promptById, promptsOfLibrary, readReadyMadePrompts } from "./prompts.ts";

const own = (text: string, version = 1): string =>
  `# Mine.\nschema: earmark-prompt/1\nid: summary\nversion: ${version}\ntitle: Summary\nuse: insight\ntext: ${text} # said so\n`;

describe("the prompts of a library", () => {
  let root: string;
  let store: Store;
  const ready = () => readReadyMadePrompts(join(earmarkFolder, "resources"));
  const put = (text: string) => store.prompts.put({ kind: "prompt", value: readPrompt(text) }, text, "Ann");
  const recorded = () => store.ledger.entries(0, 1_000).filter(({ kind, author }) => kind === "prompt" && author !== "");

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "earmark-prompts-"));
    store = openStore(libraryPaths(root), { clock: { now: () => 1_000 }, version: "0" });
    store.prompts.putReadyMade(await ready());
  });
  afterEach(async () => {
    store.close();
    await rm(root, { recursive: true, force: true });
  });

  it("are those that come with Earmark, found by their ids", () => {
    const prompts = promptsOfLibrary(store);
    expect(promptById(prompts, "checklist").use).toBe("checklist");
    expect(prompts.workflows.get("contact-summary")?.prompts).toContain("next-actions");
    expect(() => promptById(prompts, "nothing")).toThrow("No prompt is called 'nothing'.");
    expect(recorded()).toEqual([]);
  });

  it("become a person's by being written otherwise: every version is kept with its author's words, and recorded", async () => {
    expect(put(own("Say it."))).toEqual({ kind: "prompt", id: "summary", version: 2 });
    expect(put(own("Say it.", 2))).toMatchObject({ version: 2 });
    expect(put(own("Say it well.", 2))).toMatchObject({ version: 3 });
    const place = { kind: "prompt", id: "summary" } as const;
    expect(store.prompts.versions(place)).toEqual([3, 2, 1]);
    expect(store.prompts.get(place)).toMatchObject({ origin: "person", value: { version: 3, text: "Say it well." } });
    expect(store.prompts.version(place, 2)?.text).toBe(own("Say it.", 2));
    expect(store.prompts.version(place, 4)).toBeNull();
    // What comes with the next Earmark does not take its place.
    store.prompts.putReadyMade(await ready());
    expect(store.prompts.get(place)?.value.version).toBe(3);
    expect(recorded().map(({ subject, author, data }) => [subject, author, data["action"], data["version"]])).toEqual([
      ["summary", "Ann", "saved", 2],
      ["summary", "Ann", "saved", 3],
    ]);
  });

  it("can be turned off and taken out, and stay out", async () => {
    const place = { kind: "prompt", id: "topic" } as const;
    store.prompts.enable(place, false);
    expect(store.prompts.get(place)?.enabled).toBe(false);
    expect(store.prompts.remove(place)).toBe(true);
    expect(store.prompts.remove(place)).toBe(false);
    expect(() => store.prompts.enable(place, true)).toThrow("There is no such prompt.");
    store.prompts.putReadyMade(await ready());
    expect(promptsOfLibrary(store).prompts.has("topic")).toBe(false);
    expect(store.prompts.get(place)?.value.title).not.toBe("");
    expect(recorded().map(({ data }) => data["action"])).toEqual(["disabled", "withdrawn"]);
  });
});
