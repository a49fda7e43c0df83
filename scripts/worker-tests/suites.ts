/// <reference types="vite/client" />

const all = import.meta.glob(["/src/**/*.test.ts", "/examples/**/*.test.ts"]);

/** The test files for every platform, `x.test.ts`, by path; one for a single platform is `x.platform.test.ts`. */
export const suites = new Map(Object.entries(all).filter(([path]) => /\/[^/.]+\.test\.ts$/.test(path)));
