import type { QueryClient } from "@tanstack/react-query";
import type { CallOutput } from "../../app/contract/api.ts";
import type { JobView, ModelView } from "../../app/contract/views.ts";
import { on, onConnection } from "./bridge.ts";
import { afterTold } from "./partial.ts";

/** Lists are read again at most this often, however many events arrive. */
const listIntervalMs = 400;

/** Counts over the library are made again at most this often. */
const countsIntervalMs = 4_000;

/** Keeps what the page remembers true: events change it in place or have it read again. Answers with its undo. */
export function keepFresh(memory: QueryClient): () => void {
  const readListAgain = atMostEvery(listIntervalMs, () => {
    void memory.invalidateQueries({ queryKey: ["library.list"] });
    void memory.invalidateQueries({ queryKey: ["app.state"] });
    void memory.invalidateQueries({ queryKey: ["review.mine"] });
    void memory.invalidateQueries({ queryKey: ["library.values"] });
  });
  const readQueueAgain = atMostEvery(listIntervalMs, () => void memory.invalidateQueries({ queryKey: ["queue.list"] }));

  // Counting over the whole library takes the machine a moment: what pages show of it may lag behind.
  const readCountsAgain = atMostEvery(countsIntervalMs, () => {
    void memory.invalidateQueries({ queryKey: ["category.list"] });
    void memory.invalidateQueries({ queryKey: ["drivers.list"] });
  });

  const readChecklistsAgain = atMostEvery(
    countsIntervalMs,
    () => void memory.invalidateQueries({ queryKey: ["checklist.list"] }),
  );

  const readAnswersAgain = atMostEvery(listIntervalMs, () => {
    for (const name of ["question.list", "question.get", "question.answers", "question.ofConversation"] as const) {
      void memory.invalidateQueries({ queryKey: [name] });
    }
  });

  const undo = [
    on("question.changed", readAnswersAgain),
    on("job.changed", ({ job }) => {
      const known = putJob(memory, job);
      if (!known) readQueueAgain();
      if (job.state === "done" || job.state === "failed" || job.state === "cancelled") readListAgain();
    }),
    on("conversation.changed", ({ id }) => {
      void memory.invalidateQueries({ queryKey: ["conversation.get", { id }] });
      // Comments and bookmarks move with the words that they are on.
      void memory.invalidateQueries({ queryKey: ["comment.list", { conversationId: id }] });
      void memory.invalidateQueries({ queryKey: ["bookmark.list", { conversationId: id }] });
      void memory.invalidateQueries({ queryKey: ["category.results", { conversationId: id }] });
      void memory.invalidateQueries({ queryKey: ["original.list", { conversationId: id }] });
      // Answers rest on the words: those that have changed make them stale at once.
      void memory.invalidateQueries({ queryKey: ["evaluation.list", { conversationId: id }] });
      void memory.invalidateQueries({ queryKey: ["evaluation.get"] });
      void memory.invalidateQueries({ queryKey: ["checklist.preview"] });
      void memory.invalidateQueries({ queryKey: ["writing.list", { conversationId: id }] });
      readAnswersAgain();
      void memory.invalidateQueries({
        predicate: ({ queryKey: [name, input] }) =>
          (name === "conversation.peaks" ||
            name === "conversation.egress" ||
            name === "conversation.history" ||
            name === "correction.leftBehind" ||
            name === "conversation.machine") &&
          typeof input === "object" &&
          input !== null &&
          "id" in input &&
          input.id === id,
      });
      readListAgain();
    }),
    on("conversation.partial", (told) => {
      const key = ["conversation.get", { id: told.id }];
      const view = memory.getQueryData<CallOutput<"conversation.get">>(key);
      if (view === undefined) return;
      const partial = afterTold(view.partial, told);
      if (partial === null) void memory.invalidateQueries({ queryKey: key });
      else memory.setQueryData<CallOutput<"conversation.get">>(key, { ...view, partial });
    }),
    on("comment.changed", ({ conversationId }) => {
      void memory.invalidateQueries({ queryKey: ["comment.list", { conversationId }] });
      void memory.invalidateQueries({ queryKey: ["bookmark.list", { conversationId }] });
    }),
    on("evaluation.changed", ({ conversationId }) => {
      void memory.invalidateQueries({
        queryKey: conversationId === null ? ["evaluation.list"] : ["evaluation.list", { conversationId }],
      });
      void memory.invalidateQueries({ queryKey: ["evaluation.get"] });
      if (conversationId === null) {
        void memory.invalidateQueries({ queryKey: ["checklist.list"] });
        void memory.invalidateQueries({ queryKey: ["checklist.get"] });
      } else readChecklistsAgain();
    }),
    on("writing.changed", ({ conversationId }) => {
      void memory.invalidateQueries({
        queryKey: conversationId === null ? ["writing.list"] : ["writing.list", { conversationId }],
      });
      void memory.invalidateQueries({ queryKey: ["writing.earlier"] });
      void memory.invalidateQueries({ queryKey: ["prompt.list"] });
      if (conversationId === null) void memory.invalidateQueries({ queryKey: ["prompt.get"] });
    }),
    on("writing.progress", ({ conversationId, progress }) => {
      memory.setQueryData<CallOutput<"writing.list">>(["writing.list", { conversationId }], (known) =>
        known?.run == null ? known : { ...known, run: { ...known.run, progress } },
      );
    }),
    on("library.changed", () => {
      readListAgain();
      readCountsAgain();
      readQueueAgain();
    }),
    on("journey.changed", () => {
      for (const name of ["journey.list", "journey.get", "journey.of", "journey.proposals"] as const) {
        void memory.invalidateQueries({ queryKey: [name] });
      }
    }),
    on("review.changed", () => {
      for (const name of ["review.mine", "view.list", "sample.plans", "sample.runs", "library.indexing"] as const) {
        void memory.invalidateQueries({ queryKey: [name] });
      }
    }),
    on("model.changed", ({ model }) => {
      memory.setQueriesData<CallOutput<"models.list">>(
        { queryKey: ["models.list"] },
        (known) => known && withModel(known, model),
      );
    }),
    on("ledger.changed", () => {
      for (const name of ["ledger.state", "ledger.facets"] as const) void memory.invalidateQueries({ queryKey: [name] });
    }),
    on("intake.changed", () => {
      void memory.invalidateQueries({ queryKey: ["intake.list"] });
      void memory.invalidateQueries({ queryKey: ["intake.items"] });
    }),
    on("settings.changed", () => void memory.invalidateQueries({ queryKey: ["settings.get"] })),
  ];

  let lost = false;
  undo.push(
    onConnection((connection) => {
      if (connection !== "connected") lost = true;
      else if (lost) {
        lost = false;
        void memory.invalidateQueries();
      }
    }),
  );
  return () => {
    for (const each of undo) each();
  };
}

