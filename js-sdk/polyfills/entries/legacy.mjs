// Decoders for every encoding of the web but UTF-8 and UTF-16, which the engine has itself.
export { normalizeEncoding, TextDecoder } from "@exodus/bytes/encoding.js";
