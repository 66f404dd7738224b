import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { type S3Double, startS3Double } from "./aws/s3-double.ts";
import { type SageMakerDouble, startSageMakerDouble } from "./aws/sagemaker-double.ts";
import { type StsDouble, startStsDouble } from "./aws/sts-double.ts";
import { expect, root, test } from "./earmark.ts";

/* Setting up SageMaker by keyboard, trying it, hearing there, and reading what left the machine. */

const screens = join(root, "build", "test", "screens");
const before = { ...process.env };
let s3: S3Double;
let sageMaker: SageMakerDouble;
let sts: StsDouble;

test.beforeAll(async () => {
  s3 = await startS3Double(["calls"]);
  sageMaker = await startSageMakerDouble(s3, "calls");
  sts = await startStsDouble();
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    AWS_SECRET_ACCESS_KEY: "person",
    AWS_ENDPOINT_URL_STS: sts.url,
  });
});
test.afterAll(async () => {
  process.env = { ...before };
  await sageMaker.close();
  await s3.close();
  await sts.close();
});

async function pictures(page: Page, name: string, show: () => Promise<void>, within = "main"): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await show();
      await page.screenshot({ path: join(screens, `${name}-${scheme}-${width}.png`) });
    }
    const { violations } = await new AxeBuilder({ page }).include(within).options({ preload: false }).analyze();
    expect(
      violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join("; ")}`),
    ).toEqual([]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test("SageMaker is set up, tried, chosen, and every object that left is shown", async ({ app }) => {
  // Many pictures, each with a look for violations.
  test.slow();
  const { page } = app;
  const asked: string[] = [];
  sageMaker.endpoints.set("earmark", async (body) => {
    asked.push(body.toString("utf8").slice(0, 200));
    const failure = { code: "input-invalid", message: "Not understood.", details: {} };
    const answer = { schema: "https://earmark.app/schema/hearing", version: 1, failure };
    return { status: 400, body: Buffer.from(JSON.stringify(answer)) };
  });
  await page.getByRole("link", { name: "Settings" }).click();
  const engine = page.getByRole("region", { name: "Where speech is heard" });
  await expect(engine.getByText("Nothing leaves this machine.", { exact: true })).toBeVisible();
  // Not offered before there is an endpoint to send to.
  await expect(engine.getByRole("radio", { name: "On SageMaker" })).toBeDisabled();
  const provider = engine.getByTestId("provider");
  await expect(provider).toBeVisible();
  // One that is named is tried at once, and what came of it is said.
  await engine.getByRole("combobox", { name: "This machine hears with" }).click();
  await page.getByRole("option", { name: "NVIDIA graphics (CUDA)" }).click();
  await expect(provider).toContainText(/NVIDIA graphics \(CUDA\)( does not work here now\. Processor hears instead\.|\.)/u, {
    timeout: 30_000,
  });
  await pictures(page, "settings-provider", () => provider.scrollIntoViewIfNeeded());
  await engine.getByRole("combobox", { name: "This machine hears with" }).click();
  await page.getByRole("option", { name: "What is fastest here" }).click();
  await expect(provider).toContainText("Now: Processor.", { timeout: 30_000 });

  const sagemaker = page.getByRole("region", { name: "SageMaker", exact: true });
  const fill = async (label: string, value: string) => {
    const field = sagemaker.getByLabel(label, { exact: true });
    await field.focus();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(value);
    await page.keyboard.press("Enter");
  };
  await fill("Region", "nowhere");
  await expect(sagemaker.getByText("Like eu-central-1.")).toBeVisible();
  await fill("Region", "eu-central-1");
  await fill("Endpoint", "earmark");
  await fill("Bucket", "calls");
  await sagemaker.getByText("More", { exact: true }).press("Enter");
  await fill("Other address of SageMaker", sageMaker.url);
  await fill("Other address of S3", s3.url);
  await sagemaker.getByRole("button", { name: "Test these settings" }).press("Enter");
  const trials = sagemaker.getByTestId("offload-trials");
  await expect(trials.locator("[data-state=ok]")).toHaveCount(4, { timeout: 30_000 });
  await expect(trials).toContainText("assumed-role/reviewer");
  await pictures(page, "settings-sagemaker", () => trials.scrollIntoViewIfNeeded());

  // What is missing is said where it is missing.
  await fill("Bucket", "other-bucket");
  await sagemaker.getByRole("button", { name: "Test these settings" }).press("Enter");
  await expect(trials.locator('[data-step="bucket"]')).toHaveAttribute("data-state", "wrong", { timeout: 30_000 });
  await expect(trials.locator('[data-step="endpoint"]')).toHaveAttribute("data-state", "skipped");
  await fill("Bucket", "calls");

  // By the arrow keys, as radio buttons are.
  await engine.getByRole("radio", { name: "On this machine" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(engine.getByRole("radio", { name: "By the queue" })).toBeChecked();
  await expect(engine.getByText(/A recording brought in now is heard here/u)).toBeVisible();
  await expect(engine.getByLabel(/Minutes of waiting sound/u)).toHaveValue("60");
  await pictures(page, "settings-engine", () => engine.scrollIntoViewIfNeeded());
  await engine.getByRole("radio", { name: "By the queue" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(engine.getByRole("radio", { name: "On SageMaker" })).toBeChecked();
  await expect(engine.getByText(/What leaves this machine: .*earmark, s3:\/\/calls\/earmark\//u)).toBeVisible();
  await expect(engine.getByText(/About \$0\.21 for an hour of sound/u)).toBeVisible();

  await page.getByRole("link", { name: "Library" }).click();
  await page.getByRole("button", { name: "Open the sample conversations" }).click();
  await expect.poll(() => asked.filter((body) => body.includes("channels")).length, { timeout: 60_000 }).toBeGreaterThan(0);
  await page.getByRole("row").filter({ hasText: "Bluebird" }).dblclick();
  await page.getByRole("tab", { name: "Details" }).click();
  const panel = page.getByRole("tabpanel", { name: "Details" });
  await expect(panel.getByText("What left this machine")).toBeVisible();
  await expect(panel.getByText(/objects to calls/u)).toBeVisible({ timeout: 60_000 });
  await panel.getByText("Show every object").press("Enter");
  const objects = panel.getByRole("list", { name: "Everything that left, in order" });
  await expect(objects.getByRole("listitem").first()).toContainText("Sent");
  await expect(objects.getByText("Asked to hear")).not.toHaveCount(0);
  await pictures(
    page,
    "review-left-machine",
    () => objects.getByRole("listitem").last().scrollIntoViewIfNeeded(),
    '[role="tabpanel"]',
  );
});