/** Puts a job where it is shown: queue, conversation, library. Answers whether the queue knew it. */
export function putJob(memory: QueryClient, job: JobView): boolean {
  let known = false;
  memory.setQueriesData<CallOutput<"queue.list">>({ queryKey: ["queue.list"] }, (queue) => {
    if (queue === undefined) return queue;
    if (!queue.jobs.some((each) => each.id === job.id)) return queue;
    known = true;
    return { ...queue, jobs: queue.jobs.map((each) => (each.id === job.id ? job : each)) };
  });
  memory.setQueryData<CallOutput<"conversation.get">>(["conversation.get", { id: job.conversationId }], (view) =>
    view === undefined ? view : { ...view, job },
  );
  memory.setQueriesData<CallOutput<"library.list">>({ queryKey: ["library.list"] }, (list) => {
    if (list === undefined || !list.rows.some((row) => row.id === job.conversationId)) return list;
    return {
      ...list,
      rows: list.rows.map((row) =>
        row.id === job.conversationId ? { ...row, state: job.state, progress: job.progress, failure: job.failure } : row,
      ),
    };
  });
  return known;
}

function withModel(known: CallOutput<"models.list">, model: ModelView): CallOutput<"models.list"> {
  const present = known.models.some((each) => each.id === model.id);
  return {
    ...known,
    models: present ? known.models.map((each) => (each.id === model.id ? model : each)) : [...known.models, model],
  };
}

/** Runs at once, then again at the end of the interval when it was asked for meanwhile. */
function atMostEvery(intervalMs: number, act: () => void): () => void {
  let waiting = false;
  let asked = false;
  return function run(): void {
    if (waiting) {
      asked = true;
      return;
    }
    act();
    waiting = true;
    setTimeout(() => {
      waiting = false;
      if (!asked) return;
      asked = false;
      run();
    }, intervalMs);
  };
}
