import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keepPrompt, promptById, readPrompts } from "./prompts.ts";

const resourcesPath = join(import.meta.dirname, "..", "..", "..", "resources");

describe("prompts", () => {
  it("come with Earmark, whether there are own ones or not", async () => {
    const prompts = await readPrompts(resourcesPath, join(tmpdir(), "there-is-no-such-folder"));
    expect(prompts.bad).toEqual([]);
    expect(promptById(prompts, "checklist").use).toBe("checklist");
    expect(() => promptById(prompts, "nothing")).toThrow("No prompt is called 'nothing'.");
  });

  it("keeps prompts of one's own by version, and takes the latest", async () => {
    const prompts = await readPrompts(resourcesPath, null);
    const folder = await mkdtemp(join(tmpdir(), "earmark-prompts-"));
    try {
      const summary = prompts.prompts.get("summary");
      const workflow = prompts.workflows.get("contact-summary");
      if (summary === undefined || workflow === undefined) throw new Error("They are not there.");
      expect((await keepPrompt(summary, prompts, folder)).version).toBe(1);
      expect(await readdir(folder)).toEqual([]);
      const changed = await keepPrompt({ ...summary, text: "Sum it up." }, prompts, folder);
      expect(changed.version).toBe(2);
      await keepPrompt({ ...workflow, prompts: ["summary"] }, prompts, folder);
      await writeFile(join(folder, "broken.yaml"), "schema: earmark-prompt/1\nid: Broken\n");
      const again = await readPrompts(resourcesPath, folder);
      expect(again.prompts.get("summary")).toEqual(changed);
      expect(again.workflows.get("contact-summary")?.version).toBe(2);
      expect(again.bad.map(({ file }) => file)).toEqual(["broken.yaml"]);
      const third = await keepPrompt({ ...summary, text: "Sum it up well." }, again, folder);
      expect(third.version).toBe(3);
      expect((await readdir(folder)).sort()).toEqual([
        "broken.yaml",
        "contact-summary.workflow.v2.yaml",
        "summary.v2.yaml",
        "summary.v3.yaml",
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
