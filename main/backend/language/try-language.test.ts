import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LanguageTrial, languageSettingsSchema } from "../../../app/contract/insight-views.ts";
import { createTermFiles } from "./term-files.ts";
import { tryLanguage } from "./try-language.ts";

describe("trying the string map", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-terms-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const terms = async (): Promise<LanguageTrial | undefined> => {
    const trials = await tryLanguage({
      settings: languageSettingsSchema.parse({ terms: join(folder, "map.csv") }),
      terms: createTermFiles(),
      onEgress: () => Promise.reject(new Error("Nothing may be sent.")),
      clock: { now: () => 0 },
      signal: new AbortController().signal,
    });
    return trials.find(({ step }) => step === "terms");
  };

  it("tells of the terms of every language's file", async () => {
    await writeFile(join(folder, "map.csv"), "Text,Type\nGreen Saver,TARIFF\n");
    await writeFile(join(folder, "map-es.csv"), "Text,Type\nAhorro,TARIFF\nVerde,TARIFF\n");
    expect(await terms()).toEqual({
      step: "terms",
      state: "ok",
      detail: "map.csv: 1 terms. map-es.csv: 2 terms.",
      failure: null,
    });
  });

  it("names the rows that cannot be used, of all its files", async () => {
    await writeFile(join(folder, "map.csv"), "Text,Type\nGreen Saver,TARIFF\nOrphan,\n");
    await writeFile(join(folder, "map-es.csv"), "Text,Type\n,TARIFF\n");
    const trial = await terms();
    expect(trial).toMatchObject({ state: "wrong", failure: { code: "format-malformed" } });
    expect(trial?.badRows).toEqual([
      { file: "map.csv", line: 3, reason: "no-type" },
      { file: "map-es.csv", line: 2, reason: "no-text" },
    ]);
  });

  it("says that there is none", async () => {
    expect(await terms()).toMatchObject({ state: "wrong", failure: { code: "file-missing" } });
  });
});
