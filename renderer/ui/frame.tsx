import { ActionIcon, Button, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import {
  IconBooks,
  IconChartHistogram,
  IconChecklist,
  IconClipboardCheck,
  IconDeviceDesktop,
  IconKeyboard,
  IconListCheck,
  IconMoon,
  IconPlugConnectedX,
  IconRoute,
  IconSettings,
  IconShieldLock,
  IconSun,
} from "@tabler/icons-react";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Settings } from "../../app/contract/views.ts";
import { type Connection, memory, onConnection, useAct, useCall } from "../bridge/index.ts";
import { useTranslation } from "../text/index.ts";
import { overlaysId } from "../theme/theme.ts";
import { chooseKeys, hearKeys, knownChoices, useActions } from "./actions/index.ts";
import { useJobNotices } from "./desk/job-notices.ts";
import { openWindow, placeToOpen, useWindowPlace } from "./desk/windows.tsx";
import classes from "./frame.module.css";
import { keepFocus } from "./kept-focus.ts";
import { KeysOverlay } from "./keys-overlay.tsx";
import { isPaletteOpen, Palette, togglePalette } from "./palette.tsx";
import { conversationAt, Printed } from "./print/printed.tsx";
import { FailureNote } from "./states.tsx";
import { isCovered } from "./typing.ts";

const schemes: readonly Settings["theme"][] = ["auto", "light", "dark"];

/** What stands around every place: the places on the left, a warning when the backend is lost, the list of keys. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [keysOpen, setKeysOpen] = useState(false);
  const connection = useConnection();
  const queue = useCall("queue.list", {});
  const state = useCall("app.state", {});
  const mine = useCall("review.mine", {});
  const waiting = mine.data?.total ?? 0;
  const busy = queue.data?.jobs.filter((job) => job.state === "running" || job.state === "waiting").length ?? 0;

  useEffect(() => hearKeys(window), []);
  useChosenKeys();
  useWindowPlace();
  useFrameActions(state.data?.capabilities.windows === true);
  useActions({
    "app.keys": () => {
      // Another dialog or menu keeps its place; the list itself goes away by the key that brought it.
      if (keysOpen || !isCovered()) setKeysOpen(!keysOpen);
    },
  });

  const content = useRef<HTMLElement>(null);
  useEffect(() => (content.current === null ? undefined : keepFocus(content.current, document.getElementById(overlaysId))), []);

  return (
    <div className={classes["frame"]}>
      <button type="button" className={classes["skip"]} onClick={() => document.getElementById("content")?.focus()}>
        {t("app.skip")}
      </button>
      <nav className={classes["places"]} aria-label={t("app.places")}>
        <div className={classes["name"]}>
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <path d="M7 4h18v25l-9-6.500L7 29z" fill="var(--accent)" />
            <path d="M11.500 11v5M16 8.500v10M20.500 11v5" stroke="var(--surface)" strokeWidth="2.400" strokeLinecap="round" />
          </svg>
          <span>{t("app.name")}</span>
        </div>
        <Place href="/" label={t("app.library")} icon={<IconBooks size={18} aria-hidden="true" />} also="/conversation/" />
        <Place
          href="/day"
          label={t("app.day")}
          icon={<IconChecklist size={18} aria-hidden="true" />}
          {...(waiting > 0 ? { count: waiting, countLabel: t("day.waiting", { count: waiting, name: "" }).trim() } : {})}
        />
        <Place
          href="/insights"
          label={t("app.insights")}
          icon={<IconChartHistogram size={18} aria-hidden="true" />}
          also="/insights/"
        />
        <Place href="/journeys" label={t("app.journeys")} icon={<IconRoute size={18} aria-hidden="true" />} also="/journeys/" />
        <Place
          href="/checklists"
          label={t("app.checklists")}
          icon={<IconClipboardCheck size={18} aria-hidden="true" />}
          also={["/checklists/", "/prompts"]}
        />
        <Place
          href="/queue"
          label={t("app.queue")}
          icon={<IconListCheck size={18} aria-hidden="true" />}
          {...(busy > 0 ? { count: busy, countLabel: t("app.busy", { count: busy }) } : {})}
        />
        <Place href="/ledger" label={t("app.ledger")} icon={<IconShieldLock size={18} aria-hidden="true" />} />
        <Place href="/settings" label={t("app.settings")} icon={<IconSettings size={18} aria-hidden="true" />} />
        <div className={classes["foot"]}>
          <SchemeSwitch />
          <Tooltip label={`${t("app.keys")} (?)`}>
            <ActionIcon aria-label={t("app.keys")} onClick={() => setKeysOpen(true)}>
              <IconKeyboard size={18} aria-hidden="true" />
            </ActionIcon>
          </Tooltip>
          {state.data !== undefined && (
            <span className={classes["version"]}>{t("app.version", { version: state.data.version })}</span>
          )}
        </div>
      </nav>
      <main ref={content} className={classes["content"]} id="content" tabIndex={-1}>
        {connection !== "connected" && (
          <div className={classes["lost"]} role="alert" data-testid="connection" data-state={connection}>
            <IconPlugConnectedX size={18} aria-hidden="true" />
            <span>{t(connection === "lost" ? "app.lost" : "app.shutOut")}</span>
          </div>
        )}
        <Notices />
        <div className={classes["place"]}>{children}</div>
        <div id={overlaysId} />
      </main>
      <KeysOverlay opened={keysOpen} close={() => setKeysOpen(false)} />
      <Palette />
      <Printed version={state.data?.version ?? ""} />
    </div>
  );
}

/** The keys that the person has chosen, as soon as they are known and whenever they change. */
function useChosenKeys(): void {
  const chosen = useCall("settings.get", {}).data?.keys;
  useEffect(() => {
    if (chosen !== undefined) chooseKeys(knownChoices(chosen));
  }, [chosen]);
}

