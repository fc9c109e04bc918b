export { clusterCertificate, startCluster } from './cluster.js';
export type { Cluster, ClusterOptions, ClusterServices } from './cluster.js';
export { NodeProcess } from './node-process.js';
export type { LogLine, NodeProcessOptions } from './node-process.js';
export { TcpBalancer } from './tcp-balancer.js';
export type { GatewayPorts, GatewayRoute, ManagementPorts, Receivers, Topology } from './topology.js';
