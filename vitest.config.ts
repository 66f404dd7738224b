import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{app,native-models,main,renderer,resources,.ci}/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    reporters: process.env["CI"] === undefined ? ["default"] : ["default", ["json", { outputFile: "build/test/unit.json" }]],
  },
});