/** What can be done in every place. */
function useFrameActions(byShell: boolean): void {
  const [location, navigate] = useLocation();
  const goTo = useCallback((id: string) => navigate(`/conversation/${encodeURIComponent(id)}`), [navigate]);
  useJobNotices(goTo);
  useActions({
    "app.palette": () => {
      // Another dialog or menu keeps its place; the palette itself goes away by the key that brought it.
      if (isPaletteOpen() || !isCovered()) togglePalette();
    },
    "app.library": () => navigate("/"),
    "app.day": () => navigate("/day"),
    "app.insights": () => navigate("/insights"),
    "app.questions": () => navigate("/insights/questions"),
    "app.categories": () => navigate("/insights/categories"),
    "app.journeys": () => navigate("/journeys"),
    "app.checklists": () => navigate("/checklists"),
    "app.prompts": () => navigate("/prompts"),
    "app.queue": () => navigate("/queue"),
    "app.ledger": () => navigate("/ledger"),
    "app.settings": () => navigate("/settings"),
    "app.sources": () => {
      navigate("/settings#sources");
      document.getElementById("sources")?.scrollIntoView();
    },
    "app.keysSettings": () => {
      navigate("/settings#keys");
      document.getElementById("keys")?.scrollIntoView();
    },
    "app.newWindow": () => openWindow(placeToOpen(), byShell),
    "app.print": conversationAt(location) === null ? undefined : () => window.print(),
  });
}

/** What befell the library, until the person has put it away. */
function Notices() {
  const { t } = useTranslation();
  const state = useCall("app.state", {});
  const dismiss = useAct("notice.dismiss", () => void memory.invalidateQueries({ queryKey: ["app.state"] }));
  const notices = state.data?.notices ?? [];
  if (notices.length === 0) return null;
  return (
    <section className={classes["notices"]} aria-label={t("state.notices")} data-testid="notices">
      {notices.map((notice) => (
        <FailureNote
          key={notice.id}
          live
          failure={notice.failure}
          actions={
            <Button variant="default" onClick={() => dismiss.mutate({ id: notice.id })}>
              {t("state.dismiss")}
            </Button>
          }
        />
      ))}
    </section>
  );
}

function Place(place: {
  href: string;
  label: string;
  icon: ReactNode;
  also?: string | readonly string[];
  count?: number;
  countLabel?: string;
}) {
  const [location] = useLocation();
  const here = location === place.href || [place.also ?? []].flat().some((each) => location.startsWith(each));
  return (
    <Link href={place.href} className={classes["link"]} aria-current={here ? "page" : undefined}>
      {place.icon}
      <span className={classes["linkText"]}>{place.label}</span>
      {place.count !== undefined && (
        <span className={classes["count"]}>
          <span aria-hidden="true">{place.count}</span>
          <span className="unseen">{place.countLabel}</span>
        </span>
      )}
    </Link>
  );
}

/** Goes round light, dark and the system's; the choice is kept in the settings. */
function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const computed = useComputedColorScheme("light");
  const settings = useCall("settings.get", {});
  const save = useAct("settings.set");
  const kept = settings.data?.theme;

  useEffect(() => {
    if (kept !== undefined) setColorScheme(kept);
  }, [kept, setColorScheme]);

  const next = schemes[(schemes.indexOf(colorScheme) + 1) % schemes.length] ?? "auto";
  const label = t("app.theme", { scheme: t(`app.${colorScheme}`) });
  const Icon = colorScheme === "auto" ? IconDeviceDesktop : computed === "dark" ? IconMoon : IconSun;
  const change = () => {
    setColorScheme(next);
    save.mutate({ theme: next });
  };
  useActions({ "app.scheme": change });
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={change}>
        <Icon size={18} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}

function useConnection(): Connection {
  const [connection, setConnection] = useState<Connection>("connected");
  useEffect(() => onConnection(setConnection), []);
  return connection;
}
