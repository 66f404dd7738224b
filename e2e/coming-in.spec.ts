import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startS3Double } from "./aws/s3-double.ts";
import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* Where conversations come from: a folder that is watched, a bucket that is tried, looked through and brought, and why some of it failed. */

const chat = (text: string): string => `Agent: Hello, how can I help?\nCustomer: ${text}\n`;

test.beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "person" });
});

test.describe("sources of conversations", () => {
  let folder = "";
  test.beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "earmark-e2e-inbox-"));
  });
  test.afterEach(() => rm(folder, { recursive: true, force: true }));

  test("a watched folder is tried, saved, and what comes into it is there to read", async ({ app }) => {
    const { page } = app;
    await page.getByRole("link", { name: "Settings" }).click();
    const part = page.getByRole("region", { name: "Where conversations come from" });
    await part.getByRole("button", { name: "Add a folder" }).click();
    const form = part.getByRole("form", { name: "Add a folder" });
    await form.getByRole("textbox", { name: "Folder", exact: true }).fill(join(folder, "calls"));
    await form.getByRole("button", { name: "Test" }).click();
    await expect(form.getByTestId("intake-trials")).toContainText("is not there");
    await mkdir(join(folder, "calls"));
    await form.getByRole("textbox", { name: "Seconds a file has to stay as it is" }).fill("1");
    await form.getByRole("textbox", { name: "Look every so many seconds" }).fill("1");
    await form.getByRole("button", { name: "Test" }).click();
    await expect(form.getByTestId("intake-trials")).toContainText("0 files would be taken");
    await part.scrollIntoViewIfNeeded();
    await expectNoViolations(page);
    await picture(page, "sources-folder");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(part.getByRole("switch")).toBeChecked();

    await writeFile(join(folder, "calls", "late parcel.txt"), chat("My parcel is late."));
    await writeFile(join(folder, "calls", "broken.json"), "{}");
    await expect(part.getByText("1 taken in")).toBeVisible({ timeout: 30_000 });
    await expect(part.getByText("1 failed")).toBeVisible();
    await page.getByRole("link", { name: "Library" }).click();
    await expect(page.getByRole("row", { name: /late parcel/u })).toBeVisible();

    await page.getByRole("link", { name: "Queue" }).click();
    const coming = page.getByTestId("coming-in");
    await expect(coming.getByRole("list", { name: /Failed files/u })).toContainText("broken.json");
    await expectNoViolations(page);
    await picture(page, "queue-coming-in");
    await writeFile(join(folder, "calls", "broken.json"), chat("Mended."));
    await coming.getByRole("button", { name: "Retry broken.json" }).click();
    await expect(coming.getByRole("list", { name: /Failed files/u })).toBeHidden();
    await coming.waitFor({ state: "hidden" });
  });

  test("a bucket shows what would come, brings it, and the next time nothing", async ({ app }) => {
    const s3 = await startS3Double(["calls"]);
    try {
      for (const name of ["first", "second"]) s3.objects.set(`calls/in/${name}.txt`, Buffer.from(chat(name)));
      const { page } = app;
      await page.getByRole("link", { name: "Settings" }).click();
      const part = page.getByRole("region", { name: "Where conversations come from" });
      await part.getByRole("button", { name: "Add an S3 bucket" }).click();
      const form = part.getByRole("form", { name: "Add an S3 bucket" });
      await form.getByRole("textbox", { name: "Bucket", exact: true }).fill("calls");
      await form.getByRole("textbox", { name: "Prefix" }).fill("in/");
      await form.getByRole("textbox", { name: "Region" }).fill("eu-west-1");
      await form.getByRole("textbox", { name: "Another address of S3" }).fill(s3.url);
      s3.refuse = () => ({ status: 403, code: "AccessDenied" });
      await form.getByRole("button", { name: "Test" }).click();
      await expect(form.getByTestId("intake-trials").locator('[data-step="list"]')).toHaveAttribute("data-state", "wrong");
      s3.refuse = () => null;
      await form.getByRole("button", { name: "Test" }).click();
      await expect(form.getByTestId("intake-trials").locator('[data-step="get"]')).toHaveAttribute("data-state", "ok");
      await form.getByRole("button", { name: "Show what would come" }).click();
      await expect(form.getByText("2 files would come", { exact: false })).toBeVisible();
      await expect(form.getByTestId("dry-run")).toContainText("in/first.txt");
      await form.getByTestId("dry-run").scrollIntoViewIfNeeded();
      await expectNoViolations(page);
      await picture(page, "sources-bucket");
      await form.getByRole("button", { name: "Save" }).click();
      await part.getByRole("button", { name: /^Look now: s3:/u }).click();
      await expect(part.getByText("2 taken in")).toBeVisible({ timeout: 30_000 });
      await expectNoViolations(page);
      await picture(page, "sources-list");
      await part.getByRole("button", { name: /^Change s3:/u }).click();
      await part.getByRole("button", { name: "Show what would come" }).click();
      await expect(part.getByText("Nothing new would come.", { exact: false })).toBeVisible();
    } finally {
      await s3.close();
    }
  });

  test("patterns for names are tried on a name while they are written", async ({ app }) => {
    const { page } = app;
    await page.getByRole("link", { name: "Settings" }).click();
    const part = page.getByRole("region", { name: "What names of files say" });
    await part.getByRole("textbox", { name: "A name to try" }).fill("2026-03-04T05-06-07_from_Lucy.wav");
    const read = part.getByTestId("names-read");
    await expect(read.getByRole("row", { name: /Lucy/u })).toContainText("Mar 4, 2026");
    await part.getByRole("textbox", { name: "Agent" }).fill("_from_(\\w+");
    await expect(part.getByText("This pattern cannot be read.")).toBeVisible();
    await part.getByRole("textbox", { name: "Agent" }).fill("_from_([A-Za-z]+)");
    await expect(read.getByRole("cell", { name: "Lucy", exact: true })).toBeVisible();
    await part.scrollIntoViewIfNeeded();
    await expectNoViolations(page);
    await picture(page, "names-of-files");
  });
});
