import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type CallInput, type CallName, type CallOutput, exportFormats } from "../../app/contract/api.ts";
import { answer, unpack } from "../../app/contract/transport.ts";
import { formatHolds } from "../../app/formats/export.ts";
import { everythingMasked } from "../../app/insight/redaction-policy.ts";
import { startComprehendDouble } from "../../e2e/aws/comprehend-double.ts";
import { type Backend, openBackend } from "./backend.ts";
import { exportedText } from "./exported-text.test-data.ts";
import { forkProcess } from "./speech/start-process.ts";

/* What is hidden is nowhere: every byte that the library holds besides the imported file itself is searched for it. */

/** What is said, and of it what must not be found again: as it was said, so that a find is a find of it. */
const planted: readonly (readonly [question: string, said: string, secrets: readonly string[]])[] = [
  [
    "How can I help?",
    "My card is 4012 8888 8888 1881, exp 09/29, security code 739",
    ["4012 8888", "8888 1881", "09/29", "code 739"],
  ],
  ["And another?", "Amex 3782 822463 10005", ["822463 10005"]],
  [
    "Say it please.",
    "five one oh five, one oh five one, oh five one oh, five one double oh",
    ["one oh five one", "oh five one oh"],
  ],
  ["What is your PIN?", "my PIN is 8264", ["is 8264"]],
  ["Please enter your PIN", "nine oh two seven", ["oh two seven"]],
  ["What is the password?", "the password is heliotrope19", ["heliotrope"]],
  ["What is your memorable word?", "Quicksilver", ["Quicksilver"]],
  ["Which code did you get?", "The OTP is 571936", ["571936"]],
  ["Your account?", "account number 73920185 and sort code 20-45-77", ["73920185", "20-45-77"]],
  ["Your routing number?", "routing 021000021", ["021000021"]],
  ["IBAN?", "DE89 3704 0044 0532 0130 00", ["3704 0044", "0532 0130"]],
  ["Other IBAN?", "GB29 NWBK 6016 1331 9268 19", ["NWBK", "6016 1331"]],
  ["IFSC?", "HDFC0001234", ["HDFC0001234"]],
  ["Your social?", "my social is 219-09-9999", ["219-09-9999"]],
  ["National insurance number?", "JG 10 37 59 A", ["JG 10", "37 59 A"]],
  ["NHS number?", "943 476 5919", ["943 476", "476 5919"]],
  ["Steuer-ID?", "86095742719", ["86095742719"]],
  ["Numéro de sécurité sociale?", "2 55 08 14 168 025 38", ["14 168 025"]],
  ["DNI?", "Mi DNI es 12345678Z", ["12345678Z"]],
  ["Codice fiscale?", "RSSMRA85T10A562S", ["RSSMRA85"]],
  ["BSN?", "my BSN is 111222333", ["111222333"]],
  ["PESEL?", "44051401359", ["44051401359"]],
  ["Aadhaar?", "2341 2341 2346", ["2341 2346"]],
  ["PAN?", "BNZPM2501F", ["BNZPM2501F"]],
  ["CPF?", "529.982.247-25", ["529.982"]],
  ["CNPJ?", "11.222.333/0001-81", ["11.222.333"]],
  ["Who am I speaking with?", "Ottoline Braithwaite", ["Ottoline", "Braithwaite"]],
  ["Your address?", "27 Zephyr Crescent, Ludlow, SY8 1PN", ["Zephyr", "Ludlow", "SY8 1PN"]],
  ["Email?", "o.braith@tangerine.example", ["tangerine"]],
  ["Another email?", "otto dot b at marzipan dot com", ["marzipan"]],
  ["Phone number?", "01584 496 0182", ["496 0182"]],
  ["Mobile?", "oh seven seven double oh, nine hundred four six one", ["hundred four six one"]],
  ["Date of birth?", "the 19th of October 1958", ["19th of October", "October 1958"]],
];
const secrets = planted.flatMap(([, , each]) => each);

/** Nothing but these: a field more would have to be looked at. */
const egressSchema = z.strictObject({
  at: z.iso.datetime(),
  service: z.literal("comprehend"),
  operation: z.string(),
  region: z.string(),
  destination: z.string(),
  fields: z.array(z.string()),
  bytes: z.number(),
  sha256: z.string(),
  conversationId: z.string(),
});

let folder: string;
let backend: Backend;

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  return unpack(await answer(backend.handlers, name, input)) as CallOutput<N>;
}

