import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exitCodes } from "../exit-codes.ts";
import { type CommandFolder, commandFolder, lateRefund, recordedTerminal } from "./chat-library.test-data.ts";
import { report, reportPeriod } from "./report.ts";
import { verify } from "./verify.ts";

let place: CommandFolder;
beforeEach(async () => {
  place = await commandFolder("report");
});
afterEach(() => place.remove());

it("writes a sealed report that verifies, and says what was changed in one that was", async () => {
  const { folder, library, bringIn } = place;
  const id = await bringIn("chat.txt", lateRefund);
  const terminal = recordedTerminal();
  const file = join(folder, "report.pdf");
  expect(await report([id], { library, format: "pdf", out: file }, terminal)).toBe(exitCodes.done);
  expect(terminal.written()).toMatch(/report\.pdf: \d+ bytes, SHA-256 [0-9a-f]{64}\n$/u);
  expect(await verify(file, {}, terminal)).toBe(exitCodes.done);
  expect(terminal.written()).toContain("The document is as it was sealed.");
  const bytes = await readFile(file);
  const at = bytes.indexOf("earmark-checklist");
  expect(at).toBeGreaterThan(0);
  bytes[at] = 0x52;
  await writeFile(file, bytes);
  expect(await verify(file, {}, terminal)).toBe(exitCodes.altered);

  await expect(report([id], { library, format: "csv", form: "none", out: file }, terminal)).rejects.toMatchObject({
    code: "not-found",
  });
});

it("writes the sealed report of a period in which nothing was signed", async () => {
  const { folder, library, bringIn } = place;
  await bringIn("chat.txt", lateRefund);
  const terminal = recordedTerminal();
  const out = join(folder, "period.pdf");
  const period = { from: "2026-01-01", to: "2026-12-31" };
  const form = "service-quality";
  expect(await reportPeriod({ library, form, period, format: "pdf", out }, terminal)).toBe(exitCodes.done);
  expect(await verify(out, {}, terminal)).toBe(exitCodes.done);
  expect(terminal.written()).toContain("The document is as it was sealed.");
  await expect(reportPeriod({ library, form: "none", period, format: "csv", out }, terminal)).rejects.toMatchObject({
    code: "not-found",
  });
});
