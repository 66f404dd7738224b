// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid places its rows itself, which table elements do not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows take the focus, not their cells
import { Progress, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowDownRight,
  IconArrowRight,
  IconArrowUpRight,
  IconCircleCheck,
  IconCircleFilled,
  IconCircleX,
  IconClock,
  IconFileImport,
  IconMessage,
  IconPencil,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { assertNever } from "../../../app/assert-never.ts";
import type { LibraryRow } from "../../../app/contract/views.ts";
import type { ListedSentiment, ListedTopic } from "../../../app/insight/library-figures.ts";
import { useTranslation } from "../../text/index.ts";
import { asFailure } from "../../ui/states.tsx";
import { clock, moment, percent, signed, span } from "../../ui/time.ts";
import type { ColumnName } from "./columns.ts";
import classes from "./library.module.css";
import { Score, Verdict } from "./score-cells.tsx";

/** What stands in one column of one row. */
export function Cell({ name, row, address }: { name: ColumnName; row: LibraryRow; address: string }): ReactNode {
  const { t } = useTranslation();
  const unknown = <span className={classes["quiet"]}>–</span>;
  const at = (iso: string | null) => (iso === null ? unknown : moment(iso, (time) => t("state.today", { time })));
  switch (name) {
    case "title":
      return (
        <Link href={address} tabIndex={-1} title={row.title} dir="auto">
          {row.title}
        </Link>
      );
    case "when":
      return at(row.startedAt ?? row.importedAt);
    case "whenThere":
      return row.startedAt === null ? (
        unknown
      ) : (
        <span title={row.timeZone ?? undefined}>{inZone(row.startedAt, row.timeZone)}</span>
      );
    case "agent":
      return row.agent ?? unknown;
    case "customer":
      return row.customer ?? unknown;
    case "channel":
      return t(`channel.${row.channel}`);
    case "direction":
      return row.direction === null ? unknown : t(`finding.directions.${row.direction}`);
    case "queue":
      return row.queue ?? unknown;
    case "duration":
      return row.durationMs === null ? unknown : clock(row.durationMs);
    case "agentTalk":
      return row.agentTalkShare === null ? (
        unknown
      ) : (
        <>
          <span className={classes["talkBar"]} aria-hidden="true">
            <span style={{ width: percent(row.agentTalkShare, "en") }} />
          </span>
          {percent(row.agentTalkShare)}
        </>
      );
    case "silence":
      return row.nonTalkMs === null || row.kind === "chat" ? unknown : span(row.nonTalkMs);
    case "interruptions":
      return row.nonTalkMs === null || row.kind === "chat" ? unknown : row.interruptions;
    case "turns":
      return row.turns;
    case "language":
      return row.language ?? unknown;
    case "agentSentiment":
      return row.agentSentiment === null ? unknown : <Mood who="agent" mood={row.agentSentiment} />;
    case "customerSentiment":
      return row.customerSentiment === null ? unknown : <Mood who="customer" mood={row.customerSentiment} />;
    case "topic":
      return row.topic === null ? unknown : <Topic topic={row.topic} />;
    case "score":
      return row.evaluation === null ? unknown : <Score evaluation={row.evaluation} />;
    case "review":
      return row.evaluation === null ? unknown : <Verdict evaluation={row.evaluation} />;
    case "tags":
      return row.tags.length === 0 ? (
        unknown
      ) : (
        <span title={row.tags.join(", ")}>
          {row.tags.map((tag) => (
            <span key={tag} className={classes["tag"]}>
              {tag}
            </span>
          ))}
        </span>
      );
    case "state":
      return <State row={row} />;
    case "flags":
      return <Flags row={row} />;
    case "assignee":
      return row.assignee ?? unknown;
    case "due":
      return at(row.dueAt);
    case "added":
      return at(row.importedAt);
    default:
      return assertNever(name);
  }
}

const trendIcons = { up: IconArrowUpRight, down: IconArrowDownRight, flat: IconArrowRight } as const;

/**
 * A side's sentiment: its number, coloured to the side of zero that it is on, and where it went. A figure of another
 * program's is marked as such.
 */
function Mood({ who, mood: { score, trend, vendor } }: { who: "agent" | "customer"; mood: ListedSentiment }) {
  const { t } = useTranslation();
  const shown = signed(score);
  const words = { who: t(`role.${who}`), score: shown };
  const own =
    trend === null
      ? t("finding.mood.score", words)
      : t("finding.mood.scoreTrend", { ...words, trend: t(`finding.mood.trends.${trend}`) });
  const said = vendor === null ? own : t("finding.mood.vendor", { said: own, source: vendor });
  const Icon = trend === null ? null : trendIcons[trend];
  return (
    <span
      role="img"
      aria-label={said}
      title={said}
      className={classes["mood"]}
      data-mood={Math.abs(score) < 0.05 ? "neither" : score > 0 ? "good" : "bad"}
    >
      {vendor !== null && <IconFileImport size={12} aria-hidden="true" className={classes["vendor"]} />}
      {shown}
      {Icon === null ? <span className={classes["noTrend"]} /> : <Icon size={14} aria-hidden="true" />}
    </span>
  );
}

function Topic({ topic: { name, vendor } }: { topic: ListedTopic }) {
  const { t } = useTranslation();
  if (vendor === null) return <span title={name}>{name}</span>;
  const said = t("finding.mood.topicVendor", { topic: name, source: vendor });
  return (
    <span role="img" aria-label={said} title={said}>
      <IconFileImport size={12} aria-hidden="true" className={classes["vendor"]} /> {name}
    </span>
  );
}

/** An instant where the conversation took place, with the zone's short name. */
function inZone(iso: string, zone: string | null): string {
  const format = (timeZone: string | undefined) =>
    new Intl.DateTimeFormat(undefined, {
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      timeZoneName: "short",
      ...(timeZone === undefined ? {} : { timeZone }),
    }).format(new Date(iso));
  try {
    return format(zone ?? "UTC");
  } catch {
    // A zone that this browser does not know.
    return format("UTC");
  }
}

function Flags({ row }: { row: LibraryRow }) {
  const { t } = useTranslation();
  const flag = (key: string, label: string, icon: ReactNode) => (
    <Tooltip key={key} label={label}>
      <span role="img" aria-label={label}>
        {icon}
      </span>
    </Tooltip>
  );
  return (
    <span className={classes["flags"]}>
      {row.unread
        ? flag("unread", t("finding.flag.unread"), <IconCircleFilled size={9} aria-hidden="true" />)
        : row.reviewedAt !== null &&
          flag("reviewed", t("finding.flag.reviewed"), <IconCircleCheck size={14} aria-hidden="true" />)}
      {row.corrected && flag("corrected", t("finding.flag.corrected"), <IconPencil size={14} aria-hidden="true" />)}
      {row.comments > 0 &&
        flag("comments", t("finding.flag.comments", { count: row.comments }), <IconMessage size={14} aria-hidden="true" />)}
    </span>
  );
}

function State({ row }: { row: LibraryRow }) {
  const { t } = useTranslation();
  switch (row.state) {
    case "waiting":
      return (
        <span className={classes["stateText"]}>
          <IconClock size={14} aria-hidden="true" />
          {t("work.waiting")}
        </span>
      );
    case "running":
      return (
        <span className={classes["stateText"]}>
          <Progress
            value={row.progress * 100}
            size="sm"
            className={classes["bar"] ?? ""}
            aria-label={`${t("work.running")}: ${row.title}`}
          />
          <span className="numeric">{percent(row.progress)}</span>
        </span>
      );
    case "failed": {
      const reason = t(`errors.${asFailure(row.failure).code}.title`);
      return (
        <span className={classes["stateText"]} data-state="failed" title={reason}>
          <IconAlertTriangle size={14} aria-hidden="true" />
          {t("work.failed")}
          <span className="unseen">: {reason}</span>
        </span>
      );
    }
    case "cancelled":
      return (
        <span className={classes["stateText"]}>
          <IconCircleX size={14} aria-hidden="true" />
          {t("work.cancelled")}
        </span>
      );
    case "done":
      return (
        <span className={classes["stateText"]} data-state="done">
          {t("work.done")}
          {row.lacksWords && <span className={classes["tag"]}>{t("library.noWords")}</span>}
        </span>
      );
  }
}
