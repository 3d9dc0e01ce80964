/** Test projects: `unit` runs anywhere; `emulators` needs Google's emulators and runs in .ci/run alone. */

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,services}/*/src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.emulator.test.ts"],
          isolate: false,
          maxWorkers: "100%",
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "emulators",
          include: ["{packages,services}/*/src/**/*.emulator.test.ts", "test/**/*.emulator.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
