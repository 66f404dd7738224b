import {
  IconChevronDown,
  IconChevronRight,
  IconMinus,
  IconQuestionMark,
  IconTrendingDown,
  IconTrendingUp,
} from "@tabler/icons-react";
import { Fragment, useId, useState } from "react";
import { useLocation } from "wouter";
import type { DriverKind, DriversView } from "../../../app/contract/category-views.ts";
import { type DriverPeriod, shareInterval } from "../../../app/insight/drivers.ts";
import { useTranslation } from "../../text/index.ts";
import { stepThroughBars } from "../../ui/bars-keys.ts";
import { percent } from "../../ui/time.ts";
import { changeView } from "../library/index.ts";
import { changeOf, type DriverView, periodName, searchFor, totalOf } from "./drivers-view.ts";
import classes from "./insights.module.css";

interface TableProps {
  readonly kind: DriverKind;
  readonly period: DriverPeriod;
  readonly periods: DriversView["periods"];
  readonly drivers: readonly DriverView[];
  readonly busy: boolean;
}

/** Periods that have a bar; of a longer time the last so many. */
const mostBars = 16;
const headings = ["name", "share", "before", "change", "chance", "trend", "open"] as const;

/** Drivers with their figures. A name opens its conversations; the arrow before it, the figures behind it. */
export function DriversTable(props: TableProps) {
  const { t } = useTranslation();
  return (
    <table
      className={classes["table"]}
      aria-label={t("insights.table", { kind: t(`insights.kinds.${props.kind}`) })}
      aria-busy={props.busy}
    >
      <thead>
        <tr>
          {headings.map((heading) => (
            <th key={heading} scope="col" title={heading === "chance" ? t("insights.chanceNote") : undefined}>
              {t(`insights.columns.${heading}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.drivers.map((driver) => (
          <Row key={driver.term} driver={driver} {...props} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ driver, kind, period, periods }: { driver: DriverView } & TableProps) {
  const { t, i18n } = useTranslation();
  const [, navigate] = useLocation();
  const [open, setOpen] = useState(false);
  const details = useId();
  const { name, counts, share, shareBefore, told } = driver;
  const k = counts.at(-1) ?? 0;
  const n = periods.at(-1)?.conversations ?? 0;
  const nBefore = periods.reduce((sum, { conversations }) => sum + conversations, -n);
  const change = changeOf(driver);
  const total = totalOf(driver);
  const show = (search: string) => {
    changeView({ text: search, scrollTop: 0 });
    navigate("/");
  };
  const part = (value: number): string => percent(value, i18n.language);
  const interval = shareInterval(k, n);
  const Arrow = open ? IconChevronDown : IconChevronRight;
  return (
    <Fragment>
      <tr data-change={change}>
        <th scope="row">
          <div className={classes["named"]}>
            <button
              type="button"
              className={classes["why"]}
              aria-expanded={open}
              aria-controls={open ? details : undefined}
              aria-label={t("insights.why", { name })}
              onClick={() => setOpen(!open)}
            >
              <Arrow size={14} aria-hidden="true" />
            </button>
            <button type="button" className={classes["name"]} title={name} onClick={() => show(searchFor(kind, driver))}>
              {name}
            </button>
            {kind === "entities" && <TypeOf term={driver.term} />}
          </div>
        </th>
        <td className="numeric">
          {part(share)} <small>{t("insights.countOf", { count: k, all: n })}</small>
        </td>
        <td className="numeric">{nBefore > 0 ? part(shareBefore) : "–"}</td>
        <td>
          <Change change={change} points={(share - shareBefore) * 100} />
        </td>
        <td className="numeric" title={t("insights.chanceNote")}>
          {told ? chance(driver.q, t("insights.chanceLess"), i18n.language) : "–"}
        </td>
        <td>
          <Bars driver={driver} kind={kind} period={period} periods={periods} show={show} />
        </td>
        <td>
          <button type="button" className={classes["open"]} onClick={() => show(searchFor(kind, driver))}>
            {t("insights.openCount", { count: total })}
            <span className="unseen">{t("insights.open", { name })}</span>
          </button>
        </td>
      </tr>
      {open && (
        <tr id={details} className={classes["details"]}>
          <td colSpan={headings.length}>
            {kind === "topics" && <p>{t("insights.phrasesOf", { phrases: driver.term.split("\n").join(", ") })}</p>}
            <p>
              {t("insights.figures", {
                k,
                n,
                share: part(share),
                from: part(interval.from),
                to: part(interval.to),
              })}{" "}
              {nBefore > 0 && t("insights.figuresBefore", { k: total - k, n: nBefore, share: part(shareBefore) })}
            </p>
            <p>
              {told
                ? t("insights.statistic", {
                    g2: driver.g2.toFixed(1),
                    z: driver.z.toFixed(1),
                    chance: chance(driver.q, t("insights.chanceLess"), i18n.language),
                  })
                : t("insights.fewSaid")}
            </p>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function TypeOf({ term }: { term: string }) {
  const { t } = useTranslation();
  const type = term.split("\t")[0] ?? "";
  return <small className={classes["type"]}>{t(`insight.types.${type as "OTHER"}`, { defaultValue: type })}</small>;
}

/** A chance as a percentage: one place where it is small, and no row of noughts. */
function chance(q: number, less: string, locale: string): string {
  if (q < 0.001) return less;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: q < 0.1 ? 1 : 0 }).format(q);
}

const signs = { rising: IconTrendingUp, falling: IconTrendingDown, steady: IconMinus, few: IconQuestionMark } as const;

function Change({ change, points }: { change: keyof typeof signs; points: number }) {
  const { t } = useTranslation();
  const Sign = signs[change];
  const rounded = Math.round(points * 10) / 10;
  return (
    <span className={classes["change"]}>
      <Sign size={14} aria-hidden="true" />
      <span>{t(`insights.change.${change}`)}</span>
      {(change === "rising" || change === "falling") && (
        <small className="numeric">
          {t("insights.points", { sign: rounded < 0 ? "−" : "+", points: Math.abs(rounded).toFixed(1) })}
        </small>
      )}
    </span>
  );
}

interface BarsProps extends Pick<TableProps, "kind" | "period" | "periods"> {
  readonly driver: DriverView;
  readonly show: (search: string) => void;
}

/** The share of each period as a bar. One stop for the keyboard: the arrows go from bar to bar, Enter opens a period's conversations. */
function Bars({ driver, kind, period, periods, show }: BarsProps) {
  const { t, i18n } = useTranslation();
  const skipped = Math.max(0, periods.length - mostBars);
  const bars = periods.slice(skipped).map(({ startsAt, conversations }, place) => {
    const count = driver.counts[skipped + place] ?? 0;
    return { startsAt: Date.parse(startsAt), count, all: conversations, share: conversations === 0 ? 0 : count / conversations };
  });
  const most = Math.max(...bars.map(({ share }) => share), 0.000_1);
  const [chosen, setChosen] = useState(bars.length - 1);
  return (
    <div
      className={classes["bars"]}
      role="toolbar"
      aria-label={`${driver.name}: ${t("insights.columns.trend")}`}
      onKeyDown={(event) => {
        const to = stepThroughBars(event, chosen, bars.length);
        if (to !== null) setChosen(to);
      }}
    >
      {bars.map(({ startsAt, count, all, share }, place) => {
        const label = t("insights.openPeriod", { count, all, period: periodName(startsAt, period, i18n.language) });
        return (
          <button
            key={startsAt}
            type="button"
            tabIndex={place === chosen ? 0 : -1}
            aria-label={label}
            title={label}
            onClick={() => show(searchFor(kind, driver, { startsAt, period }))}
          >
            <span style={{ height: `${Math.round((share / most) * 100)}%` }} data-last={place === bars.length - 1 || undefined} />
          </button>
        );
      })}
    </div>
  );
}
