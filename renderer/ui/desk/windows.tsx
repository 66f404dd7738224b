import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { useEffect } from "react";
import { useLocation, useSearch } from "wouter";
import { call, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell, tellFailure } from "../notices.tsx";
import { forgetWindows, isPlaceRestored, keepPath, windowsLeftOpen } from "./kept-place.ts";
import { keepScroll } from "./kept-scroll.ts";

const usualSize = { width: 1280, height: 860 };
const noticeId = "windows-left-open";

/**
 * What "open this in a new window" means now: in a list the row that the keys are on, else the only selected one; anywhere
 * else the address. Rows say by `data-opens` what they open, and their list by `data-pointed` that the keys have been in it.
 */
export function placeToOpen(): string {
  const focused = document.activeElement?.closest<HTMLElement>("[data-opens]");
  const selected = document.querySelectorAll<HTMLElement>('[data-opens][aria-selected="true"]');
  const row =
    focused ??
    (selected.length === 1 ? selected[0] : document.querySelector<HTMLElement>('[data-pointed] [data-opens][tabindex="0"]'));
  return row?.dataset["opens"] ?? window.location.pathname + window.location.search;
}

/** Opens a window of its own at an address inside of Earmark: by the shell where it has windows, else by the browser. */
export function openWindow(path: string, byShell: boolean, name = "new"): void {
  if (byShell) {
    call("window.open", { path }).catch(tellFailure);
    return;
  }
  const address = new URL(path, window.location.origin);
  address.searchParams.set("window", name);
  const offset = 40 * (1 + windowsOpened);
  windowsOpened += 1;
  const place = `left=${window.screenX + offset},top=${window.screenY + offset}`;
  const opened = window.open(address, "_blank", `popup,width=${usualSize.width},height=${usualSize.height},${place}`);
  if (opened === null) tell(i18next.t("desk.windows.blocked"));
}
let windowsOpened = 0;

/** Keeps where this window stands, puts back its scrolling, and offers the windows that were open when Earmark ended. */
export function useWindowPlace(): void {
  const { t } = useTranslation();
  const [location] = useLocation();
  const search = useSearch();
  const state = useCall("app.state", {});
  const byShell = state.data?.capabilities.windows;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept is the address as it is now
  useEffect(() => keepPath(), [location, search]);
  useEffect(() => keepScroll(document, isPlaceRestored()), []);
  useEffect(() => {
    // A shell with windows of its own has opened them by itself.
    if (byShell !== false) return;
    const names = windowsLeftOpen();
    if (names.length === 0) return;
    let areWanted = false;
    notifications.show({
      id: noticeId,
      autoClose: false,
      closeButtonProps: { "aria-label": t("state.dismiss") },
      onClose: () => {
        if (!areWanted) forgetWindows(names);
      },
      message: (
        <>
          {t("desk.windows.leftOpen", { count: names.length })}{" "}
          <Button
            variant="default"
            onClick={() => {
              areWanted = true;
              // Each goes back to its own place.
              for (const name of names) openWindow("/", false, name);
              notifications.hide(noticeId);
            }}
          >
            {t("desk.windows.openAgain")}
          </Button>
        </>
      ),
    });
  }, [byShell, t]);
}
