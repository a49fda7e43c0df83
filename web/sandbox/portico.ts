/** Everything that a program in the playground can import, as one module: one address stands for all its names. */
export * from "../../src/adapters/virtual/index.ts";
export * from "../../src/index.browser.ts";
export * from "../../src/static/index.ts";
