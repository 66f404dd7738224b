import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconChartHistogram } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { driverKinds } from "../../../app/contract/category-views.ts";
import type { DriverPeriod } from "../../../app/insight/drivers.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useKept } from "../../ui/desk/kept-place.ts";
import { EmptyState, FailureNote, PageFailure, PageLoading } from "../../ui/states.tsx";
import { DriversTable } from "./drivers-table.tsx";
import { type Beside, besides, boundsOf, chosen, type Order, orders, periodName } from "./drivers-view.ts";
import classes from "./insights.module.css";
import { InsightsTabs } from "./insights-tabs.tsx";
import { SaidSearch } from "./said-search.tsx";

const periods = ["day", "week", "month"] as const satisfies readonly DriverPeriod[];
const directions = ["all", "rising", "falling"] as const;
/** Drivers of each kind that are asked for. */
const asked = 200;

/** What customers are calling about, and what of it rises and falls, with the statistic behind every claim. */
export function InsightsPage() {
  const { t } = useTranslation();
  const [period, setPeriod] = useKept<DriverPeriod>("insights.period", "week", periods);
  useEffect(() => {
    document.title = `${t("insights.title")} · ${t("app.name")}`;
  }, [t]);
  const all = useCall("drivers.list", { period, limit: asked }, { keep: true });
  if (all.data === undefined) {
    return all.isError ? <PageFailure failure={all.error} again={() => void all.refetch()} /> : <PageLoading />;
  }
  return (
    <div className={classes["page"]} data-keep-scroll="insights">
      <header className={classes["header"]}>
        <h1>{t("insights.title")}</h1>
        <InsightsTabs />
      </header>
      <SaidSearch />
      {all.data.periods.every(({ conversations }) => conversations === 0) ? (
        <EmptyState
          icon={<IconChartHistogram size={40} stroke={1.4} />}
          title={t("insights.emptyTitle")}
          body={t("insights.emptyBody")}
        >
          <Link href="/">{t("app.toLibrary")}</Link>
        </EmptyState>
      ) : (
        <Drivers
          key={period}
          period={period}
          setPeriod={setPeriod}
          starts={all.data.periods.map(({ startsAt }) => Date.parse(startsAt))}
        />
      )}
    </div>
  );
}

interface DriversProps {
  readonly period: DriverPeriod;
  readonly setPeriod: (period: DriverPeriod) => void;
  /** When each period of the library begins. */
  readonly starts: readonly number[];
}

function Drivers({ period, setPeriod, starts }: DriversProps) {
  const { t, i18n } = useTranslation();
  const [kind, setKind] = useKept("insights.kind", "topics", driverKinds);
  const [beside, setBeside] = useKept<Beside>("insights.beside", "all", besides);
  const [order, setOrder] = useKept<Order>("insights.order", "surest", orders);
  const [direction, setDirection] = useState<(typeof directions)[number]>("all");
  const [startsAt, setStartsAt] = useState<number | null>(null);
  const [text, setText] = useState("");
  const newest = starts.at(-1);
  const found = useCall("drivers.list", { period, limit: asked, ...boundsOf(startsAt, newest, period, beside) }, { keep: true });
  const name = (at: number): string => periodName(at, period, i18n.language);
  const view = found.data;
  const drivers = view?.[kind] ?? [];
  const shown = chosen(drivers, { text, direction, order });
  const now = view?.periods.at(-1)?.conversations ?? 0;
  const before = (view?.periods ?? []).reduce((sum, { conversations }) => sum + conversations, -now);
  return (
    <>
      <div className={classes["controls"]}>
        <SegmentedControl
          size="xs"
          aria-label={t("insights.kind")}
          value={kind}
          data={driverKinds.map((value) => ({ value, label: t(`insights.kinds.${value}`) }))}
          onChange={(value) => setKind(driverKinds.find((each) => each === value) ?? kind)}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("insights.period")}
          value={period}
          data={periods.map((value) => ({ value, label: t(`insights.periods.${value}`) }))}
          onChange={(value) => setPeriod(periods.find((each) => each === value) ?? period)}
        />
        <Choice
          label={t("insights.shown")}
          value={String(startsAt ?? newest ?? "")}
          // The latest first: that is what one looks for.
          data={starts
            .toReversed()
            .slice(0, 200)
            .map((at) => ({ value: String(at), label: name(at) }))}
          choose={(value) => setStartsAt(Number(value))}
        />
        <Choice
          label={t("insights.beside")}
          value={beside}
          data={besides.map((value) => ({ value, label: t(`insights.besides.${value}`) }))}
          choose={(value) => setBeside(besides.find((each) => each === value) ?? beside)}
        />
        <Choice
          label={t("insights.direction")}
          value={direction}
          data={directions.map((value) => ({ value, label: t(`insights.directions.${value}`) }))}
          choose={(value) => setDirection(directions.find((each) => each === value) ?? direction)}
        />
        <Choice
          label={t("insights.order")}
          value={order}
          data={orders.map((value) => ({ value, label: t(`insights.orders.${value}`) }))}
          choose={(value) => setOrder(orders.find((each) => each === value) ?? order)}
        />
        <TextInput
          size="xs"
          className={classes["filter"] ?? ""}
          label={t("insights.filter")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <p className={classes["note"]}>{t(`insights.kindNotes.${kind}`)}</p>
      {found.isError && (
        <FailureNote
          live
          failure={found.error}
          actions={
            <Button variant="default" onClick={() => void found.refetch()}>
              {t("state.retry")}
            </Button>
          }
        />
      )}
      {view !== undefined && (
        <>
          <p className={classes["summary"]} role="status">
            {t("insights.summary", { count: now, period: name(startsAt ?? newest ?? 0) })}{" "}
            {before > 0 && t("insights.summaryBefore", { count: before })}{" "}
            {before === 0 ? t("insights.onePeriod") : now < 5 ? t("insights.fewNow") : ""}{" "}
            {found.isFetching ? t("insights.counting") : ""}
          </p>
          {shown.length === 0 ? (
            <p className={classes["nothing"]}>
              {drivers.length === 0 ? t("insights.none") : t("insights.noneOf")}{" "}
              {drivers.length > 0 && (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  onClick={() => {
                    setText("");
                    setDirection("all");
                  }}
                >
                  {t("insights.showAll")}
                </Button>
              )}
            </p>
          ) : (
            <DriversTable
              // What is open belongs to what was asked.
              key={`${kind} ${startsAt} ${beside}`}
              kind={kind}
              period={period}
              periods={view.periods}
              drivers={shown}
              busy={found.isFetching}
            />
          )}
          {drivers.length >= asked && <p className={classes["note"]}>{t("insights.first", { count: asked })}</p>}
        </>
      )}
    </>
  );
}

function Choice(props: {
  label: string;
  value: string;
  data: readonly { value: string; label: string }[];
  choose: (value: string) => void;
}) {
  return (
    <Select
      size="xs"
      className={classes["choice"] ?? ""}
      label={props.label}
      allowDeselect={false}
      value={props.value}
      data={[...props.data]}
      onChange={(value) => {
        if (value !== null) props.choose(value);
      }}
    />
  );
}
