/**
 * fast-check as the tests use it. `npm test` tries the same cases each time, so that a change is what makes it red;
 * `npm run properties` sets `PROPERTIES=other` and tries others each time. A property that fails names its seed.
 */
import fc from "fast-check";

const { process } = globalThis as { process?: { env: Readonly<Record<string, string | undefined>> } };

if (process?.env.PROPERTIES !== "other") fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 });

export { default } from "fast-check";
