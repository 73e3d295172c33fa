// Stands for the node in tests of the process transport: answers requests with their payload, and
// ends as their path says. Frames by hand, so that two writings of the codec meet.
import { writeFileSync, writeSync } from "node:fs";

const HEADER = 28;
let rest = Buffer.alloc(0);

function frameOf(kind, id, head, payload = Buffer.alloc(0), payloadKind = 1) {
  const text = Buffer.from(head);
  const frame = Buffer.alloc(HEADER + text.length + payload.length);
  frame.writeUInt32LE(frame.length - 4, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt8(payload.length === 0 ? 0 : payloadKind, 5);
  frame.writeBigUInt64LE(BigInt(id), 16);
  frame.writeUInt32LE(text.length, 24);
  text.copy(frame, HEADER);
  payload.copy(frame, HEADER + text.length);
  return frame;
}

const post = (...frame) => process.stdout.write(frameOf(...frame));

/** Returns when all is on its way, so that the process may end. */
function postAll(frames) {
  const bytes = Buffer.concat(frames);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") {
        throw error;
      }
    }
  }
}

function asked(path, id, payload, payloadKind) {
  switch (path) {
    case "exit":
      return process.exit(3);
    case "kill":
      return process.kill(process.pid, "SIGKILL");
    case "garbage":
      return process.stdout.write("Exception in thread main: this is no frame at all\n");
    case "log":
      post(28, 0, '{"level":"info","logger":"System.out","message":"from the child"}');
      post(28, 0, '{"level":"warn","logger":"node","message":"a warning"}');
      break;
    case "dies": {
      const line = (n) => `{"level":"info","logger":"System.err","message":"line ${n}"}`;
      postAll([
        ...Array.from({ length: 400 }, (_, n) => frameOf(28, 0, line(n))),
        frameOf(2, id, "", payload, payloadKind),
        frameOf(7, 0, '{"message":"the disk is full"}'),
      ]);
      return process.exit(3);
    }
    case "args":
      return post(2, id, "", Buffer.from(JSON.stringify(process.argv.slice(2))));
    case "pid":
      return post(2, id, "", Buffer.from(`${process.pid}`));
    case "never":
      return;
  }
  post(2, id, "", payload, payloadKind);
}

post(1, 0, '{"protocol":1,"version":"0.1.0","runtime":"java","pid":1}');
process.stdin.on("data", (piece) => {
  rest = Buffer.concat([rest, piece]);
  while (rest.length >= 4 && rest.length >= rest.readUInt32LE(0) + 4) {
    const frame = rest.subarray(0, rest.readUInt32LE(0) + 4);
    rest = rest.subarray(frame.length);
    const id = Number(frame.readBigUInt64LE(16));
    const headEnd = HEADER + frame.readUInt32LE(24);
    const head = frame.toString("utf8", HEADER, headEnd);
    const payload = frame.subarray(headEnd);
    switch (frame.readUInt8(4)) {
      case 1:
        if (process.env.TEST_HELLO !== undefined) {
          const own = Object.keys(process.env).filter((name) => name.startsWith("RUNAR_"));
          const { environment } = JSON.parse(head);
          writeFileSync(process.env.TEST_HELLO, JSON.stringify({ own, environment }));
        }
        break;
      case 16:
        post(2, id, '{"networkId":"default"}');
        break;
      case 17:
        post(2, id, "");
        break;
      case 19:
        post(2, id, '{"urls":[]}');
        break;
      case 20:
        post(2, id, "");
        break;
      case 23:
        post(2, id, "", Buffer.from("{}"));
        break;
      case 21:
        asked(JSON.parse(head).path, id, payload, frame.readUInt8(5));
    }
  }
});
process.stdin.on("end", () => {
  writeSync(2, "the child ends\n");
  process.exit(0);
});
