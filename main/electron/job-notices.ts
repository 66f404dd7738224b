import type { NotificationConstructorOptions } from "electron";
import { longJobs } from "../../app/contract/desk-views.ts";
import type { EventMessage } from "../../app/contract/transport.ts";
import type { JobView } from "../../app/contract/views.ts";

/** The words of the notices. */
const text = { ready: "Ready to review", failed: "Could not be finished" } as const;

/** The part of Electron's notification that is used here. */
export interface Notice {
  on(event: "click", listener: () => void): unknown;
  show(): void;
}

/** What the notices need. */
export interface JobNoticesOptions {
  readonly create: (options: NotificationConstructorOptions) => Notice;
  /** Whether a person wants them. */
  readonly wanted: () => Promise<boolean>;
  /** Whether a person is looking at Earmark. */
  readonly isSeen: () => boolean;
  /** Shows a conversation. */
  readonly goTo: (conversationId: string) => void;
  /** Milliseconds since 1970; this machine's unless told. */
  readonly now?: () => number;
}

/** Tells by the system that a long job has ended while nobody looked: answers what to do with each event of the backend. */
export function createJobNotices(options: JobNoticesOptions): (message: EventMessage) => void {
  // What is not held would be collected, and its click never heard.
  const shown = new Map<string, Notice>();
  const endsLongWork = longJobs(options.now ?? Date.now);
  return ({ name, payload }) => {
    if (name !== "job.changed") return;
    const { job } = payload as { job: JobView };
    if (!endsLongWork(job) || options.isSeen()) return;
    options
      .wanted()
      .then((wanted) => {
        if (!wanted) return;
        const notice = options.create({ title: job.title, body: job.state === "failed" ? text.failed : text.ready });
        shown.set(job.id, notice);
        notice.on("click", () => options.goTo(job.conversationId));
        notice.show();
      })
      .catch(() => undefined);
  };
}
