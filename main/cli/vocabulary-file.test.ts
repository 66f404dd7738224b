import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readVocabularyFile } from "./vocabulary-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark terms é "));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = async (text: string): Promise<string> => {
  const path = join(folder, "terms.csv");
  await writeFile(path, text);
  return path;
};

it("reads terms, what they sound like, and replacements", async () => {
  expect(await readVocabularyFile(await file("Earmark, ear mark | earmarks\nwi fi => Wi-Fi\n"))).toEqual({
    terms: [{ term: "Earmark", soundsLike: ["ear mark", "earmarks"] }],
    replacements: [{ heard: "wi fi", written: "Wi-Fi" }],
  });
});

it("names the line that cannot be used and what is wrong with it, and reads nothing then", async () => {
  const thrown = readVocabularyFile(await file("Earmark\n\na, b, c\n, d\n"));
  await expect(thrown).rejects.toMatchObject({ code: "input-invalid", details: { name: "terms.csv", line: 3, problems: 2 } });
  await expect(thrown).rejects.toThrow("Line 3 of terms.csv cannot be used: it has more than two columns. So cannot 1 more.");
});

it("says so when there is no such file, or it is a folder", async () => {
  await expect(readVocabularyFile(join(folder, "absent.csv"))).rejects.toMatchObject({ code: "file-missing" });
  await expect(readVocabularyFile(folder)).rejects.toMatchObject({ code: "file-unreadable" });
});
