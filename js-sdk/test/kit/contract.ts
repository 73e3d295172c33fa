// What a node promises a script, as far as the test kit promises it too. The same tests run against
// TestNode in Vitest, against TestNode under `runar test`, and against the real node there.
import type { Node } from "runar-ts";
import { eventContract } from "./contract-events.js";
import { optionContract } from "./contract-options.js";
import { requestContract } from "./contract-requests.js";
import { serviceContract } from "./contract-services.js";
import type { Define } from "./contract-tools.js";

/**
 * Defines the tests.
 *
 * @param node a node that is started already, and that all of them share
 */
export function contract(test: Define, node: () => Node): void {
  requestContract(test, node);
  optionContract(test, node);
  eventContract(test, node);
  serviceContract(test, node);
}
