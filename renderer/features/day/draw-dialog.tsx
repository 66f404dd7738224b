import { Button, Modal, NumberInput, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { assertNever } from "../../../app/assert-never.ts";
import { riskMeasures, type SamplingPlan, type Stratum, strata } from "../../../app/conversation/sampling.ts";
import { dayOf, parseSearch } from "../../../app/conversation/search-query.ts";
import { memory, useAct, useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { tell } from "../../ui/notices.tsx";
import classes from "./day.module.css";

/** What is drawn from: a plan to begin with, or none. */
export interface Drawing {
  readonly name: string;
  readonly plan: SamplingPlan | null;
}

const kinds = ["random", "per-agent", "stratified", "risk", "rule"] as const;

/** A plan of another kind with what both have. */
function asKind(plan: SamplingPlan, kind: SamplingPlan["kind"]): SamplingPlan {
  const { search } = plan;
  const size = "size" in plan ? plan.size : 20;
  switch (kind) {
    case "random":
    case "rule":
      return { kind, search, size };
    case "per-agent":
      return { kind, search, share: 0.02, least: 2 };
    case "stratified":
      return { kind, search, size, by: "agent" };
    case "risk":
      return { kind, search, size, weights: { silence: 1, interruptions: 1, length: 1, agentTalk: 0 } };
    default:
      return assertNever(kind);
  }
}

/** Draws a sample: by a saved plan or a new one, with a preview, to whom and until when. */
export function DrawDialog({ drawing, close }: { drawing: Drawing; close: () => void }) {
  const { t } = useTranslation();
  const plans = useCall("sample.plans", {});
  const mine = useCall("review.mine", {});
  const [name, setName] = useState(drawing.name);
  const [plan, setPlan] = useState<SamplingPlan>(drawing.plan ?? { kind: "random", search: "", size: 20 });
  const [planId, setPlanId] = useState<string | null>(null);
  const [seed, setSeed] = useState(() => crypto.randomUUID().slice(0, 8));
  const [assignee, setAssignee] = useState<string | null>(null);
  const [due, setDue] = useState("");
  const preview = useAct("sample.draw", undefined, "told");
  const draw = useAct("sample.draw");
  const savePlan = useAct("sample.savePlan", () => void memory.invalidateQueries({ queryKey: ["sample.plans"] }));
  const { faults } = parseSearch(plan.search, dayOf(Date.now()));
  const [fault] = faults;
  const to = (assignee ?? mine.data?.reviewer ?? "").trim();
  const ready = name.trim() !== "" && faults.length === 0 && to !== "" && seed.trim() !== "";
  const input = {
    name: name.trim() || t("day.draw.title"),
    plan,
    seed,
    assignee: to,
    dueAt: due === "" ? null : new Date(`${due}T23:59:59`).toISOString(),
  };
  const change = (next: SamplingPlan) => {
    preview.reset();
    setPlan(next);
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    draw.mutate(input, {
      onSuccess: ({ picks }) => {
        if (picks.length === 0) {
          tell(t("day.draw.nothing"));
          return;
        }
        tell(t("day.draw.drawn", { count: picks.length }));
        for (const key of ["review.mine", "sample.runs", "library.list"] as const) {
          void memory.invalidateQueries({ queryKey: [key] });
        }
        close();
      },
    });
  };

  return (
    <Modal opened onClose={close} size="lg" title={t("day.draw.title")} closeButtonProps={{ "aria-label": t("state.close") }}>
      <form className={classes["form"]} onSubmit={submit}>
        {(plans.data?.plans.length ?? 0) > 0 && (
          <Select
            label={t("day.draw.plan")}
            placeholder={t("day.draw.newPlan")}
            clearable
            data={plans.data?.plans.map((one) => ({ value: one.id, label: one.name })) ?? []}
            value={planId}
            onChange={(id) => {
              const chosen = plans.data?.plans.find((one) => one.id === id);
              setPlanId(chosen?.id ?? null);
              if (chosen === undefined) return;
              setName(chosen.name);
              change(chosen.plan);
            }}
          />
        )}
        <div className={classes["pair"]}>
          <TextInput
            data-autofocus
            label={t("day.draw.name")}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t("day.draw.kind")}
            allowDeselect={false}
            data={kinds.map((value) => ({ value, label: t(`day.draw.kinds.${value}`) }))}
            value={plan.kind}
            onChange={(value) => {
              const kind = kinds.find((each) => each === value);
              if (kind !== undefined && kind !== plan.kind) change(asKind(plan, kind));
            }}
          />
        </div>
        <TextInput
          label={t("day.draw.search")}
          maxLength={1_000}
          value={plan.search}
          spellCheck={false}
          error={
            fault === undefined
              ? undefined
              : t(`finding.fault.${fault.fault}`, { given: fault.given, expected: fault.expected.slice(0, 12).join(", ") })
          }
          onChange={(event) => change({ ...plan, search: event.currentTarget.value })}
        />
        <Fields plan={plan} change={change} />
        <div className={classes["pair"]}>
          <TextInput
            label={t("day.draw.assignee")}
            maxLength={200}
            value={assignee ?? mine.data?.reviewer ?? ""}
            onChange={(event) => setAssignee(event.currentTarget.value)}
          />
          <TextInput type="date" label={t("day.draw.due")} value={due} onChange={(event) => setDue(event.currentTarget.value)} />
        </div>
        <TextInput
          label={t("day.draw.seed")}
          description={t("day.draw.seedNote")}
          maxLength={100}
          value={seed}
          onChange={(event) => {
            preview.reset();
            setSeed(event.currentTarget.value);
          }}
        />
        <p className={classes["note"]} role="status">
          {preview.data === undefined
            ? t("day.draw.candidates")
            : preview.data.picks.length === 0
              ? t("day.draw.nothing")
              : t("day.draw.previewed", { count: preview.data.picks.length, population: preview.data.population })}
        </p>
        <div className={classes["foot"]}>
          <Button
            variant="subtle"
            color="gray"
            disabled={name.trim() === "" || faults.length > 0}
            loading={savePlan.isPending}
            onClick={() => savePlan.mutate({ id: planId, name, plan }, { onSuccess: ({ id }) => setPlanId(id) })}
          >
            {t("day.draw.save")}
          </Button>
          <Button
            variant="default"
            disabled={faults.length > 0 || to === "" || seed.trim() === ""}
            loading={preview.isPending}
            onClick={() => preview.mutate({ ...input, preview: true })}
          >
            {t("day.draw.preview")}
          </Button>
          <Button type="submit" disabled={!ready} loading={draw.isPending}>
            {t("day.draw.confirm")}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Fields({ plan, change }: { plan: SamplingPlan; change: (plan: SamplingPlan) => void }) {
  const { t } = useTranslation();
  const whole = (value: string | number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.round(Number(value)) || least));
  const size = "size" in plan && (
    <NumberInput
      label={t("day.draw.size")}
      min={1}
      max={10_000}
      allowDecimal={false}
      value={plan.size}
      onChange={(value) => change({ ...plan, size: whole(value, 1, 10_000) })}
    />
  );
  switch (plan.kind) {
    case "random":
    case "rule":
      return size;
    case "per-agent":
      return (
        <div className={classes["pair"]}>
          <NumberInput
            label={t("day.draw.share")}
            min={0}
            max={100}
            value={Math.round(plan.share * 10_000) / 100}
            onChange={(value) => change({ ...plan, share: Math.min(1, Math.max(0, Number(value) / 100 || 0)) })}
          />
          <NumberInput
            label={t("day.draw.least")}
            min={0}
            max={1_000}
            allowDecimal={false}
            value={plan.least}
            onChange={(value) => change({ ...plan, least: whole(value, 0, 1_000) })}
          />
        </div>
      );
    case "stratified":
      return (
        <div className={classes["pair"]}>
          {size}
          <Select
            label={t("day.draw.by")}
            allowDeselect={false}
            data={strata.map((value) => ({ value, label: t(`day.by.${value}`) }))}
            value={plan.by}
            onChange={(value) => change({ ...plan, by: (value ?? "agent") as Stratum })}
          />
        </div>
      );
    case "risk":
      return (
        <>
          {size}
          <fieldset className={classes["weights"]}>
            <legend>{t("day.draw.weights")}</legend>
            {riskMeasures.map((measure) => (
              <NumberInput
                key={measure}
                label={t(`day.draw.weight.${measure}`)}
                min={0}
                max={10}
                value={plan.weights[measure]}
                onChange={(value) =>
                  change({
                    ...plan,
                    weights: { ...plan.weights, [measure]: Math.min(10, Math.max(0, Number(value) || 0)) },
                  })
                }
              />
            ))}
          </fieldset>
        </>
      );
    default:
      return assertNever(plan);
  }
}
