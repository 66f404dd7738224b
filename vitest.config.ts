import { configDefaults, defineConfig } from "vitest/config";

const rooms = "{app,native-models,main,renderer,resources,e2e,.ci}";

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    // More than the two cores of a small machine: many tests wait for a process of theirs.
    maxWorkers: 3,
    projects: [
      {
        // Quick enough to run after every change.
        extends: true,
        test: {
          name: "unit",
          include: [`${rooms}/**/*.test.ts`],
          exclude: [...configDefaults.exclude, "**/*.engine.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        // Real models on real sound, whole libraries, processes that are killed: `name.engine.test.ts`.
        extends: true,
        test: { name: "engine", include: [`${rooms}/**/*.engine.test.ts`], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
