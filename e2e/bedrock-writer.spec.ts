import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { type BedrockDouble, startBedrockDouble } from "./aws/bedrock-double.ts";
import { type EndpointDouble, startEndpointDouble } from "./aws/bedrock-endpoint-double.ts";
import { honest } from "./aws/reading-model.ts";
import { expect, root, test } from "./earmark.ts";

/* Setting up a writer by keyboard: what leaves the machine is said before it is switched on, and Test says what is missing. */

const screens = join(root, "build", "test", "screens");
const before = { ...process.env };
const knowledge = { opening: { words: "the shop opens at nine", found: { text: "At nine." }, absent: null } };
let bedrock: BedrockDouble;
let endpoint: EndpointDouble;

test.beforeAll(async () => {
  bedrock = await startBedrockDouble();
  endpoint = await startEndpointDouble();
  bedrock.brain = honest(knowledge);
  endpoint.brain = honest(knowledge);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "person" });
});
test.afterAll(async () => {
  process.env = { ...before };
  await bedrock.close();
  await endpoint.close();
});

test("a writer is set up, agreed to and tried; nothing is sent before", async ({ app }) => {
  const { page } = app;
  await page.goto(new URL("/settings#writer", page.url()).href);
  const part = page.locator("#writer");
  await expect(part.getByText("Nothing leaves this machine.")).toBeVisible();
  await part.getByText("Amazon Bedrock", { exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("the redacted words of a conversation");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(part.getByLabel("Model or inference profile")).toHaveCount(0);
  await part.getByText("Amazon Bedrock", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Use it" }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  const testButton = part.getByRole("button", { name: "Test these settings" });
  const step = (name: string) => part.getByTestId("writer-trials").locator(`[data-step="${name}"]`);
  await testButton.press("Enter");
  await expect(step("settings")).toHaveAttribute("data-state", "wrong");
  await expect(step("settings")).toContainText("Name a model or an inference profile.");
  expect(bedrock.seen).toHaveLength(0);

  const model = part.getByLabel("Model or inference profile");
  await model.fill("eu.some.model-v1:0");
  await model.press("Enter");
  await part.getByLabel("Region").fill("eu-west-1");
  await part.getByLabel("Region").press("Enter");
  await part.getByLabel("Other address of Bedrock").fill(bedrock.url);
  await part.getByLabel("Other address of Bedrock").press("Enter");
  await expect(part.getByRole("status").first()).toContainText(bedrock.url);
  await testButton.press("Enter");
  for (const name of ["prompts", "settings", "identity", "model", "quotes"]) {
    await expect(step(name)).toHaveAttribute("data-state", "ok");
  }
  expect(bedrock.seen[0]).toMatchObject({ model: "eu.some.model-v1:0", operation: "ConverseStream", signed: true });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await part.scrollIntoViewIfNeeded();
    await part.screenshot({ path: join(screens, `settings-writer-${scheme}.png`) });
    const { violations } = await new AxeBuilder({ page }).include("#writer").options({ preload: false }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join("; ")}`)).toEqual([]);
  }

  bedrock.trouble = () => ({
    kind: "refuse",
    status: 403,
    name: "AccessDeniedException",
    message: "You don't have access to the model.",
  });
  await testButton.press("Enter");
  await expect(step("model")).toHaveAttribute("data-state", "wrong");
  await expect(step("model")).toContainText("AWS does not allow this.");
  await expect(step("quotes")).toHaveAttribute("data-state", "skipped");

  await part.getByText("An endpoint of your own", { exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Use it" }).press("Enter");
  await part.getByLabel("Address", { exact: true }).fill(endpoint.url);
  await part.getByLabel("Address", { exact: true }).press("Enter");
  await expect(part.getByText("The endpoint is on this machine: nothing leaves it.")).toBeVisible();
  const name = part.getByLabel("Model", { exact: true });
  await name.fill("local-model");
  await name.press("Enter");
  await testButton.press("Enter");
  await expect(step("quotes")).toHaveAttribute("data-state", "ok");
  expect(endpoint.seen[0]?.model).toBe("local-model");
});
