import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";
import { clock } from "../../ui/time.ts";
import classes from "./measures.module.css";

/** A speaker's line. */
export interface PaceLine {
  readonly id: string;
  readonly name: string;
  readonly hue: number | null;
}

/** One stretch of time: its beginning and, under each speaker's id, the words per minute. */
export type PaceRow = { readonly startMs: number } & { readonly [participantId: string]: number | null };

/** Words per minute over time, a line for each speaker. Pointing says the moment; a click goes there. Made for the eye: the table says the same. */
export function PaceChart({
  rows,
  lines,
  jump,
}: {
  rows: readonly PaceRow[];
  lines: readonly PaceLine[];
  jump: (ms: number) => void;
}) {
  return (
    <div className={classes["chart"]} aria-hidden="true" data-testid="pace-chart">
      <LineChart
        h={150}
        data={rows.map((row) => ({ ...row }))}
        dataKey="startMs"
        series={lines.map(({ id, name, hue }) => ({ name: id, label: name, color: `var(--voice-${hue ?? "none"})` }))}
        curveType="monotone"
        connectNulls
        withDots
        strokeWidth={2}
        gridAxis="x"
        tickLine="none"
        yAxisProps={{ width: 34, domain: [0, "auto"] }}
        xAxisProps={{ tickFormatter: (ms: number) => clock(ms), minTickGap: 24 }}
        dotProps={{ r: 2.5 }}
        activeDotProps={{ r: 4 }}
        tooltipAnimationDuration={0}
        lineProps={{ isAnimationActive: false }}
        tooltipProps={{
          isAnimationActive: false,
          labelFormatter: (label) => clock(Number(label)),
        }}
        lineChartProps={{
          accessibilityLayer: false,
          onClick: (state) => {
            const at = Number(state.activeLabel);
            if (state.activeLabel !== undefined && Number.isFinite(at)) jump(at);
          },
        }}
      />
    </div>
  );
}
