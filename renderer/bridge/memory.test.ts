import { QueryObserver } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { Memory } from "./memory.ts";

describe("what the page remembers", () => {
  it("is read again where it was found out of date while it was being read for the first time", async () => {
    const memory = new Memory();
    const answers: ((answer: string) => void)[] = [];
    const queryFn = () => new Promise<string>((resolve) => answers.push(resolve));
    const observer = new QueryObserver(memory, { queryKey: ["library.list"], queryFn });
    const seen: (string | undefined)[] = [];
    const stop = observer.subscribe(({ data }) => seen.push(data));
    expect(answers).toHaveLength(1);

    // Told of a change whose reading is under way: its answer is from before.
    const told = memory.invalidateQueries({ queryKey: ["library.list"] });
    answers[0]?.("waiting");
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.("ready");
    await told;
    expect(memory.getQueryData(["library.list"])).toBe("ready");
    expect(seen.at(-1)).toBe("ready");
    stop();
    memory.clear();
  });

  it("is read once where it was known before", async () => {
    const memory = new Memory();
    let reads = 0;
    const observer = new QueryObserver(memory, { queryKey: ["app.state"], queryFn: () => Promise.resolve(++reads) });
    const stop = observer.subscribe(() => undefined);
    await expect.poll(() => reads).toBe(1);
    await memory.invalidateQueries({ queryKey: ["app.state"] });
    expect(reads).toBe(2);
    stop();
    memory.clear();
  });
});
