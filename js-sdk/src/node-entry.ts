// The SDK in Node.js and Bun: the same, with a node that is reached over a link.
import "./link/provide.js";

export * from "./index.js";