async function importText(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  const { results } = await call("import.begin", { sources: [{ kind: "path", path }] });
  const id = results[0]?.conversationId ?? "";
  for (;;) {
    const { job } = await call("conversation.get", { id });
    if (job?.state === "done") return id;
    expect(job?.state).not.toBe("failed");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Where in the library a secret can be read, the imported file aside: it is the person's own and stays as it is. */
function findings(): string[] {
  const library = join(folder, "library");
  return readdirSync(library, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.includes(`${sep}originals${sep}`)) return [];
    const bytes = readFileSync(path);
    return secrets
      .filter((secret) => bytes.includes(secret) || bytes.includes(Buffer.from(secret, "utf16le")))
      .map((secret) => `${entry.name}: ${secret}`);
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "earmark proof "));
  backend = await openBackend({
    libraryPath: join(folder, "library"),
    modelFolders: [],
    resourcesPath: join(folder, "resources"),
    version: "0.0.0-test",
    startProcess: forkProcess,
  });
  await call("settings.set", { redaction: everythingMasked });
});
afterEach(async () => {
  await backend.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("what was planted in a written conversation", () => {
  const at = (index: number) => new Date(Date.UTC(2026, 2, 1, 10, index)).toISOString();
  const chat = JSON.stringify({
    Version: "2019-08-26",
    ContactId: "c-1",
    InitialContactId: "c-1",
    Participants: [{ ParticipantId: "AGENT" }, { ParticipantId: "CUSTOMER" }],
    Transcript: planted.flatMap(([question, said], index) =>
      [["AGENT", "Sam", question] as const, ["CUSTOMER", "Ottoline Braithwaite", said] as const].map(
        ([role, name, text], side) => ({
          AbsoluteTime: at(index * 2 + side),
          Content: text,
          ContentType: "text/plain",
          DisplayName: name,
          Id: `m${index}-${side}`,
          ParticipantId: role,
          ParticipantRole: role,
          Type: "MESSAGE",
        }),
      ),
    ),
  });
  const spoken = planted.map(([question, said]) => `Agent: ${question}\nCustomer: ${said}\n`).join("");

  it.each([
    ["a chat", "chat.json", chat],
    ["a transcript of a call", "call.txt", spoken],
  ])("in %s is in no file of the library, no export, no search, and no corrected text", async (_what, name, text) => {
    expect(secrets.length).toBeGreaterThanOrEqual(30);
    const id = await importText(name, text);
    const { conversation } = await call("conversation.get", { id });
    expect(conversation.redactions?.length).toBeGreaterThanOrEqual(planted.length);
    const shown = JSON.stringify(conversation);
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);

    for (const format of exportFormats.filter((one) => formatHolds(one, conversation.kind))) {
      const exported = exportedText(await call("conversation.export", { id, format }));
      expect(
        secrets.filter((secret) => exported.includes(secret)),
        format,
      ).toEqual([]);
    }
    for (const word of ["heliotrope", "Quicksilver", "Braithwaite", "73920185", "8264"])
      expect((await call("library.list", { text: word })).total, word).toBe(0);

    // While it is open, the write-ahead log is there; afterwards all of it is in the database.
    expect(existsSync(join(folder, "library", "library.sqlite-wal"))).toBe(true);
    expect(findings()).toEqual([]);
    await backend.close();
    expect(findings()).toEqual([]);
  });

  it("is in nothing that Comprehend is sent, in no record of that, and in nothing that is printed", async () => {
    const double = await startComprehendDouble();
    const before = { ...process.env };
    const printed: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, "write").mockImplementation((text) => {
        printed.push(String(text));
        return true;
      }),
    );
    try {
      Object.assign(process.env, {
        AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "s",
        AWS_EC2_METADATA_DISABLED: "true",
      });
      const { language } = await call("settings.get", {});
      await call("settings.set", { language: { ...language, engine: "comprehend", url: double.url, region: "eu-west-1" } });
      const id = await importText("chat.json", chat);
      const { insight } = await call("conversation.get", { id });
      expect(insight?.engines.some(({ by }) => by === "comprehend")).toBe(true);
      expect(double.seen.length).toBeGreaterThan(0);
      const sent = JSON.stringify(double.seen);
      expect(sent).toContain("My card is ****");
      expect(secrets.filter((secret) => sent.includes(secret))).toEqual([]);

      // The record says how much of what went where, and not a word of it.
      const record = readFileSync(join(folder, "library", "egress.jsonl"), "utf8");
      const lines = record.trim().split("\n");
      expect(lines).toHaveLength(double.seen.length);
      for (const line of lines) {
        const { bytes, sha256, fields } = egressSchema.parse(JSON.parse(line));
        expect([bytes > 0, /^[0-9a-f]{64}$/u.test(sha256), fields]).toEqual([true, true, ["turns.text"]]);
      }
      const words = planted.flatMap(([question]) => question).filter((question) => question.length > 8);
      expect([...words, ...secrets].filter((text) => record.includes(text))).toEqual([]);
      expect(secrets.filter((secret) => printed.join("").includes(secret))).toEqual([]);
    } finally {
      for (const spy of spies) spy.mockRestore();
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      await double.close();
    }
  });
});
