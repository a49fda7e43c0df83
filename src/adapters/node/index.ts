export { type DirectoryOptions, directory, FileTruncated } from "./directory.ts";
export { NodeNetwork } from "./network.ts";
export type {
  DescriptorListenSpec,
  NodeConnectSpec,
  NodeListenSpec,
  UnixConnectSpec,
  UnixListenSpec,
} from "./specs.ts";
