import { expect, test } from "./earmark.ts";
import { expectNoViolations, picture } from "./looking.ts";

/* Files of many programs dropped at once: what came in, why the others did not, and how that is mended. */

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** A chat of Amazon Connect, another one for each number. */
function connectChat(number: number): Buffer {
  const at = (second: number) => `2026-02-03T10:00:${String(second).padStart(2, "0")}.000Z`;
  const said = (Id: string, ParticipantRole: string, Content: string, second: number) => ({
    AbsoluteTime: at(second),
    Content,
    ContentType: "text/plain",
    Id,
    Type: "MESSAGE",
    ParticipantId: ParticipantRole,
    DisplayName: ParticipantRole === "AGENT" ? "Maria" : "Customer",
    ParticipantRole,
  });
  return json({
    Version: "2019-08-26",
    InitialContactId: `contact-${number}`,
    ContactId: `contact-${number}`,
    Transcript: [
      { AbsoluteTime: at(0), ContentType: "application/vnd.amazonaws.connect.event.participant.joined", Id: "0", Type: "EVENT" },
      said("1", "CUSTOMER", `Where is parcel ${number}?`, 1),
      said("2", "AGENT", "I will look.", 9),
    ],
  });
}

const lexEvent = (session: string, second: number, inputTranscript: string) => ({
  timestamp: `2026-03-02T09:00:${String(second).padStart(2, "0")}.500Z`,
  messageVersion: "2.0",
  sessionId: session,
  bot: { name: "PayBot", localeId: "en_GB" },
  inputTranscript,
  interpretations: [{ nluConfidence: "0.8", intent: { name: "MakePayment", slots: {} } }],
  sessionState: { intent: { name: "MakePayment", slots: {} } },
  messages: [{ contentType: "PlainText", content: "How much?" }],
});

/** One file of each of many formats, the number making it another one. */
const writers: readonly ((number: number) => readonly [ending: string, content: Buffer])[] = [
  (number) => ["chat.json", connectChat(number)],
  (number) => ["txt", Buffer.from(`Agent: Good morning, case ${number}.\nCustomer: Hello.\nAgent: How can I help?\n`)],
  (number) => [
    "vtt",
    Buffer.from(`WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Call ${number}\n\n00:03.000 --> 00:04.000\n<v Customer>Hi\n`),
  ],
  (number) => [
    "srt",
    Buffer.from(
      `1\n00:00:01,000 --> 00:00:02,500\n[Agent]: Call ${number}\n\n2\n00:00:03,000 --> 00:00:04,000\n[Customer]: Hi\n`,
    ),
  ],
  (number) => [
    "whisperx.json",
    json({ language: "en", segments: [{ start: 0.5, end: 1, text: `Number ${number}.`, speaker: "SPEAKER_00" }] }),
  ],
  (number) => [
    "sms.json",
    json({
      messages: [
        {
          from: `+4477009001${number}`,
          to: "+447700900999",
          body: "balance",
          direction: "inbound",
          date_sent: "Tue, 03 Feb 2026 10:00:00 +0000",
        },
      ],
    }),
  ],
  (number) => ["lex.jsonl", Buffer.from(`${JSON.stringify(lexEvent(`s${number}`, 1, "I want to pay"))}\n`)],
  (number) => [
    "vcon.json",
    json({
      vcon: "0.0.2",
      uuid: `u${number}`,
      parties: [{ name: "Anna", role: "customer" }],
      dialog: [{ type: "text", start: "2026-02-03T10:00:00Z", parties: 0, body: `Number ${number}`, encoding: "none" }],
    }),
  ],
  (number) => [
    "rttm",
    Buffer.from(`SPEAKER c${number} 1 0.5 1.5 <NA> <NA> agent <NA> <NA>\nLEXEME c${number} 1 0.5 0.4 hello lex agent 0.9 <NA>\n`),
  ],
];

const broken: readonly (readonly [name: string, content: Buffer])[] = [
  ["broken.json", Buffer.from('{\n  "Transcript": [\n    {"Content": “smart quotes”}\n  ]\n}')],
  ["empty.json", Buffer.from("")],
  ["prose.txt", Buffer.from("Just a few words of somebody.\n")],
  ["old desk.csv", Buffer.from("when;who;said\n2026-02-03 10:00:00;OP-1;Good morning.\n2026-02-03 10:00:08;caller;Hello.\n")],
  ["bomb.log.gz", Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
];

test("fifty files of many formats: forty-five come in, five say why not, and are mended one by one", async ({ app }) => {
  // Each file is made to last on the disk before the next: on a slow one that takes a while.
  test.setTimeout(300_000);
  const { page } = app;
  const good = Array.from({ length: 45 }, (_, number) => {
    const [ending, buffer] = (writers[number % writers.length] ?? writers[0])?.(number + 10) ?? ["txt", Buffer.from("")];
    return {
      name: `file ${String(number).padStart(2, "0")} ${ending}.${ending.split(".").at(-1)}`,
      mimeType: "application/octet-stream",
      buffer,
    };
  });
  const bad = broken.map(([name, buffer]) => ({ name, mimeType: "application/octet-stream", buffer }));
  await page.getByTestId("import-input").setInputFiles([...good, ...bad]);

  const results = page.getByTestId("import-results");
  await expect(results.getByRole("status")).toHaveText("45 imported, 5 not imported", { timeout: 150_000 });
  for (const [code, count] of [
    ["format-malformed", 2],
    ["format-unknown", 2],
    ["file-empty", 1],
  ] as const) {
    await expect(results.locator(`[data-failed="${code}"]`)).toHaveCount(count);
  }
  await expect(results.getByText("line 3, column 17")).toBeVisible();
  await expectNoViolations(page, '[data-testid="import-results"]');
  await picture(page, "import-mixed");

  // What became of one that came in.
  await results.getByText("What became of it").first().click();
  await expect(results.getByTestId("import-report")).toBeVisible();
  await results.getByText("What became of it").first().click();

  // The broken one, mended and chosen again.
  await results
    .locator("li", { hasText: "broken.json" })
    .getByTestId("choose-instead")
    .setInputFiles({ name: "mended.json", mimeType: "application/json", buffer: connectChat(99) });
  await expect(results.getByRole("status")).toHaveText("46 imported, 4 not imported");

  // The table, by a mapping that is made once.
  await results.getByRole("button", { name: "Read it as a table" }).click();
  const dialog = page.getByRole("dialog", { name: "Read old desk.csv as a table" });
  await expect(dialog.getByText("Good morning.")).toBeVisible();
  await dialog.getByLabel("Written for the agent").fill("OP-1");
  await dialog.getByLabel("Written for the customer").fill("caller");
  await expectNoViolations(page, "[role=dialog]");
  await picture(page, "import-table");
  await dialog.getByRole("button", { name: "Save and import" }).click();
  await expect(results.getByRole("status")).toHaveText("47 imported, 3 not imported");

  // And in its page: who said what, and what became of the file.
  await results.getByRole("link", { name: "Open old desk.csv" }).click();
  await expect(page.getByText("Good morning.").first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole("tab", { name: "Details" }).click();
  await expect(page.getByTestId("import-report").first()).toContainText("Table, by the mapping old desk");
  await expect(page.getByRole("button", { name: "Add the recording" })).toBeVisible();
  await page.getByTestId("import-results").getByRole("button", { name: "Dismiss" }).first().click();
  await expectNoViolations(page, "aside");
  await picture(page, "import-report");
});
