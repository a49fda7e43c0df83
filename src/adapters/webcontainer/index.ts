/** Portico on real Node in a page: boots `@webcontainer/api`, mounts the package, runs programs, reaches their ports. */
export type {
  ContainerProcess,
  ContainerTree,
  WebContainerApi,
  WebContainerLike,
} from "./api.ts";
export { type BootOptions, bootWebContainer } from "./boot.ts";
export {
  bootContainer,
  type ContainerPort,
  type PortEvent,
  PorticoContainer,
  type PortWatcher,
  type RunOptions,
} from "./container.ts";
export { type DetectOptions, detectWebContainer } from "./detect.ts";
export { ContainerError, type ContainerErrorCode } from "./errors.ts";
export type { ContainerProgram } from "./program.ts";
