import i18next from "i18next";
import { useEffect } from "react";
import { longJobs } from "../../../app/contract/desk-views.ts";
import type { JobView } from "../../../app/contract/views.ts";
import { on, useCall } from "../../bridge/index.ts";

/** Tells by the browser's notifications that a long job has ended, where a person has turned that on and the shell does not do it. */
export function useJobNotices(goTo: (conversationId: string) => void): void {
  const settings = useCall("settings.get", {});
  const state = useCall("app.state", {});
  const wanted = settings.data?.notifyWhenDone === true && state.data?.capabilities.systemNotices === false;
  useEffect(() => {
    if (!wanted) return;
    const endsLongWork = longJobs(Date.now);
    return on("job.changed", ({ job }) => {
      // Every change is heard, so that the beginning is known whoever looks at the end.
      if (!endsLongWork(job) || document.hasFocus()) return;
      show(job, goTo);
    });
  }, [wanted, goTo]);
}

/** Asks the browser to allow notifications; answers whether it does. */
export async function askForNotices(): Promise<boolean> {
  if (typeof Notification === "undefined") return false;
  return (await Notification.requestPermission()) === "granted";
}

function show(job: JobView, goTo: (conversationId: string) => void): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  // Two windows that hear of the same job show one notice.
  const notice = new Notification(job.title, {
    tag: `earmark-${job.id}`,
    body: i18next.t(job.state === "failed" ? "desk.notices.failed" : "desk.notices.ready"),
    icon: "/icon.svg",
  });
  notice.onclick = () => {
    window.focus();
    goTo(job.conversationId);
    notice.close();
  };
}
