/**
 * Tests of services without a process, in Vitest and under `runar test`.
 *
 * @packageDocumentation
 */
export type { VirtualClock } from "./clock.js";
export type { ExploreOptions } from "./explore.js";
export type { FakeAnswer, FakesOf } from "./fakes.js";
export type { FaultPlan } from "./faults.js";
export type { LogLine } from "./memory-host.js";
export type { RecordedCall, RecordedEvent, Records } from "./records.js";
export { after, afterEach, before, beforeEach, describe, test } from "./runner.js";
export { example } from "./schema-example.js";
export {
  type SocketEnd,
  type SocketOptions,
  SocketRefusedError,
  TestSocket,
} from "./sockets.js";
export { TestNode, type TestNodeOptions } from "./test-node.js";
