import { Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconFileAnalytics } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { type PeriodFormat, periodFormats } from "../../../app/contract/report-views.ts";
import { call, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useWrittenReport } from "../../ui/desk/written-report.ts";
import { count } from "../../ui/time.ts";
import { lastMonth } from "./last-month.ts";

/** Samples offered to choose from: the latest. */
const mostSamples = 50;

/** Asks which period of a checklist's evaluations is reported, and saves the report. */
export function PeriodReportDialog({ formId, title, close }: { formId: string; title: string; close: () => void }) {
  const { t } = useTranslation();
  const runs = useCall("sample.runs", { limit: mostSamples }).data?.runs ?? [];
  const [period, setPeriod] = useState(() => lastMonth(new Date()));
  const [agent, setAgent] = useState("");
  const [tag, setTag] = useState("");
  const [runId, setRunId] = useState<string | null>(null);
  const [format, setFormat] = useState<PeriodFormat>("pdf");
  const { done, write, stop } = useWrittenReport(close);
  const backwards = period.from > period.to;
  const orNull = (text: string) => (text.trim() === "" ? null : text.trim());
  const save = (event: FormEvent) => {
    event.preventDefault();
    void write(() =>
      call("report.period", { ...{ formId, days: period, runId, format }, ...{ agent: orNull(agent), tag: orNull(tag) } }),
    );
  };
  return (
    <Modal opened onClose={close} title={t("report.period.title")} closeButtonProps={{ "aria-label": t("state.close") }}>
      <form onSubmit={save} data-testid="period-report">
        <Stack gap="sm">
          <Text size="sm">{t("report.period.of", { form: title })}</Text>
          <Group grow align="start">
            <TextInput
              type="date"
              required
              label={t("report.period.from")}
              value={period.from}
              onChange={(event) => setPeriod({ ...period, from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              required
              label={t("report.period.to")}
              value={period.to}
              error={backwards ? t("report.period.backwards") : null}
              onChange={(event) => setPeriod({ ...period, to: event.currentTarget.value })}
            />
          </Group>
          <Group grow align="start">
            <TextInput
              label={t("report.period.agent")}
              placeholder={t("report.period.all")}
              value={agent}
              onChange={(event) => setAgent(event.currentTarget.value)}
            />
            <TextInput
              label={t("report.period.tag")}
              placeholder={t("report.period.all")}
              value={tag}
              onChange={(event) => setTag(event.currentTarget.value)}
            />
          </Group>
          <Select
            label={t("report.period.sample")}
            placeholder={t("report.period.anySample")}
            clearable
            data={runs.map(({ id, name, at }) => ({ value: id, label: `${name}, ${at.slice(0, 10)}` }))}
            value={runId}
            onChange={setRunId}
          />
          <Radio.Group
            label={t("report.format")}
            value={format}
            onChange={(value) => setFormat(periodFormats.find((one) => one === value) ?? "pdf")}
          >
            <Stack gap={6} mt={6}>
              {periodFormats.map((one) => (
                <Radio key={one} value={one} label={t(`report.period.formats.${one}`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Text size="sm" c="dimmed">
            {t("report.period.note")}
          </Text>
          {done !== null && (
            <Text size="sm" role="status">
              {t("report.period.written", { done: count(done) })}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={done === null ? close : stop}>
              {t("report.cancel")}
            </Button>
            <Button
              type="submit"
              loading={done !== null}
              disabled={backwards}
              leftSection={<IconFileAnalytics size={14} aria-hidden="true" />}
            >
              {t("report.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
