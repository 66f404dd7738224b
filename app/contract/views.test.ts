import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { checklistSchemaName, formSchema } from "../conformity/form.ts";
import { measure } from "../conversation/measures.ts";
import { usualNameRules } from "../formats/name-rules.ts";
import { api, type CallName, type CallOutput, callNames } from "./api.ts";
import { errorCodes } from "./errors.ts";
import { events } from "./events.ts";
import { settingsSchema, stageNames } from "./views.ts";

const at = "2026-02-03T10:00:00.000Z";

const job: CallOutput<"queue.list">["jobs"][number] = {
  id: "j1",
  conversationId: "c1",
  title: "A call",
  state: "failed",
  progress: 0.5,
  remainingMs: null,
  stages: stageNames.map((name) => ({
    name,
    state: "waiting",
    progress: 0,
    attempt: 0,
    failure: { code: "engine-crashed", message: "It ended.", details: { signal: "SIGKILL", exitCode: null } },
  })),
  failure: { code: "engine-crashed", message: "It ended.", details: {} },
  retryAt: at,
  createdAt: at,
  endedAt: null,
};

const model: CallOutput<"models.list">["models"][number] = {
  id: "whisper-base",
  name: "Whisper base",
  task: "transcription",
  licence: "Apache-2.0",
  source: null,
  bytes: 1,
  limited: false,
  state: "fetching",
  progress: 0.2,
  failure: null,
};

const view: CallOutput<"conversation.get"> = {
  conversation: {
    id: "c1",
    kind: "chat",
    channel: "sms",
    title: "",
    startedAt: null,
    timeZone: null,
    importedAt: at,
    source: { name: "a.json", sha256: "", bytes: 0, format: "" },
    durationMs: 0,
    language: null,
    participants: [],
    turns: [],
    shortfalls: [],
    provenance: null,
    measures: measure(0, [], []),
  },
  mediaId: null,
  peakChannels: 0,
  recording: { layout: "dual-mono", silentChannels: [1], truncated: true },
  lacksRecording: false,
  partial: { participants: [], turns: [], untilMs: 0 },
  operations: [{ id: "o1", at, author: "", changeId: "o1", operation: { kind: "swap-roles" } }],
  revision: "none.1",
  undo: { changeId: "o1", at, author: "", kind: "swap-roles", operations: 1 },
  redo: null,
  stale: [{ what: "translation", turnIds: ["t1"] }],
  leftBehind: 0,
  muted: [{ startMs: 0, endMs: 10 }],
  tags: ["refund"],
  proposedNames: [{ participantId: "p0", name: "Chris", confidence: 0.8, calls: 3 }],
  insight: null,
  job,
};

const anchor: NonNullable<CallOutput<"comment.resolve">["thread"]["anchor"]> = {
  kind: "words",
  state: "gone",
  wordIds: [],
  turnIds: [],
  startMs: 0,
  endMs: 10,
  quote: null,
  text: "",
};
const thread: CallOutput<"comment.resolve">["thread"] = {
  id: "m1",
  conversationId: "c1",
  anchor,
  comments: [
    { id: "m1", at, author: "Ann", own: true, body: "@compliance", mentions: ["compliance"], editedAt: null, deleted: false },
  ],
  resolved: { at, by: "Ann" },
};
const bookmark: CallOutput<"bookmark.add">["bookmark"] = { id: "b1", at, author: "Ann", label: "", anchor };

const settings = settingsSchema.parse({});

const quotedPlace = {
  turnId: "t1",
  wordIds: ["w1"],
  chars: null,
  startMs: 0,
  endMs: 10,
  quote: "refund",
  role: "customer" as const,
};

const form = formSchema.parse({
  schema: checklistSchemaName,
  id: "greeting",
  version: 1,
  title: "Greeting",
  sections: [{ id: "start", title: "Start", questions: [{ id: "hello", type: "yes-no", ask: "Was there a greeting?" }] }],
});
const askedQuestion: CallOutput<"question.get"> = {
  id: "q1",
  text: "Why did they call?",
  shape: { kind: "options", options: ["A price", "A refund"] },
  by: "writer",
  author: "Ann",
  at,
  scope: { kind: "search", text: "refund" },
  conversations: 3,
  states: { waiting: 0, running: 0, done: 2, failed: 1, interrupted: 0, cancelled: 0 },
  groups: [{ key: "option-2", said: "A refund", count: 2 }],
  failures: [{ code: "writer-failed", count: 1 }],
  stale: 0,
  underWay: false,
  failure: null,
  inputTokens: 10,
  outputTokens: 2,
  cost: null,
};

