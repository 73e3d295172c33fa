import { pipeline } from "node:stream";
import { createServer } from "node:http";

createServer(pipeline);
