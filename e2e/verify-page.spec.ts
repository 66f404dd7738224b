import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { canonicalJson } from "../app/report/canonical-json.ts";
import { sealedText } from "../app/report/sealed.ts";
import { madeUpLedger, madeUpReport, madeUpSigner } from "../main/backend/ledger/made-up-ledger.test-data.ts";

/* The page that an auditor opens from a folder, without Earmark: from file://, with nothing to fetch. */

const page_ = pathToFileURL(join(import.meta.dirname, "..", "resources", "verify", "verify.html")).href;
const signer = madeUpSigner(3);
const report = sealedText(madeUpReport(signer).document);
let folder: string;

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "earmark-verify-"));
  writeFileSync(join(folder, "report.json"), report);
  writeFileSync(join(folder, "altered.json"), report.replace('"points":1.5', '"points":2.5'));
  writeFileSync(join(folder, "ledger.json"), canonicalJson(madeUpLedger(40)));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const browser of ["with the browser's own Ed25519", "without one"]) {
  test(`an auditor verifies a report and a ledger ${browser}, and reads what was changed`, async ({ page }) => {
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    page.on("pageerror", (error) => complaints.push(error.message));
    if (browser === "without one")
      await page.addInitScript(() => Object.defineProperty(globalThis.crypto, "subtle", { value: undefined }));
    await page.goto(page_);
    const result = page.getByRole("status");
    const choose = page.getByLabel("Choose a file");

    await choose.setInputFiles(join(folder, "report.json"));
    await expect(result).toContainText("Nothing was changed");
    await expect(result).toContainText(signer.keyId);
    await choose.setInputFiles(join(folder, "altered.json"));
    await expect(result).toContainText("Not as it was sealed");
    await expect(result).toContainText("/data/answers/3/points was changed.");
    await choose.setInputFiles(join(folder, "ledger.json"));
    await expect(result).toContainText("Nothing was changed");
    await expect(result).toContainText("A ledger of 40 entries");
    await expect(result).toContainText("the signing key was lost");
    await page.getByLabel("Key you expect").fill("00 00");
    await page.getByLabel("Key you expect").blur();
    await expect(result).toContainText("Sealed by another key");

    expect(asked).toEqual([page_]);
    expect(complaints).toEqual([]);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    }
  });
}
