export { type DirectoryOptions, directory, FileTruncated } from "./directory.ts";
export { NodeNetwork, type NodeNetworkOptions } from "./network.ts";
export type {
  DescriptorListenSpec,
  NodeConnectSpec,
  NodeListenSpec,
  UnixConnectSpec,
  UnixListenSpec,
} from "./specs.ts";
export type { TlsIdentity, TlsOptions } from "./tls/options.ts";
export { peerCertificate } from "./tls/peer-certificate.ts";