const askedAnswer: CallOutput<"question.answers">["answers"][number] = {
  questionId: "q1",
  conversationId: "c1",
  title: "A call",
  agent: null,
  startedAt: null,
  state: "failed",
  group: null,
  said: null,
  answer: null,
  stale: [],
  failure: { code: "writer-failed", message: "It refused.", details: {} },
  at: null,
  inputTokens: null,
  outputTokens: null,
  cost: null,
};

const prompt: CallOutput<"prompt.get">["prompt"] = {
  kind: "prompt",
  id: "summary",
  version: 1,
  title: "What happened?",
  description: "",
  use: "insight",
  output: "text",
  prompts: [],
  origin: "ready-made",
  enabled: true,
  needed: false,
  writings: 1,
  at,
};
const written: CallOutput<"writing.list">["writings"][number] = {
  id: "w1",
  at,
  prompt: { id: "summary", version: 1 },
  title: "What happened?",
  output: { kind: "text", most: 1_200 },
  value: { kind: "text", text: "A refund is late." },
  justification: "",
  confidence: null,
  quotes: [
    {
      evidence: {
        stance: "for",
        anchor: {
          ...{ kind: "words", wordIds: ["w1"], turnId: "t1", participantIds: ["p1"], startMs: 0, endMs: 10 },
          ...{ quote: "refund", wordsHash: "h", revision: "h.0" },
        },
        chars: null,
        roles: ["customer"],
      },
      startMs: 0,
      endMs: 10,
      turnId: "t1",
      wordIds: ["w1"],
      quote: "refund",
      role: "customer",
      stale: { kind: "words-changed", reason: "They changed.", startMs: 0, endMs: 10 },
    },
  ],
  searched: [],
  stale: [],
  faults: [],
  engine: "bedrock",
  model: "some-model",
  region: null,
  frameVersion: 1,
  requests: ["ab"],
  inputTokens: 1,
  outputTokens: null,
  cost: null,
  together: 1,
  wordsHash: "h",
  revision: "h.0",
  withheld: false,
  latestVersion: 2,
  earlier: 0,
};

const checklist: CallOutput<"checklist.get">["checklist"] = {
  id: "greeting",
  version: 1,
  title: "Greeting",
  description: "",
  serves: "",
  for: null,
  origin: "person",
  hash: "ab",
  enabled: true,
  questions: { rule: 0, writer: 0, person: 1 },
  evaluations: { machine: 1, draft: 0, submitted: 0 },
  at,
};
const score = { percent: null, earned: 0, possible: 0, askable: 1, answered: 0 };
const evaluation: CallOutput<"evaluation.get"> = {
  evaluation: {
    id: "e1",
    conversationId: "c1",
    form,
    purpose: "standard",
    stage: "draft",
    evaluator: null,
    startedAt: at,
    submittedAt: null,
    comment: null,
  },
  questions: [
    {
      questionId: "hello",
      number: 1,
      kind: "quality",
      sectionIds: ["start"],
      answer: { questionId: "hello", suggestion: null, decision: null, earlier: [], comment: null },
      value: null,
      state: "unanswered",
      stale: [],
      doubt: { questionId: "hello", amount: 0, reasons: [] },
      evidence: [],
    },
  ],
  score: {
    overall: score,
    conformity: score,
    quality: score,
    band: null,
    passed: null,
    failedBy: [],
    sections: [],
    questions: [],
  },
  range: { percent: null, lowest: null, highest: null, exact: true, sentence: "Nothing is scored." },
  provisional: ["1 question is not answered yet"],
  listenNext: [{ startMs: 0, endMs: 10, questionIds: ["hello"], worth: 1, rate: 1, reasons: ["stale"] }],
  heard: [],
  writing: [],
  writingFailure: null,
};

