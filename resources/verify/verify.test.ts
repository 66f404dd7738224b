import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { verifyPage } from "../../main/build.ts";

const kept = readFileSync(join(import.meta.dirname, "verify.html"), "utf8");

it("the page that is kept is the one that its sources give (node main/build.ts --only verify)", async () => {
  expect(kept === (await verifyPage())).toBe(true);
});

it("loads nothing, and its policy allows nothing but its own script and style", () => {
  const script = /<script type="module">([\s\S]*?)<\/script>/u.exec(kept)?.[1] ?? "";
  const style = /<style>([\s\S]*?)<\/style>/u.exec(kept)?.[1] ?? "";
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  expect(kept).toContain(
    `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
  );
  expect(script.length).toBeGreaterThan(10_000);
  const page = kept.replace(script, "").replace(style, "");
  expect(page).not.toMatch(/\s(?:src|href|action)=|url\(|@import/u);
  expect(kept.length).toBeLessThan(400_000);
});