/** One answer for each call: an answer that is missing does not compile. */
const answers: { [N in CallName]: CallOutput<N> } = {
  "app.state": {
    version: "0.1.0",
    capabilities: { nativeFileDialog: false, nativeFolderDialog: false, windows: false, systemNotices: false, fileDrag: false },
    conversations: 0,
    samplesAvailable: true,
    libraryPath: "library",
    notices: [{ id: "n1", at, failure: { code: "library-corrupt", message: "Set aside.", details: { aside: "old" } } }],
  },
  "library.list": {
    rows: [
      {
        id: "c1",
        kind: "call",
        channel: "voice",
        title: "A call",
        startedAt: null,
        importedAt: at,
        durationMs: null,
        language: null,
        agent: null,
        customer: null,
        turns: 0,
        agentTalkShare: null,
        nonTalkMs: null,
        interruptions: 0,
        lacksWords: true,
        state: "running",
        progress: 1,
        failure: null,
        timeZone: null,
        queue: null,
        direction: null,
        tags: ["late"],
        comments: 0,
        corrected: false,
        assignee: null,
        dueAt: null,
        reviewedAt: null,
        unread: true,
        agentSentiment: { score: 1.5, trend: "up", vendor: null },
        customerSentiment: { score: -2, trend: null, vendor: "Post call analytics result" },
        topic: { name: "Cancellation", vendor: null },
        evaluation: {
          form: "service-quality",
          stage: "draft",
          percent: 92,
          lowest: 78,
          highest: 92,
          failed: 0,
          open: 1,
          stale: 1,
        },
        hit: { turnId: "t1", startMs: 0, pieces: [{ text: "refund", found: true }] },
      },
    ],
    total: 1,
    sortedBy: "importedAt",
  },
  "library.ids": { ids: ["c1"] },
  "library.values": { values: [{ value: "Ann", count: 2 }] },
  "library.deletion": {
    conversations: 1,
    calls: 1,
    originalBytes: 5,
    durationMs: 0,
    corrections: 0,
    comments: 0,
    bookmarks: 0,
    reviews: 0,
    inWork: 0,
    rows: { transcripts: 1 },
    files: 3,
    fileBytes: 9,
    titles: ["A call"],
  },
  "library.indexing": { left: 0 },
  "ledger.state": {
    entries: 1,
    head: { seq: 1, hash: "a", at },
    keyId: "b",
    publicKey: "c",
    protection: "permissions",
  },
  "ledger.verify": {
    sound: false,
    format: "ledger",
    findings: [{ kind: "entry-changed", path: "/entries/0/data", seq: 1, field: "data" }],
    keys: [{ keyId: "b", publicKey: "c", fromSeq: 1, protection: "permissions" }],
    breaks: [{ seq: 3, reason: "key-missing", at }],
    entries: 4,
    checkpoint: null,
  },
  "ledger.stopVerifying": {},
  "ledger.find": {
    total: 1,
    titles: { c1: "A call" },
    entries: [
      {
        seq: 1,
        at,
        kind: "settings-changed",
        subject: null,
        author: "Ann",
        data: { names: ["language"] },
        previous: null,
        key: "a".repeat(64),
        hash: "b".repeat(64),
        signature: "c".repeat(128),
      },
    ],
  },
  "ledger.facets": { kinds: [{ value: "import", count: 1 }], authors: [{ value: "", count: 1 }] },
  "ledger.export": {
    ...{ mediaId: "clip-1", path: "/tmp/a.json", fileName: "a.json", mediaType: "application/json", bytes: 10 },
    sha256: "0".repeat(64),
  },
  "ledger.rotateKey": { entries: 1, head: null, keyId: "b", publicKey: "c", protection: "keychain" },
  "view.list": {
    views: [{ id: "v1", name: "Chats", look: { text: "channel:chat", sortBy: "title", direction: "ascending", columns: [] } }],
  },
  "view.save": { id: "v1" },
  "view.delete": {},
  "review.assign": {},
  "review.mine": {
    reviewer: "Ann",
    waiting: [
      {
        conversationId: "c1",
        title: "A call",
        channel: "voice",
        startedAt: null,
        timeZone: null,
        durationMs: null,
        agent: null,
        customer: null,
        assignee: "Ann",
        assignedAt: at,
        dueAt: null,
        reason: { kind: "risk", score: 0.5, because: [{ measure: "silence", above: 0.5 }] },
        spentMs: 0,
        begun: false,
      },
    ],
    total: 1,
    today: { count: 0, spentMs: 0 },
  },
  "review.open": { assignee: null, dueAt: null, reason: null, spentMs: 0, finishedAt: null, next: null, waiting: 0 },
  "review.spend": {},
  "review.finish": { assignee: null, dueAt: null, reason: null, spentMs: 0, finishedAt: at, next: "c2", waiting: 1 },
  "sample.plans": { plans: [{ id: "p1", name: "A tenth", plan: { kind: "per-agent", search: "", share: 0.1, least: 1 } }] },
  "sample.savePlan": { id: "p1" },
  "sample.deletePlan": {},
  "sample.draw": { seed: "s", population: 1, picks: [{ id: "c1", reason: { kind: "random" } }] },
  "sample.runs": { runs: [] },
  "import.begin": {
    results: [{ name: "a.wav", conversationId: null, known: false, failure: { code: "file-empty", message: "", details: {} } }],
  },
  "import.report": {
    report: {
      format: "WebVTT subtitles",
      kind: "call",
      participants: 2,
      turns: 3,
      words: 0,
      notes: [{ level: "ignored", what: "A timing that cannot be read.", where: "line 4" }],
    },
  },
  "import.table": { table: { columns: ["who", "said"], rows: [["agent", "Hello."]] } },
  "conversation.addRecording": {},
  "import.pick": { paths: [] },
  "import.samples": { conversationIds: ["c1"] },
  "intake.list": {
    sources: [
      {
        id: "s1",
        plan: { kind: "batch", name: "calls", speech: { language: "en" } },
        enabled: true,
        looking: false,
        createdAt: at,
        lookedAt: null,
        failure: null,
        counts: { waiting: 1, running: 0, done: 2, known: 0, failed: 0, cancelled: 0 },
      },
    ],
    hold: "drip",
    paused: false,
    perMinute: 50,
    most: 250,
  },
  "intake.items": {
    items: [
      {
        id: 1,
        name: "a.wav",
        bytes: 3,
        state: "failed",
        failure: { code: "file-missing", message: "Gone.", details: {} },
        conversationId: null,
        retryAt: null,
        endedAt: at,
      },
    ],
    total: 1,
  },
  "intake.begin": { id: "s1", files: 2, refused: [] },
  "intake.save": { id: "s1" },
  "intake.enable": {},
  "intake.remove": {},
  "intake.look": { found: 3 },
  "intake.test": { trials: [{ step: "list", state: "ok", detail: "It may be listed.", failure: null }] },
  "intake.dryRun": {
    objects: [{ key: "calls/a.wav", bytes: 3, at, contactId: null, known: false }],
    total: 1,
    bytes: 3,
    known: 0,
  },
  "intake.retry": {},
  "intake.cancel": {},
  "intake.pause": {},
  "intake.resume": {},
  "intake.names": { names: ["a.wav"] },
  "conversation.get": view,
  "conversation.peaks": { durationMs: 10, channels: [[-128, 127]] },
  "conversation.correct": view,
  "conversation.correctAll": view,
  "conversation.undo": view,
  "conversation.redo": view,
  "conversation.restoreMachine": view,
  "conversation.machine": { conversation: view.conversation },
  "conversation.history": {
    changes: [
      { changeId: "o1", at, author: "", operations: [{ kind: "swap-roles" }], state: "undone", undoneAt: at, undoneBy: "Ann" },
    ],
  },
  "correction.leftBehind": {
    changes: [
      {
        changeId: "o1",
        at,
        author: "Ann",
        operations: [{ kind: "retext-words", wordIds: ["w1"], text: "Oak" }],
        place: { startMs: 0, endMs: 500 },
        turnIds: ["t1"],
        wordIds: ["w1"],
        now: "Elm",
        fits: true,
        hides: false,
      },
    ],
  },
  "correction.again": view,
  "correction.dismiss": view,
  "original.list": {
    originals: [
      {
        id: "w1",
        turnId: "t1",
        wordIds: ["w1"],
        types: ["phone"],
        startMs: 0,
        endMs: 10,
        until: "2026-12-21",
        restored: false,
      },
    ],
  },
  "original.restore": view,
  "original.cover": view,
  "comment.list": { threads: [{ ...thread, anchor: null, resolved: null }] },
  "comment.add": { thread },
  "comment.reply": { thread },
  "comment.edit": { thread },
  "comment.delete": { thread: null },
  "comment.resolve": { thread },
  "comment.reopen": { thread },
  "bookmark.list": { bookmarks: [bookmark] },
  "bookmark.add": { bookmark },
  "bookmark.rename": { bookmark },
  "bookmark.delete": {},
  "tag.list": { tags: [{ name: "refund", count: 2 }] },
  "tag.set": { tags: ["refund"] },
  "tag.change": {},
  "tag.rename": {},
  "draft.save": {},
  "draft.list": { drafts: [{ place: "turn:t1", text: "half a sen", at }] },
  "draft.texts": { drafts: [{ id: "greeting", text: "id: greeting" }] },
  "draft.keepText": {},
  "conversation.export": { fileName: "a.txt", mediaType: "text/plain", encoding: "text", text: "" },
  "conversation.exportPreview": { fileName: "a.txt", lines: ["A call"], isAll: false },
  "notice.dismiss": {},
  "conversation.clip": { mediaId: "clip-1", fileName: "A call.wav", mediaType: "audio/wav", bytes: 1_000 },
  "conversation.dragOut": {},
  "window.open": {},
  "window.list": { windows: { 1: { path: "/conversation/c1?t=5", kept: { tab: "comments", scroll: 10 } } } },
  "window.keep": {},
  "conversation.rename": {},
  "conversation.delete": {},
  "queue.cancel": {},
  "queue.retry": {},
  "queue.pause": {},
  "queue.resume": {},
  "queue.prioritise": {},
  "queue.analyseAgain": {},
  "models.fetch": {},
  "models.cancel": {},
  "models.remove": {},
  "queue.list": { jobs: [job], paused: false },
  "models.list": { models: [model], folder: "models" },
  "models.add": { added: [] },
  "models.verify": { model },
  "settings.get": settings,
  "settings.set": settings,
  "prompt.list": { prompts: [prompt] },
  "prompt.get": { prompt, text: "id: summary", versions: [1] },
  "prompt.check": {
    kind: "workflow",
    named: null,
    faults: [{ line: 1, column: 1, path: "", message: "Empty.", remedy: "Write." }],
  },
  "prompt.save": { kind: "prompt", id: "summary", version: 2 },
  "prompt.enable": {},
  "prompt.remove": {},
  "prompt.try": { writings: [written], faults: [] },
  "writing.list": {
    picked: written.quotes.map(({ stale: _, ...quote }) => quote),
    writings: [written],
    run: { prompts: ["summary"], progress: null },
    failure: { code: "writer-none", message: "None.", details: {} },
  },
  "writing.earlier": { writings: [] },
  "writing.write": {},
  "writing.cancel": {},
  "checklist.list": { checklists: [checklist] },
  "checklist.get": { checklist, form, text: "id: greeting", versions: [1] },
  "checklist.check": { form: null, faults: [{ line: 1, column: 1, path: "", message: "Empty.", remedy: "Write one." }] },
  "checklist.save": { id: "greeting", version: 2 },
  "checklist.enable": {},
  "checklist.remove": {},
  "checklist.import": { id: "greeting", version: 1, format: "connect", notes: ["hello: left out"] },
  "checklist.export": { fileName: "greeting-1.yaml", text: "id: greeting", notes: [] },
  "checklist.preview": { evaluation, faults: [] },
  "evaluation.list": { evaluations: [] },
  "evaluation.begin": evaluation,
  "evaluation.get": evaluation,
  "evaluation.answer": evaluation,
  "evaluation.withdraw": evaluation,
  "evaluation.comment": evaluation,
  "evaluation.attach": evaluation,
  "evaluation.answerAgain": evaluation,
  "evaluation.heard": {},
  "evaluation.submit": evaluation,
  "evaluation.reopen": evaluation,
  "evaluation.remove": {},
  "report.create": {
    ...{ mediaId: "clip-1", path: "/tmp/a.pdf", fileName: "a.pdf", mediaType: "application/pdf", bytes: 10 },
    sha256: "0".repeat(64),
  },
  "report.period": {
    ...{ mediaId: "clip-2", path: "/tmp/a.csv", fileName: "a.csv", mediaType: "text/csv; charset=utf-8", bytes: 10 },
    sha256: "0".repeat(64),
  },
  "report.bundle": {
    ...{ mediaId: "clip-3", path: "/tmp/a.zip", fileName: "a.zip", mediaType: "application/zip", bytes: 10 },
    ...{ sha256: "0".repeat(64), reports: 3, leftOut: 1 },
  },
  "report.stop": {},
  "category.list": {
    categories: [
      {
        category: {
          id: "refund",
          name: "Refund",
          description: "",
          wanted: null,
          kind: null,
          enabled: true,
          rule: { said: ["refund"] },
        },
        origin: "person",
        sentence: "somebody says “refund”",
        present: 1,
        absent: 0,
        unknown: 0,
      },
    ],
    waiting: 0,
  },
  "category.save": {},
  "category.remove": {},
  "category.import": { ids: ["refund"], format: "call-analytics", notes: [] },
  "category.results": {
    findings: [
      {
        id: "refund",
        name: "Refund",
        description: "",
        wanted: "present",
        sentence: "somebody says “refund”",
        outcome: "present",
        places: [quotedPlace],
        against: [],
        searched: [{ what: "somebody says “refund”", role: "agent", startMs: 0, endMs: 10, words: 3, turns: 1 }],
        figures: [{ name: "talkShare", role: null, value: 0.5 }],
        unjudged: ["no-sentiment"],
      },
    ],
    spans: [{ ...quotedPlace, kind: "issue" }],
  },
  "category.conversations": { conversationIds: ["c1"] },
  "category.try": {
    sentence: "somebody says “refund”",
    present: 1,
    absent: 0,
    unknown: 0,
    looked: 1,
    of: 1,
    matches: [{ conversationId: "c1", title: "A call", kind: "call", places: [quotedPlace] }],
  },
  "journey.list": {
    rows: [
      {
        id: "j1",
        customer: "Anna Fields",
        conversations: 3,
        channels: ["voice", "bot"],
        firstAt: at,
        lastAt: null,
        reasonsAgain: 1,
        askedAgain: 1,
        promises: 1,
        promisesNotKept: 0,
        handOvers: 1,
        proposals: 1,
      },
    ],
    total: 1,
    waiting: 0,
  },
  "journey.get": {
    id: "j1",
    customer: null,
    identities: [{ kind: "phone", value: null, shared: true }],
    steps: [
      {
        conversationId: "c1",
        title: "A call",
        channel: "voice",
        direction: "inbound",
        startedAt: at,
        durationMs: 1_000,
        turns: 2,
        served: [{ role: "bot", name: null }],
        sentiment: { score: -1.5, quarters: [null, -1, -2, null] },
        reasons: [{ id: "category:complaint", name: "Complaint" }],
      },
    ],
    claims: [
      {
        kind: "promise",
        promise: "call-back",
        state: "not-seen",
        dueAt: at,
        conversationId: "c1",
        laterId: null,
        words: [{ conversationId: "c1", turnId: "t1", role: "agent", startMs: 0, quote: "We will call you back tomorrow." }],
        doubt: "elsewhere",
      },
    ],
    decisions: [{ id: "d1", verdict: "apart", conversationId: "c2", otherId: null, at, author: "Kim" }],
    more: 0,
  },
  "journey.of": { place: { journeyId: "j1", number: 1, conversations: 2, previousId: null, nextId: "c2" } },
  "journey.proposals": {
    proposals: [
      {
        id: "p1",
        confidence: 0.7,
        signs: ["same-name", "same-place"],
        one: {
          journeyId: "j1",
          customer: "Anna Fields",
          conversations: 2,
          conversationId: "c1",
          title: "A call",
          channel: "voice",
          startedAt: at,
        },
        other: {
          journeyId: "j2",
          customer: null,
          conversations: 1,
          conversationId: "c2",
          title: "A chat",
          channel: "chat",
          startedAt: null,
        },
      },
    ],
    total: 1,
  },
  "journey.decide": { decision: { id: "d1", verdict: "same", conversationId: "c1", otherId: "c2", at, author: "Kim" } },
  "journey.takeOut": { decision: { id: "d1", verdict: "apart", conversationId: "c1", otherId: null, at, author: "Kim" } },
  "journey.undo": {},
  "drivers.list": {
    periods: [{ startsAt: at, conversations: 3 }],
    categories: [
      {
        term: "refund",
        name: "Refund",
        counts: [3],
        share: 1,
        shareBefore: 0,
        g2: 4,
        z: 2,
        q: 0.04,
        direction: "rising",
        told: true,
        conversationIds: ["c1"],
      },
    ],
    topics: [],
    entities: [],
    phrases: [],
  },
  "conversation.egress": {
    records: [
      {
        at: "2026-11-21T10:00:00.000Z",
        service: "s3",
        operation: "PutObject",
        region: null,
        destination: "s3://calls/earmark/a/channel-0.flac",
        bytes: 10,
        sha256: "0".repeat(64),
      },
    ],
  },
  "engine.plan": {
    preference: "auto",
    place: "local",
    reason: "short-queue",
    endpointReady: true,
    backlogMs: 0,
    destinations: ["earmark", "s3://calls/earmark/"],
    remoteHour: { workMs: 540_000, cost: 0.2, measured: false },
  },
  "engine.provider": {
    setting: "auto",
    offered: ["auto", "cpu", "webgpu"],
    provider: "cpu",
    reason: "No graphics processor was found.",
    chosenAt: "2026-11-21T10:00:00.000Z",
    trials: [{ provider: "webgpu", ran: false, encoderMs: null, reason: "No adapter." }],
  },
  "engine.tryOffload": { trials: [{ step: "identity", state: "ok", detail: "A role.", failure: null }] },
  "language.test": { trials: [{ step: "sentiment", state: "skipped", detail: "Comprehend is not asked.", failure: null }] },
  "question.plan": {
    by: "writer",
    text: "Why did they call?",
    conversations: 3,
    withoutWords: 1,
    requests: 4,
    inputTokens: 4_000,
    outputTokens: 900,
    cost: 0.02,
    sampled: false,
    to: { engine: "bedrock", model: "eu.some-model", region: null, url: null, isHere: false },
    agreement: "f".repeat(64),
  },
  "question.ask": { id: "q1" },
  "question.again": {},
  "question.list": { questions: [askedQuestion] },
  "question.get": askedQuestion,
  "question.answers": { answers: [askedAnswer], total: 1 },
  "question.ofConversation": { entries: [{ question: askedQuestion, answer: askedAnswer }] },
  "question.cancel": {},
  "question.remove": {},
  "question.export": {
    mediaId: "m",
    path: "/tmp/answers.csv",
    fileName: "answers.csv",
    mediaType: "text/csv",
    bytes: 1,
    sha256: "0".repeat(64),
  },
  "writer.test": { trials: [{ step: "model", state: "skipped", detail: "No writer is set.", failure: null }] },
  "doctor.run": { lines: [{ topic: "ffmpeg", label: "ffmpeg", state: "ok", detail: "7.0" }] },
};

describe("the contract", () => {
  it.each(Object.entries(answers))("%s answers what its schema takes, and it crosses a wire unchanged", (name, value) => {
    const { output } = api[name as CallName];
    expect(output.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
  });

  it("refuses answers that are none", () => {
    expect(api["queue.list"].output.safeParse({ jobs: [{ ...job, progress: 1.1 }], paused: false }).success).toBe(false);
    expect(api["models.verify"].output.safeParse({ model: { ...model, state: "lost" } }).success).toBe(false);
    expect(api["conversation.peaks"].output.safeParse({ durationMs: 1, channels: [[300]] }).success).toBe(false);
  });

  it("names each call as topic and verb, and no two alike", () => {
    for (const name of callNames) expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/u);
    expect(new Set(callNames.map((name) => name.toLowerCase())).size).toBe(callNames.length);
  });

  it("takes calls without input as an empty object, and fills in what was left out", () => {
    expect(api["queue.list"].input.parse({})).toEqual({ limit: 200 });
    expect(api["library.list"].input.safeParse({ limit: 501 }).success).toBe(false);
    expect(api["import.begin"].input.safeParse({ sources: [] }).success).toBe(false);
    expect(api["conversation.export"].input.safeParse({ id: "c1", format: "exe" }).success).toBe(false);
  });

  it("tells events with payloads of the same shapes", () => {
    expect(events["job.changed"].parse({ job })).toEqual({ job });
    expect(events["model.changed"].parse({ model })).toEqual({ model });
  });

  it("lets every failure code into a job", () => {
    for (const code of errorCodes) {
      const failure = { code, message: "", details: {} };
      expect(api["queue.list"].output.safeParse({ jobs: [{ ...job, failure }], paused: false }).success).toBe(true);
    }
  });
});

describe("settings", () => {
  it("have a default for everything", () => {
    expect(settings).toEqual({
      columnMappings: [],
      intake: { perMinute: null, most: null, quiet: null, order: "oldest", names: usualNameRules, paused: false },
      theme: "auto",
      reviewer: "",
      vocabulary: { terms: [], replacements: [] },
      importOptions: {},
      speech: { precision: null, language: "auto", translate: false, separation: "auto", transcriptionModel: null },
      executionProvider: "auto",
      concurrency: null,
      rewindOnResumeMs: 0,
      playback: { rate: 1, skipSilence: false, skipSilenceFromMs: 2_000 },
      reading: { confidence: false, translation: "both" },
      modelMirror: null,
      voiceMemory: false,
      redaction: expect.objectContaining({ "card-number": "mask", pin: "mask", name: "keep" }),
      sealing: { days: 30, types: expect.not.arrayContaining(["card-number", "card-security-code", "pin"]) },
      keys: {},
      notifyWhenDone: false,
      libraryTable: null,
      windows: {},
      journeys: { identities: "readable" },
      // Nothing leaves the machine before a person has asked for it.
      offload: expect.objectContaining({ use: "local", endpoint: "", bucket: null, profile: null }),
      writer: expect.objectContaining({ engine: "none", modelId: "", url: null, endpointUrl: null, crossCheck: true }),
      writing: { whenReady: false, workflow: null, evaluations: false },
      language: expect.objectContaining({ engine: "local", url: null, minPositive: 0.4, minNegative: 0.4, entityThreshold: 0.5 }),
    });
    expect(settingsSchema.parse({ speech: { translate: true } }).speech).toEqual({ ...settings.speech, translate: true });
  });

  it("are changed one by one: a change brings no default of another setting with it", () => {
    const change: z.ZodType = api["settings.set"].input;
    expect(change.parse({ theme: "dark" })).toEqual({ theme: "dark" });
    expect(change.parse({})).toEqual({});
    expect(change.parse({ concurrency: null })).toEqual({ concurrency: null });
    expect(change.safeParse({ speech: { translate: true } }).success).toBe(false);
    expect(change.parse({ speech: { ...settings.speech, translate: true } })).toEqual({
      speech: { ...settings.speech, translate: true },
    });
  });

  it.each([
    { modelMirror: "javascript:alert(1)" },
    { modelMirror: "file:///etc/passwd" },
    { concurrency: 0 },
    { theme: "pink" },
    { reviewer: "x".repeat(201) },
    { rewindOnResumeMs: 5_001 },
    { playback: { rate: 3.1, skipSilence: false, skipSilenceFromMs: 2_000 } },
    { playback: { rate: 1, skipSilence: false, skipSilenceFromMs: 100 } },
  ])("refuse %j", (change) => {
    expect(settingsSchema.safeParse(change).success).toBe(false);
    expect(api["settings.set"].input.safeParse(change).success).toBe(false);
  });
});
